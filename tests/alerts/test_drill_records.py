"""Evaluations and improvements: asked for after every drill and every real activation, followed until done."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.drill_records import sorted_due
from alerts.plan_model import Due
from alerts.refusals import InvalidError, UnknownError, WrongMomentError
from tests.alerts.response_doubles import CHIEF, LEADER
from tests.alerts.response_house import open_house

DAY = 86400.0


async def test_real_activation_is_evaluated(tmp_path: Path) -> None:
    """R-PLN-5: a closed incident with a plan wants an evaluation within seven days; a drill's incident does not."""
    house = await open_house(tmp_path)
    incidents, drills = house.all.incidents, house.all.drills
    one = await incidents.open("press", LEADER, "a journalist called")
    details = dict.fromkeys(("name", "medium", "number", "question"), "x")
    changes = {"resolution": "the manager answered", "recovered_at": house.clock.now(), "details": details}
    await incidents.amend(one.id, LEADER, changes)
    assert [due for due in await house.all.plans.due() if due.kind == "evaluation"] == []
    closed = await incidents.close(one.id, LEADER)
    (due,) = [due for due in await house.all.plans.due() if due.kind == "evaluation"]
    assert (due.about, due.due_at, due.overdue) == (one.id, (closed.closed_at or 0) + 7 * DAY, False)
    house.clock.forward(8 * DAY)
    assert (await house.all.plans.due())[0].overdue
    evaluation = await drills.evaluate(one.id, CHIEF, {"verdict": "effective", "went_well": "all"})
    assert (evaluation.plan, evaluation.version) == ("press", 1)
    assert [due for due in await house.all.plans.due() if due.kind == "evaluation"] == []


async def test_kept_over_restart(tmp_path: Path) -> None:
    """Evaluations, improvements and their results are on record; an older evaluation stays beside the newer one."""
    house = await open_house(tmp_path)
    drill = await house.all.drills.start("fire", "tabletop", "Zhao")
    await house.all.drills.stop(drill.id, "Zhao")
    for verdict in ("partly", "effective"):
        await house.all.drills.evaluate(drill.id, CHIEF, {"verdict": verdict})
    first = await house.all.drills.improve(drill.id, CHIEF, "buy an extinguisher", "Li", house.clock.now() + DAY)
    await house.all.drills.improve(drill.id, CHIEF, "mark the exits", "Wang")
    await house.all.drills.improved(first.id, LEADER, "bought")
    before = (await house.all.drills.report(drill.id), await house.all.drills.improvements())
    house.database.close()
    again = await open_house(tmp_path)
    assert (await again.all.drills.report(drill.id), await again.all.drills.improvements()) == before
    assert [one.text for one in await again.all.drills.improvements(pending=True)] == ["mark the exits"]


async def test_refusals(tmp_path: Path) -> None:
    """Nothing is evaluated that was not, no verdict is made up, no date lies in the past, nothing is done twice."""
    house = await open_house(tmp_path)
    drills = house.all.drills
    with pytest.raises(UnknownError):
        await drills.evaluate("D-0", CHIEF, {"verdict": "effective"})
    drill = await drills.start("fire", "tabletop", "Zhao")
    with pytest.raises(InvalidError):
        await drills.evaluate(drill.id, CHIEF, {"verdict": "great"})
    with pytest.raises(InvalidError):
        await drills.improve(drill.id, CHIEF, "x", "Li", house.clock.now() - DAY)
    made = await drills.improve(drill.id, CHIEF, "x", "Li")
    await drills.improved(made.id, CHIEF, "y")
    with pytest.raises(WrongMomentError):
        await drills.improved(made.id, CHIEF, "y")
    with pytest.raises(UnknownError):
        await drills.improved("A-0", CHIEF, "y")


def test_order() -> None:
    """What is overdue comes first, then what is due soonest."""
    dues = [
        Due("drill", str(at), None, {}, at, None, overdue) for at, overdue in ((5.0, False), (9.0, True), (3.0, False))
    ]
    assert [due.due_at for due in sorted_due(dues)] == [9.0, 3.0, 5.0]
