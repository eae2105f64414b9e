"""Incidents from report to closing, with the timeline that fills itself, on a real database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from alerts.incidents import step_time
from alerts.model import (
    Alert,
    AlertStage,
    Delivery,
    DeliveryState,
    Entry,
    IncidentStage,
    Message,
    Occasion,
    Recipient,
    Severity,
    Subject,
    SubjectKind,
)
from alerts.plan_model import Step
from alerts.refusals import IncompleteError, InvalidError, NotAllowedError, UnknownError, WrongMomentError
from tests.alerts.response_doubles import AGENT, CHIEF, LEADER, NOW
from tests.alerts.response_house import ResponseHouse, open_house

FIRE = {
    "material": "paper", "severity": "small", "persons": "nobody hurt", "name": "Wang", "number": "1001",
    "called_119_at": "10:02",
}  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path) -> ResponseHouse:
    return await open_house(tmp_path)


def delivery(id_: str, alert: str, state: DeliveryState) -> Delivery:
    recipient = Recipient(3, "Zhao", "mail", "zhao@example.com")
    message = Message(id_, alert, Occasion.FIRED, Severity.CRIT, NOW, recipient, {}, {})
    return Delivery(message, state, 1, sent_at=NOW + 2 if state is DeliveryState.SENT else None)


async def test_fire_from_report_to_closing(house: ResponseHouse) -> None:
    """A fire is reported, alarms everybody, shows the sentence to read out, and closes when its record is whole."""
    incidents = house.all.incidents
    fire = await incidents.report("fire", "Wang (1001)", place="row 3", details=FIRE | {"called_119_at": ""})
    assert fire.stage is IncidentStage.OPEN
    assert house.alarms.raised == [("R-EMG-1", Subject(SubjectKind.SITE, "", "fire row 3"), None)]
    assert next(iter(incidents.live.values())).alerts == ("a1",)
    plan, steps, sentence = await incidents.steps(fire.id)
    assert plan is not None
    assert "119" in {step.step.number for step in steps}
    assert sentence is not None
    assert "row 3" in sentence["en"]
    assert "paper" in sentence["zh"]
    with pytest.raises(IncompleteError) as refused:
        await incidents.close(fire.id, LEADER)
    assert refused.value.details == ("resolution", "recovered_at", "details.called_119_at")
    house.clock.forward(300)
    await incidents.do_step(fire.id, CHIEF, plan.steps[3].id, "said so twice")
    changes = {"resolution": "put out", "recovered_at": house.clock.now(), "details": {"called_119_at": "10:02"}}
    assert (await incidents.amend(fire.id, LEADER, changes)).stage is IncidentStage.RECOVERED
    closed = await incidents.close(fire.id, LEADER)
    assert closed.stage is IncidentStage.CLOSED
    assert house.alarms.cleared[0][0] == "R-EMG-1"
    assert dict(incidents.live) == {}
    _, steps, _ = await incidents.steps(fire.id)
    assert [(step.took_s, step.late) for step in steps if step.done_at is not None] == [(300.0, True)]


async def test_same_emergency_twice_is_one(house: ResponseHouse) -> None:
    """A second report of the same fire adds to the first, and a fire elsewhere is another."""
    incidents = house.all.incidents
    first = await incidents.report("fire", "Wang", place="row 3")
    again = await incidents.report("fire", "Li", place="row 3", details={"severity": "growing"})
    other = await incidents.report("fire", "Chen", place="roof")
    rehearsed = await incidents.report("fire", "Chen", place="row 3", drill="D-1")
    assert again.id == first.id
    assert again.details["severity"] == "growing"
    for answer in ("no", "yes"):
        again = await incidents.report("fire", "Li", place="row 3", details={"put_out": answer, "severity": "?"})
    assert (again.details["put_out"], again.details["severity"]) == ("yes", "growing")  # what changes, and what stays
    assert len({first.id, other.id, rehearsed.id}) == 3
    assert len(house.alarms.raised) == 3


async def test_detection_opens_a_suspected_incident(house: ResponseHouse) -> None:
    """An alert of R-EMG-22 at crit makes one incident suspect; its second sign belongs to it; a person confirms."""
    trunk = Subject(SubjectKind.TRUNK, "pbx1", "carrier")
    house.alarms.fire("R-EMG-22", trunk)
    house.alarms.fire("R-EMG-25", Subject(SubjectKind.PBX, "pbx1", "pbx1"))
    house.alarms.fire("R-EMG-23", Subject(SubjectKind.ENDPOINT, "pbx1", "PJSIP/1"), Severity.WARN)
    (one,) = house.all.incidents.live.values()
    assert (one.stage, one.type, one.alerts) == (IncidentStage.SUSPECTED, "comms", ("a1", "a2"))
    confirmed = await house.all.incidents.confirm(one.id, LEADER)
    assert (confirmed.stage, confirmed.recorder) == (IncidentStage.OPEN, "Li (2001)")


async def test_recovery_is_prefilled_and_taken_back(house: ResponseHouse) -> None:
    """When all its alerts are over the recovery time is filled in; when one returns it is taken back, on record."""
    alert = house.alarms.fire("R-EMG-20")
    house.clock.forward(50)
    house.alarms.tell(replace(alert, stage=AlertStage.RECOVERING), "cleared")
    house.clock.forward(30)
    over = replace(alert, stage=AlertStage.RESOLVED, resolved_at=house.clock.now())
    house.alarms.tell(over, "recovered")
    (one,) = house.all.incidents.live.values()
    assert one.recovered_at == NOW + 50
    house.alarms.tell(replace(over, stage=AlertStage.FIRING, times=2), "reopened")
    (one,) = house.all.incidents.live.values()
    assert one.recovered_at is None
    _, entries = await house.all.incidents.get(one.id)
    assert [line.data.get("before") for line in entries if line.kind == "stage"] == [None, NOW + 50]


async def test_timeline_fills_itself_once(house: ResponseHouse) -> None:
    """Transitions and messages of its alerts stand in the timeline, each once, however often one looks."""
    alert = house.alarms.fire("R-EMG-20")
    house.clock.forward(5)
    acknowledged = replace(alert, stage=AlertStage.ACKNOWLEDGED, acknowledged_at=house.clock.now(), owner_name="Zhao")
    house.alarms.tell(acknowledged, "acknowledged", "Zhao (3001)")
    house.alarms.mail["a1"] = [
        delivery("m1", "a1", DeliveryState.SENT), delivery("m2", "a1", DeliveryState.FAILED),
        delivery("m3", "a1", DeliveryState.WAITING),
    ]  # fmt: skip
    (one,) = house.all.incidents.live.values()
    for _ in range(3):
        incident, entries = await house.all.incidents.get(one.id)
    kinds = [line.kind for line in entries]
    assert kinds.count("alert") == 1
    assert kinds.count("acknowledged") == 1
    assert kinds.count("message") == 2
    assert incident.acknowledged_at == NOW + 5
    assert all("example.com" not in str(line) for line in entries)


async def test_correction_keeps_the_old_line(house: ResponseHouse) -> None:
    """A wrong note stays; the correction names it and repeats what it said."""
    incidents = house.all.incidents
    one = await incidents.open("system", LEADER, "screens are black")
    wrong = await incidents.note(one.id, LEADER, "the carrier is at fault")
    await incidents.correct(one.id, LEADER, wrong.id or 0, "our own router is")
    _, entries = await incidents.get(one.id)
    assert [line.text["en"] for line in entries][-2:] == ["the carrier is at fault", "our own router is"]
    assert entries[-1].data == {"corrects": wrong.id, "before": wrong.text}
    with pytest.raises(UnknownError):
        await incidents.correct(one.id, LEADER, 99, "nothing")


async def test_scope_only_by_chief_or_above(house: ResponseHouse) -> None:
    """R-EMG-10: an agent and a leader are refused, whatever the page let through."""
    one = await house.all.incidents.open("system", LEADER, "screens are black")
    for person in (AGENT, LEADER):
        with pytest.raises(NotAllowedError):
            await house.all.incidents.decide_scope(one.id, person, "site")
    assert (await house.all.incidents.decide_scope(one.id, CHIEF, "site")).scoped_by == "Zhao (3001)"


async def test_survives_restart(tmp_path: Path) -> None:
    """Another process finds the same incident, timeline and versions, and goes on with it."""
    house = await open_house(tmp_path)
    alert = house.alarms.fire("R-EMG-20")
    (one,) = house.all.incidents.live.values()
    await house.all.incidents.note(one.id, LEADER, "called the technical duty")
    _, before = await house.all.incidents.get(one.id)
    house.database.close()
    again = await open_house(tmp_path)
    again.alarms.live, again.alarms.steps = house.alarms.live, house.alarms.steps
    incident, entries = await again.all.incidents.get(one.id)
    assert (incident, entries) == (house.all.incidents.live[one.id], before)
    again.alarms.tell(replace(alert, stage=AlertStage.RESOLVED, resolved_at=NOW), "recovered")
    assert again.all.incidents.live[one.id].recovered_at is not None
    assert len(await again.all.incidents.versions(one.id)) == len(await house.all.incidents.versions(one.id))


async def test_recorded_without_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A floor that has lost its database records all the same, and writes it down when the database is back."""
    house = await open_house(tmp_path)
    write = house.all.incidents._ledger.shelf._write

    def refuse(rows: Any) -> None:
        raise OperationalError("INSERT", {}, OSError("gone"))

    monkeypatch.setattr(house.all.incidents._ledger.shelf, "_write", refuse)
    one = await house.all.incidents.open("system", LEADER, "the database is gone")
    await house.all.incidents.note(one.id, LEADER, "still here")
    _, entries = await house.all.incidents.get(one.id)
    assert entries[-1].text["en"] == "still here"
    monkeypatch.setattr(house.all.incidents._ledger.shelf, "_write", write)
    assert await house.all.incidents._ledger.flush()
    house.database.close()
    again = await open_house(tmp_path)
    _, stored = await again.all.incidents.get(one.id)
    assert stored == entries


async def test_work_writes_what_alerts_told(house: ResponseHouse) -> None:
    """What nobody asked for is written, too: the worker catches up after alerts moved."""
    work = asyncio.get_running_loop().create_task(house.all.incidents.run())
    house.alarms.fire("R-EMG-21")
    (one,) = house.all.incidents.live.values()
    async with asyncio.timeout(5):
        told: list[str] = []
        while "alert" not in told:  # reading leaves the loop to the worker
            told = [line.kind for line, _ in await house.all.incidents._ledger.entries(one.id)]
    work.cancel()


async def test_another_type_has_another_plan(house: ResponseHouse) -> None:
    """Amending the type changes plan and mandatory details, on record."""
    one = await house.all.incidents.open("system", LEADER, "smoke from the rack")
    after = await house.all.incidents.amend(one.id, LEADER, {"type": "fire"})
    assert after.plan == "fire"
    assert "details.material" in house.all.incidents.missing(after)
    plan, _, _ = await house.all.incidents.steps(one.id)
    assert plan is not None
    assert plan.type == "fire"


async def test_refusals(house: ResponseHouse) -> None:
    """Unknown incidents, steps and types are said so."""
    with pytest.raises(UnknownError):
        await house.all.incidents.get("I-0")
    with pytest.raises(InvalidError):
        await house.all.incidents.report("flood", "Wang")
    one = await house.all.incidents.open("system", LEADER, "x")
    with pytest.raises(UnknownError):
        await house.all.incidents.do_step(one.id, LEADER, "s99")


def test_step_times() -> None:
    """A step is late when it took longer than its target, or when its time is over without a word."""
    step = Step("s1", {"en": "Tell"}, "chief", 60.0)
    line = Entry("I-1", NOW + 60, "step", "Li", {})
    assert not step_time(step, NOW, NOW + 500, line).late
    assert step_time(step, NOW, NOW + 500, replace(line, at=NOW + 60.5)).late
    assert not step_time(step, NOW, NOW + 60, None).late
    assert step_time(step, NOW, NOW + 61, None).late


async def test_alert_points_to_a_type(house: ResponseHouse) -> None:
    """What detection would suspect, for a person who opens one himself; most alerts point to nothing."""
    incidents = house.all.incidents
    carrier = Subject(SubjectKind.TRUNK, "pbx1", "carrier")
    trunk = Alert("a1", "R-EMG-22", carrier, AlertStage.FIRING, Severity.CRIT, began_at=NOW, raised_at=NOW)
    assert incidents.suggested(trunk) == "comms"
    assert incidents.suggested(replace(trunk, parent="a9")) == "comms"
    assert incidents.suggested(replace(trunk, rule="R-HLD-2")) is None


async def test_opened_from_an_alert(house: ResponseHouse) -> None:
    """The alert belongs to it: its life so far and from now on is in the timeline, and no second incident is opened
    from it; one that is over may still lead to one."""
    incidents = house.all.incidents
    queue = house.alarms.fire("R-ANS-8", Subject(SubjectKind.QUEUE, "pbx1", "hotline"), Severity.WARN)
    assert not incidents.live
    opened = await incidents.open("system", LEADER, "nobody answers", alert=queue.id)
    assert opened.alerts == (queue.id,)
    house.alarms.tell(replace(queue, stage=AlertStage.ACKNOWLEDGED, acknowledged_at=house.clock.now()), "acknowledged")
    found, lines = await incidents.get(opened.id)
    assert found.acknowledged_at == house.clock.now()
    assert {line.data.get("alert") for line in lines if line.kind in ("alert", "acknowledged")} == {queue.id}
    with pytest.raises(WrongMomentError, match=opened.id):
        await incidents.open("system", LEADER, "once more", alert=queue.id)
    over = house.alarms.fire("R-ANS-9", Subject(SubjectKind.TRUNK, "pbx1", "carrier"), Severity.WARN)
    house.alarms.tell(replace(over, stage=AlertStage.RESOLVED, resolved_at=house.clock.now()), "recovered")
    late = await incidents.open("comms", LEADER, "callers were lost", alert=over.id)
    assert late.alerts == (over.id,)
    with pytest.raises(UnknownError):
        await incidents.open("comms", LEADER, "what?", alert="none")
