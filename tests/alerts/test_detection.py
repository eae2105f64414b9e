"""What alerts do to incidents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alerts.model import AlertStage, Severity, Subject, SubjectKind
from alerts.refusals import RefusedError
from tests.alerts.response_doubles import LEADER, NOW
from tests.alerts.response_house import ResponseHouse, open_house


@pytest.fixture
async def house(tmp_path: Path) -> ResponseHouse:
    return await open_house(tmp_path)


def pbx(name: str) -> Subject:
    return Subject(SubjectKind.PBX, name, name)


async def test_two_exchanges_are_two_incidents(house: ResponseHouse) -> None:
    """The same sign on another exchange, of a drill, or half an hour later is another incident."""
    house.alarms.fire("R-EMG-20", pbx("pbx1"))
    house.alarms.fire("R-EMG-20", pbx("pbx2"))
    house.alarms.fire("R-EMG-21", pbx("pbx1"), drill="D-1")
    house.clock.forward(1801)
    house.alarms.fire("R-EMG-21", pbx("pbx1"))
    assert len(house.all.incidents.live) == 4


async def test_pending_and_children_open_nothing(house: ResponseHouse) -> None:
    """Nothing that has not fired, or that another alert explains, makes an incident."""
    house.alarms.tell(replace(house.alarms.fire("R-ANS-1", severity=Severity.INFO), rule="R-EMG-20",
                              severity=Severity.CRIT, stage=AlertStage.PENDING))  # fmt: skip
    house.alarms.fire("R-EMG-22", parent="a1")
    assert dict(house.all.incidents.live) == {}


async def test_dismissed_is_not_opened_again(house: ResponseHouse) -> None:
    """A dismissed suspicion does not come back with every further word on the same alert."""
    alert = house.alarms.fire("R-EMG-20")
    (one,) = house.all.incidents.live.values()
    await house.all.incidents.dismiss(one.id, LEADER, "maintenance")
    house.alarms.tell(replace(alert, level=1), "escalated")
    assert dict(house.all.incidents.live) == {}


async def test_recovers_when_the_last_is_over(house: ResponseHouse) -> None:
    """One of two signs gone is no recovery; the later end counts."""
    first, second = house.alarms.fire("R-EMG-22"), house.alarms.fire("R-EMG-25")
    house.clock.forward(10)
    house.alarms.tell(replace(first, stage=AlertStage.RESOLVED, resolved_at=NOW + 10), "recovered")
    (one,) = house.all.incidents.live.values()
    assert one.recovered_at is None
    house.clock.forward(10)
    house.alarms.tell(replace(second, stage=AlertStage.RESOLVED, resolved_at=NOW + 20), "recovered")
    (one,) = house.all.incidents.live.values()
    assert one.recovered_at == NOW + 20


async def test_record_that_cannot_be_asked(house: ResponseHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the record of alerts does not answer, the incident is shown without it, and catches up later."""

    async def refuse(_: str) -> Any:
        raise RefusedError("not now")

    house.alarms.fire("R-EMG-20")
    (one,) = house.all.incidents.live.values()
    with monkeypatch.context() as patched:
        patched.setattr(house.alarms, "transitions", refuse)
        _, entries = await house.all.incidents.get(one.id)
        assert [line.kind for line in entries] == ["opened"]
    _, entries = await house.all.incidents.get(one.id)
    assert sorted(line.kind for line in entries) == ["alert", "opened"]
