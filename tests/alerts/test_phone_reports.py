"""Reports from telephones become incidents, in order, whatever they say."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alerts.phone_reports import WAITING, seat_of
from floor.ports import Outcome
from floor.state.facts import EmergencyReported, Fact
from tests.alerts.response_doubles import NOW
from tests.alerts.response_house import open_house


def report(kind: str, **more: str) -> EmergencyReported:
    return EmergencyReported("pbx1", NOW, kind, "PJSIP/1001-0000002a", "1.1", "Ann", **more)


async def test_from_phone_to_incident(tmp_path: Path) -> None:
    """Type, place, seat and agent are in the incident; other facts are none of its business."""
    house = await open_house(tmp_path)
    opened = asyncio.Event()
    house.all.incidents.subscribe(lambda _: opened.set())
    work = asyncio.get_running_loop().create_task(house.all._reports.run())
    house.all.listen(Outcome(1, Fact("pbx1", NOW), (), ()))
    house.all.listen(Outcome(2, report("fire", place="row 3", note="smoke"), (), ()))
    async with asyncio.timeout(5):
        await opened.wait()
    (one,) = house.all.incidents.live.values()
    assert (one.type, one.recorder) == ("fire", "Ann PJSIP/1001")
    assert one.details == {"seat": "PJSIP/1001", "place": "row 3", "name": "Ann", "report": "smoke"}
    work.cancel()


async def test_full(tmp_path: Path) -> None:
    """More than can wait are let go, and the first are kept."""
    house = await open_house(tmp_path)
    for number in range(WAITING + 5):
        house.all.listen(Outcome(number, report("fire"), (), ()))
    assert len(house.all._reports._waiting) == WAITING


def test_seat() -> None:
    """The phone of a channel."""
    assert seat_of("PJSIP/1001-0000002a") == "PJSIP/1001"
    assert seat_of(None) == ""
