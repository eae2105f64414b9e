"""Drills from start to report: marked, alone, broken off by what is real, no trace in the real record (R-PLN-5…8)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.drills import LONGEST_S
from alerts.model import DeliveryState, IncidentStage, Severity, Subject, SubjectKind
from alerts.refusals import InvalidError, UnknownError, WrongMomentError
from tests.alerts.response_doubles import CHIEF, LEADER, MANAGER, NOW
from tests.alerts.response_house import ResponseHouse, open_house
from tests.alerts.test_incidents import delivery
from tests.alerts.test_rehearsal import RULES


@pytest.fixture
async def house(tmp_path: Path) -> ResponseHouse:
    house = await open_house(tmp_path)
    house.rules = RULES
    return house


def pass_time(house: ResponseHouse, seconds: float) -> None:
    """As the drill's worker does: from one moment that is due to the next."""
    end = house.clock.now() + seconds
    drills = house.all.drills
    while drills._rehearsal is not None and (due := drills._rehearsal.next_due()) is not None and due <= end:
        house.clock.at = max(due, house.clock.at)
        drills._advance()
    house.clock.at = end
    drills._advance()


async def test_simulated_drill_from_start_to_report(house: ResponseHouse) -> None:
    """The trunk is lost in a drill: the alert and the incident are the drill's, steps are timed, the report tells all,
    and what is due afterwards is listed until it is done."""
    drills = house.all.drills
    await house.all.plans.approve("comms", MANAGER, 1)
    drill = await drills.start("comms", "simulated", "Zhao (3001)", participants=["Li", "Wang"])
    assert (drill.outage, drill.approved, drills.running) == ("trunk_lost", True, drill)
    assert house.all.announcements.drill == drill.id
    assert "演练" in next(iter(house.all.announcements.notices.values())).text["zh"]
    pass_time(house, 40)
    (alert,) = house.alarms.live.values()
    assert (alert.rule, alert.drill) == ("R-EMG-22", drill.id)
    (incident,) = house.all.incidents.live.values()
    assert (incident.drill, incident.stage, incident.type) == (drill.id, IncidentStage.SUSPECTED, "comms")
    house.alarms.mail[alert.id] = [delivery(f"m{n}", alert.id, DeliveryState.SENT) for n in range(2)]
    assert (await drills.report(drill.id)).measures["messages"] == 2
    await drills.do_step(drill.id, "Zhao (3001)", "s1")
    house.clock.forward(400)
    await drills.do_step(drill.id, "Zhao (3001)", "s2", "carrier")
    await house.all.incidents.do_step(incident.id, LEADER, "s3")
    await drills.note(drill.id, "Li", "nobody knew the carrier's number")
    ended = await drills.stop(drill.id, "Zhao (3001)")
    assert ended.end == "completed"
    assert (house.all.announcements.drill, dict(house.all.announcements.notices)) == (None, {})
    assert house.alarms.live == {}
    assert dict(house.all.incidents.live) == {}
    report = await drills.report(drill.id)
    assert [(step.took_s, step.late) for step in report.steps[:3]] == [(40.0, False), (440.0, True), (440.0, True)]
    assert report.measures["detect_s"] == pytest.approx(30, abs=3)
    assert (report.measures["steps_done"], report.measures["alerts"]) == (3, 1)
    assert report.measures["messages"] == 2
    said = " ".join(text["en"] for text in report.deviations)
    assert "440 s instead of 300 s" in said
    assert "Not done" in said
    assert "The incident's record lacks: Recorder, Resolution" in said
    assert [line["kind"] for line in report.log] == ["began", "played", "step", "step", "note", "ended"]
    (due,) = [due for due in await house.all.plans.due() if due.kind == "evaluation"]
    assert (due.about, due.due_at) == (drill.id, (drill.ended_at or house.clock.now()) + 7 * 86400)
    await drills.evaluate(drill.id, CHIEF, {"verdict": "partly", "lessons": "write the number down"})
    improvement = await drills.improve(drill.id, CHIEF, "carrier's number on the plan", "Li")
    assert improvement.due_at == house.clock.now() + 30 * 86400
    kinds = [due.kind for due in await house.all.plans.due() if due.about is not None]
    assert kinds == ["improvement"]
    await drills.improved(improvement.id, CHIEF, "done in version 2")
    report = await drills.report(drill.id)
    assert report.evaluation is not None
    assert report.improvements[0].done_how == "done in version 2"
    state = next(state for state in await house.all.plans.list() if state.plan.id == "comms")
    assert state.drilled_at == NOW
    csv = await drills.export(drill.id, "csv")
    assert csv.startswith("\ufeffDRILL 演练,")
    assert "nobody knew the carrier's number" in csv
    assert '"went_badly"' in await drills.export(drill.id, "json")


async def test_only_one_at_a_time(house: ResponseHouse) -> None:
    """A second drill is refused while one runs, and none begins during a real emergency."""
    first = await house.all.drills.start("fire", "tabletop", "Zhao")
    with pytest.raises(WrongMomentError):
        await house.all.drills.start("press", "tabletop", "Zhao")
    await house.all.drills.stop(first.id, "Zhao", "enough")
    assert (await house.all.drills.list())[0].end == "stopped"
    house.alarms.fire("R-EMG-20")
    with pytest.raises(WrongMomentError):
        await house.all.drills.start("press", "tabletop", "Zhao")


async def test_real_alarm_breaks_through(house: ResponseHouse) -> None:
    """A real R-EMG-20 during a drill comes through unmarked, opens a real incident, and ends the drill at once."""
    drill = await house.all.drills.start("comms", "simulated", "Zhao")
    pass_time(house, 40)
    house.alarms.fire("R-ANS-8", Subject(SubjectKind.QUEUE, "pbx1", "support"))
    assert house.all.drills.running == drill
    real = house.alarms.fire("R-EMG-20")
    assert house.all.drills.running is None
    assert house.all.announcements.drill is None
    assert {one.rule: one.drill for one in house.alarms.live.values()} == {"R-ANS-8": None, "R-EMG-20": None}
    await house.all.drills._leave()
    (incident,) = house.all.incidents.live.values()
    assert (incident.drill, incident.alerts) == (None, (real.id,))
    report = await house.all.drills.report(drill.id)
    assert report.drill.end == "interrupted"
    assert "R-EMG-20" in report.log[-1]["text"]["en"]
    assert {"en": "A real alarm broke it off", "zh": "因真实告警中止"} in report.deviations


async def test_tabletop_plays_nothing(house: ResponseHouse) -> None:
    """People talk the steps through: no alert, no incident."""
    drill = await house.all.drills.start("system", "tabletop", "Zhao")
    pass_time(house, 100)
    assert (house.alarms.told, dict(house.all.incidents.live), drill.outage) == ([], {}, None)


@pytest.mark.parametrize(("plan", "kind"), [("fire", "simulated"), ("system", "live")])
async def test_report_as_drill(house: ResponseHouse, plan: str, kind: str) -> None:
    """Where there is no outage to play, or the drill is live, the report itself is raised, marked."""
    drill = await house.all.drills.start(plan, kind, "Zhao")
    (raised,) = house.alarms.raised
    assert raised[2] == drill.id
    (incident,) = house.all.incidents.live.values()
    assert (incident.drill, incident.type) == (drill.id, plan)
    await house.all.drills.stop(drill.id, "Zhao")
    assert house.alarms.live == {}


async def test_restart_ends_a_drill(tmp_path: Path) -> None:
    """A drill that was cut off by a restart is over, its boards unmarked and its alerts settled."""
    house = await open_house(tmp_path)
    drill = await house.all.drills.start("fire", "live", "Zhao")
    house.database.close()
    again = await open_house(tmp_path)
    assert again.all.drills.running is None
    (known,) = await again.all.drills.list()
    assert (known.id, known.end) == (drill.id, "stopped")
    assert dict(again.all.incidents.live) == {}
    again.alarms.fire("R-EMG-1", drill=drill.id)
    await again.all.drills.load()
    assert again.alarms.live == {}


async def test_forgotten_drill_ends(house: ResponseHouse) -> None:
    """Boards do not stay marked for ever."""
    await house.all.drills.start("fire", "tabletop", "Zhao")
    house.clock.forward(LONGEST_S + 1)
    house.all.drills._advance()
    assert house.all.drills.running is None
    assert house.all.announcements.drill is None


async def test_worker_plays(house: ResponseHouse) -> None:
    """The worker wakes when a drill begins and plays what is due."""
    fired = asyncio.Event()
    house.alarms.subscribe(lambda alert: fired.set())
    work = asyncio.get_running_loop().create_task(house.all.drills.run())
    house.rules = []
    await house.all.drills.start("system", "simulated", "Zhao", outage="database_lost")
    house.clock.forward(5)
    house.all.drills._wake.set()
    async with asyncio.timeout(5):
        await fired.wait()
    work.cancel()


async def test_refusals(house: ResponseHouse) -> None:
    """Unknown plans, kinds, outages, steps and drills are said so."""
    drills = house.all.drills
    for plan, kind, outage, error in (
        ("flood", "tabletop", None, UnknownError),
        ("fire", "pretended", None, InvalidError),
        ("fire", "simulated", "meteor", InvalidError),
    ):
        with pytest.raises(error):
            await drills.start(plan, kind, "Zhao", outage=outage)
    with pytest.raises(InvalidError):
        await drills.start("fire", "tabletop", "Zhao", lasts_s=1)
    with pytest.raises(UnknownError):
        await drills.report("D-0")
    drill = await drills.start("fire", "tabletop", "Zhao")
    with pytest.raises(UnknownError):
        await drills.do_step(drill.id, "Zhao", "s99")
    with pytest.raises(InvalidError):
        await drills.export(drill.id, "pdf")
    await drills.stop(drill.id, "Zhao")
    with pytest.raises(WrongMomentError):
        await drills.stop(drill.id, "Zhao")


async def test_ordinary_trouble_does_not_end_it(house: ResponseHouse) -> None:
    """Only emergencies break a drill off; a real warning goes its usual way beside it."""
    drill = await house.all.drills.start("fire", "tabletop", "Zhao")
    house.alarms.fire("R-EMG-23", severity=Severity.WARN)
    assert house.all.drills.running == drill
