"""Steps against targets, measures and deviations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerts.drill_report import deviations, measures, step_times
from alerts.outages import OUTAGES
from alerts.plan_model import Drill, Plan, Step
from tests.alerts.test_casefile import alert

PLAN = Plan(
    "fire", "fire", {"en": "Fire"}, steps=(Step("s1", {"en": "Tell"}, "agent", 60), Step("s2", {"en": "Go"}, "all"))
)
DRILL = Drill("D-1", "comms", 1, "comms", "simulated", "Zhao", 1000.0, {"en": "x"}, "trunk_lost", approved=True)


def did(step: str, at: float) -> dict[str, Any]:
    return {"kind": "step", "at": at, "actor": "Li", "data": {"step": step}}


@pytest.mark.parametrize(("at", "late"), [(1059.9, False), (1060.0, False), (1060.1, True)])
def test_at_the_target(at: float, late: bool) -> None:
    """Exactly at its target a step is in time; the first word on it counts."""
    steps = step_times(PLAN, 1000.0, 2000.0, [did("s1", 1500.0), did("s1", at)])
    assert (steps[0].took_s, steps[0].late) == (pytest.approx(at - 1000), late)
    assert (steps[1].done_at, steps[1].late) == (None, False)


def test_measures() -> None:
    """First alert, first acknowledgement, last recovery, counted from the beginning; unknown while one still burns."""
    one = replace(alert("R-EMG-22"), fired_at=1030.0, acknowledged_at=1050.0, resolved_at=1200.0, level=2)
    two = replace(alert("R-EMG-25"), fired_at=1040.0, resolved_at=None)
    counted = measures(DRILL, [one, two], step_times(PLAN, 1000.0, 2000.0, [did("s1", 1100.0)]))
    assert counted["detect_s"] == 30
    assert counted["acknowledge_s"] == 50
    assert counted["recover_s"] is None
    assert (counted["alerts"], counted["escalations"], counted["act_s"], counted["steps_late"]) == (2, 2, 100, 1)
    assert measures(DRILL, [one], ())["recover_s"] == 200


@pytest.mark.parametrize(
    ("rules", "detected", "said"),
    [
        (["R-EMG-22"], 30.0, None),
        (["R-EMG-22"], 41.0, "Noticed after 41 s"),
        (["R-EMG-20"], 5.0, "R-EMG-22 did not notice it"),
        ([], None, "R-EMG-22 did not notice it"),
    ],
)
def test_detection_is_judged(rules: list[str], detected: float | None, said: str | None) -> None:
    """The rules that should notice an outage did, in time, or that is a deviation."""
    over = replace(DRILL, ended_at=2000.0)
    found = deviations(over, OUTAGES["trunk_lost"], (), {"detect_s": detected}, {"rules": rules})
    assert [text["en"] for text in found] == ([said] if said else [])
