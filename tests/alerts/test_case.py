"""An alert's clocks: which runs out next, and when they stand still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.case import Case, Effects, Pace, moved
from alerts.content import new_alert
from alerts.model import AlertStage, Occasion, Severity, Transition
from tests.alerts.lives import T0, Staff, agent, broken

ALERT = new_alert(broken(agent(), Severity.WARN, T0), T0, AlertStage.FIRING, Staff(), None)
PACE = Pace(escalate_at=T0 + 3, remind_at=T0 + 5, lapse_at=T0 + 9, owed=Occasion.FIRED, owed_at=T0 + 4)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, T0 + 3),
        ({"unknown": True}, None),
        ({"parent": "other"}, T0 + 9),
        ({"silenced_until": T0 + 99}, T0 + 9),
        ({"flapping": True}, T0 + 9),
        ({"flapping": True, "severity": Severity.EMERGENCY}, T0 + 3),
        ({"stage": AlertStage.RESOLVED}, None),
    ],
)
def test_next_due(change: dict[str, object], expected: float | None) -> None:
    """What is muted is not told, but lapses and recovers; what cannot be seen stands still; what is over is over."""
    assert Case(replace(ALERT, **change), PACE).next_due() == expected  # type: ignore[arg-type]


def test_moved() -> None:
    """Every moment goes along when the clock is set; what is not set stays unset."""
    pace = moved(replace(PACE, changes=(T0,)), -60)
    assert (pace.escalate_at, pace.owed_at, pace.fire_at, pace.changes) == (T0 - 57, T0 - 56, None, (T0 - 60,))


def test_effects() -> None:
    """Nothing done is nothing to store; two steps joined are one."""
    effects = Effects()
    assert not effects
    more = Effects({"a": Case(ALERT, PACE)}, [Transition("a", T0, None, AlertStage.FIRING, "fired", "floor")])
    effects.add(more)
    assert effects
    assert (effects.cases, effects.transitions) == (more.cases, more.transitions)
