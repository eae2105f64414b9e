"""All of it together."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.preparedness import Preparedness
from alerts.refusals import WrongMomentError
from tests.alerts.response_doubles import CHIEF, LEADER
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
    assert [name for name, _ in house.all.works()] == ["incidents", "drills", "phone reports", "record followed"]


async def test_who_stands_by_records_nothing(tmp_path: Path) -> None:
    """Of two on one database the one that stands by opens nothing, refuses commands and shows what the other records;
    when it takes over it goes on with that, and with what burns."""
    first, second = await open_house(tmp_path), ResponseHouse(tmp_path)
    second.all._acting = lambda: False
    one = await first.all.incidents.open("system", LEADER, "screens are black")
    await second.all.load()
    assert set(second.all.incidents.live) == {one.id}
    second.alarms.fire("R-EMG-22")
    with pytest.raises(WrongMomentError):
        await second.all.incidents.note(one.id, LEADER, "hello")
    with pytest.raises(WrongMomentError):
        await second.all.plans.write("power", CHIEF, {"type": "power"})
    await first.all.incidents.note(one.id, LEADER, "called the duty")
    second.all._acting = lambda: True
    assert not second.all.ready
    await second.all.load()
    assert second.all.ready
    await second.all.incidents.note(one.id, LEADER, "taken over")
    _, entries = await second.all.incidents.get(one.id)
    assert [line.text["en"] for line in entries][-2:] == ["called the duty", "taken over"]
    assert {incident.type for incident in second.all.incidents.live.values()} == {"system", "comms"}
