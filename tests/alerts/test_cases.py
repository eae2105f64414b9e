"""Living incidents in memory, written behind."""

from __future__ import annotations

from pathlib import Path

from alerts.cases import REMEMBERED
from alerts.model import Incident
from tests.alerts.response_doubles import LEADER
from tests.alerts.response_house import open_house


async def test_memory_is_bounded(tmp_path: Path) -> None:
    """Closed incidents leave memory, living ones never; what left is found on record, whole."""
    house = await open_house(tmp_path)
    incidents, cases = house.all.incidents, house.all.incidents._cases
    living = await incidents.open("system", LEADER, "x")
    ids = []
    for number in range(REMEMBERED + 5):
        house.alarms.fire("R-EMG-20", drill=f"D-{number}")
        (suspect,) = [one for one in incidents.live.values() if one.drill == f"D-{number}"]
        ids.append((await incidents.dismiss(suspect.id, LEADER, "a test")).id)
    cases.forget()
    assert cases.get(living.id) is not None
    assert [cases.get(id_) is None for id_ in ids].count(True) == 5
    known, entries = await incidents.get(ids[0])
    assert known.id == ids[0]
    assert "a test" in {line.data.get("reason") for line in entries}


async def test_listeners(tmp_path: Path) -> None:
    """Each change is told once; a listener that fails stops nobody; who has left hears nothing."""
    house = await open_house(tmp_path)
    heard: list[Incident] = []

    def broken(_: Incident) -> None:
        raise RuntimeError("no")

    house.all.incidents.subscribe(broken)
    stop = house.all.incidents.subscribe(heard.append)
    one = await house.all.incidents.open("system", LEADER, "x")
    await house.all.incidents.note(one.id, LEADER, "a line is no change of the record")
    await house.all.incidents.recover(one.id, LEADER)
    stop()
    await house.all.incidents.amend(one.id, LEADER, {"resolution": "y"})
    assert [incident.stage.value for incident in heard] == ["open", "recovered"]
