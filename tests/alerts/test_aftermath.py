"""What an incident did, asked of the stored floor; numbers only for whom they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.refusals import InvalidError, UnknownError
from floor.state.model import AgentState, Caller, CallerStage, Ending, Span
from tests.alerts.response_doubles import CHIEF, LEADER, NOW, PastDouble
from tests.alerts.response_house import ResponseHouse, open_house

NUMBER = "13812345678"


def past() -> PastDouble:
    lost = Caller(
        "pbx1", "support", "1.1", CallerStage.ENDED, NOW - 100, number=NUMBER, ended_at=NOW - 60,
        ending=Ending.ABANDONED,
    )  # fmt: skip
    return PastDouble([lost], [Span("pbx1", "ann", AgentState.UNREACHABLE, NOW - 200, NOW - 80)])


@pytest.fixture
async def house(tmp_path: Path) -> ResponseHouse:
    return await open_house(tmp_path, past=past())


async def test_impact_while_it_lasts(house: ResponseHouse) -> None:
    """From occurrence to recovery, or to now: one caller lost, one agent hit for two minutes."""
    one = await house.all.incidents.open("comms", LEADER, "no lines", occurred_at=NOW - 300)
    did = await house.all.aftermath.impact(one.id)
    assert (did.since, did.until, did.open) == (NOW - 300, NOW, True)
    assert (did.lost, did.agents_hit, did.minutes_hit) == (1, 1, 2.0)


async def test_drill_did_nothing(house: ResponseHouse) -> None:
    """Real callers lost while a drill's incident was open are not the drill's."""
    one = await house.all.incidents.report("comms", "Zhao", drill="D-1")
    did = await house.all.aftermath.impact(one.id)
    assert (did.callers, did.lost, did.agents_on_duty) == (0, 0, 0)


async def test_numbers_are_masked(house: ResponseHouse) -> None:
    """A leader sees 138******78, the chief, who has the right, the whole number; so in exports (R-SEC-2)."""
    one = await house.all.incidents.open("comms", LEADER, "no lines", occurred_at=NOW - 300)
    aftermath = house.all.aftermath
    assert [row.number for row in await aftermath.callbacks(one.id, LEADER)] == ["138******78"]
    assert [row.number for row in await aftermath.callbacks(one.id, CHIEF)] == [NUMBER]
    for form in ("csv", "json"):
        assert NUMBER not in await aftermath.export(one.id, form, LEADER)
        assert NUMBER in await aftermath.export(one.id, form, CHIEF)


async def test_callback_is_noted(house: ResponseHouse) -> None:
    """What came of it is kept with who and when, and stands in the timeline."""
    one = await house.all.incidents.open("comms", LEADER, "no lines", occurred_at=NOW - 300)
    aftermath = house.all.aftermath
    with pytest.raises(InvalidError):
        await aftermath.call_back(one.id, LEADER, ("pbx1", "support", "1.1"), "perhaps")
    with pytest.raises(UnknownError):
        await aftermath.call_back(one.id, LEADER, ("pbx1", "support", "9.9"), "reached")
    row = await aftermath.call_back(one.id, LEADER, ("pbx1", "support", "1.1"), "reached")
    assert (row.number, row.result_by) == ("138******78", "Li (2001)")
    assert [one.result for one in await aftermath.callbacks(one.id, LEADER)] == ["reached"]
    _, entries = await house.all.incidents.get(one.id)
    assert entries[-1].text["en"] == "Callback: reached"
    assert NUMBER not in str(entries)


async def test_export_is_whole(house: ResponseHouse) -> None:
    """The file holds record, times, timeline, every version, steps and impact."""
    one = await house.all.incidents.open("comms", LEADER, "=cmd()", occurred_at=NOW - 300)
    await house.all.incidents.note(one.id, LEADER, "called the carrier")
    record = json.loads(await house.all.aftermath.export(one.id, "json", CHIEF))
    assert record.keys() >= {"incident", "entries", "versions", "times", "steps", "impact", "callbacks", "missing"}
    csv = await house.all.aftermath.export(one.id, "csv", CHIEF)
    assert "called the carrier" in csv
    assert "description,'=cmd()" in csv
    with pytest.raises(InvalidError):
        await house.all.aftermath.export(one.id, "pdf", CHIEF)


async def test_fault_statistics(house: ResponseHouse) -> None:
    """P-9 by week and month, as rows and as a file."""
    await house.all.incidents.open("comms", LEADER, "no lines", occurred_at=NOW - 600)
    (row,) = await house.all.aftermath.faults("month", 0.0, NOW)
    assert (row["period"], row["type"], row["minutes"], row["lost"], row["open"]) == ("2026-11", "comms", 10.0, 1, 1)
    assert "comms" in await house.all.aftermath.faults_csv("week", 0.0, NOW)
    with pytest.raises(InvalidError):
        await house.all.aftermath.faults("year", 0.0, NOW)
