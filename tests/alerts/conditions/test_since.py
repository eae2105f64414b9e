"""Since when several of something last, beside a plain look at each."""

from __future__ import annotations

from random import Random

import pytest

from alerts.conditions.since import Since
from alerts.conditions.subjects import the_agent
from floor.state.model import Key

AGENTS: list[Key] = [(pbx, name) for pbx in ("north", "south") for name in "abcdefgh"]


@pytest.mark.parametrize("seed", range(20))
def test_equals_a_plain_look_at_each(seed: int) -> None:
    """Whoever begins, ends or begins anew, in any order and at the same moment: as many, the same ones, in the order
    in which they began."""
    dice, since, plain = Random(seed), Since(), dict[Key, float]()
    for step in range(200):
        key, at = dice.choice(AGENTS), dice.choice([None, step, step - dice.randint(0, 30), step + 0.1])
        assert since.put(key, at) is (plain.get(key) != at)
        plain.pop(key, None)
        if at is not None:
            plain[key] = at
        now, seconds = step + dice.random() * 20, dice.choice([0, 5, 15.0, 0.1])
        long = sorted((moment, key) for key, moment in plain.items() if now - moment >= seconds)
        count = since.lasting(seconds, now)
        assert (count, len(since), set(since)) == (len(long), len(plain), set(plain))
        assert since.first(count) == tuple(the_agent(*key) for _, key in long)
        following = min((moment for moment in plain.values() if now - moment < seconds), default=None)
        assert since.moment(count) == following
        assert (key in since) is (key in plain)


def test_the_very_moment_counts() -> None:
    """Whatever a sum of the same numbers would be rounded to."""
    since = Since()
    for number in range(100):
        begun, seconds = 1_700_000_000 + number * 0.1, 0.1 * number
        since.put(("p", "a"), begun)
        now = begun + seconds
        assert bool(since.lasting(seconds, now)) is (now - begun >= seconds)
