"""All of it together."""

from __future__ import annotations

from pathlib import Path

from alerts.preparedness import Preparedness
from tests.alerts.response_house import ResponseHouse, open_house


async def test_looking_changes_nothing(tmp_path: Path) -> None:
    """Another process may look at plans and drills while a drill runs; it writes nothing and ends nothing."""
    house = await open_house(tmp_path)
    drill = await house.all.drills.start("fire", "tabletop", "Zhao")
    other = await _looked(tmp_path)
    assert [(one.id, one.end) for one in await other.drills.list()] == [(drill.id, None)]
    assert [state.plan.id for state in await other.plans.list()] == [
        state.plan.id for state in await house.all.plans.list()
    ]
    assert house.all.drills.running == drill


async def _looked(folder: Path) -> Preparedness:
    house = ResponseHouse(folder)
    await house.all.look()
    return house.all


async def test_what_must_run_has_names(tmp_path: Path) -> None:
    """Each worker once, by name, for whoever owns the tasks."""
    house = await open_house(tmp_path)
    assert [name for name, _ in house.all.works()] == ["incidents", "drills", "phone reports"]
