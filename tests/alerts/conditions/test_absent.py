"""Those away whom one rule counts, beside a plain look at each."""

from __future__ import annotations

from random import Random

import pytest

from alerts.conditions.absent import Absent, Away, Reasons
from floor.state.model import Key

REASONS = [None, "smoke", "Smoke", "meal", "training"]
PARAMS: list[dict[str, list[str]]] = [
    {"reasons": [], "besides": []},
    {"reasons": ["SMOKE"], "besides": []},
    {"reasons": [], "besides": ["meal"]},
    {"reasons": ["smoke", "meal"], "besides": ["Meal"]},
]


@pytest.mark.parametrize("params", PARAMS)
@pytest.mark.parametrize("seed", range(5))
def test_equals_a_plain_look_at_each(seed: int, params: dict[str, list[str]]) -> None:
    """Whoever goes, comes back, changes his reason or logs off, at one exchange or at two: as many persons, the same
    ones, the longest away first."""
    dice, absent, plain = Random(seed), Absent(Reasons.of(params)), dict[Key, Away]()
    for step in range(300):
        key = (dice.choice("pq"), dice.choice("abcdef"))
        off = dice.random() < 0.2
        away = Away(key, ("name", key[1]), step - dice.randint(0, 9), None if off else dice.choice(REASONS), off, ())
        plain.pop(key, None)
        if dice.random() < 0.7:
            plain[key] = away
        absent.put(key, plain.get(key))
        counted = [one for one in plain.values() if _counts(one, params)]
        paused = sorted((one for one in counted if not one.logged_off), key=lambda one: (one.since, one.key))
        assert absent.persons == len({one.who for one in paused})
        assert all(one.who in absent for one in paused)
        assert list(absent.first(3)) == paused[:3]
        assert absent.logged_off == {one.key: one for one in counted if one.logged_off}


def _counts(away: Away, params: dict[str, list[str]]) -> bool:
    reason = (away.reason or "").lower()
    only, besides = ([one.lower() for one in params[name]] for name in ("reasons", "besides"))
    return (not only or reason in only) and reason not in besides
