"""The engine: stored steps, a timer, takeover; a restart, a lost lease or a refused database hurts nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from alerts.case import Terms
from alerts.engine import Engine
from alerts.errors import NoSuchAlertError, ReasonMissingError, StandbyError
from alerts.ledger.ledger import Ledger
from alerts.ledger.writer import PageLimits
from alerts.model import (
    Alert,
    AlertStage,
    Message,
    Occasion,
    Recipient,
    Severity,
    Signal,
    Standing,
    Subject,
    SubjectKind,
)
from alerts.succession import LEASE_S, NOBODY_ACTS
from floor.backoff import Backoff
from floor.history.database import Database
from floor.ports import Change, Outcome
from floor.sections.alerts import AlertsSettings
from floor.state.facts import LinkChanged
from floor.state.model import LinkState, Pbx
from floor.tasks import Tasks
from tests.alerts.ledger.pages import breach
from tests.alerts.ledger.test_writer import break_it, mend_it
from tests.alerts.lives import CHI, LEE, LOST, PBX, Staff, agent, broken
from tests.history.entities import ManualClock
from tests.support.ready import put_sqlite

PROMPT = PageLimits(spill_after_s=0.0, retry=Backoff(0.01, cap_s=0.02))
SETTINGS = AlertsSettings()


@dataclass
class Bench:
    """Engines on one database, each in its own folder."""

    folder: Path
    url: str
    clock: ManualClock = field(default_factory=ManualClock)
    tasks: Tasks = field(default_factory=Tasks)

    def __post_init__(self) -> None:
        self.database = Database(self.url, busy_s=1)
        self.database.upgrade()

    async def engine(self, name: str = "one", terms: Terms | None = None) -> Engine:
        """Open, its ledger writing."""
        (self.folder / name).mkdir(exist_ok=True)
        ledger = Ledger(self.database, self.folder / name, self.clock, holder=name, limits=PROMPT)
        known = terms or Terms()
        one = Engine(SETTINGS, ledger, Staff(), self.clock, terms=lambda _rule: known, pbxs=(PBX,))
        await one.open()
        self.tasks.start(f"ledger {name}", ledger.run())
        return one

    def link(self, engine: Engine, state: LinkState) -> None:
        """The exchange's link changes."""
        at = self.clock.now()
        after = Pbx(PBX, state, at)
        engine.hear(Outcome(1, LinkChanged(PBX, at, state, ""), [Change(None, after)], []))

    def pass_by(self, engine: Engine, seconds: float) -> None:
        self.clock.pass_by(seconds)
        engine.tick(self.clock.now())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bench]:
    """On a database of either kind; closed at the end."""
    if request.param == "sqlite":
        url = put_sqlite(tmp_path / "floor.sqlite3")
    else:
        url = request.getfixturevalue("ready_postgres_url")
    one = Bench(tmp_path, url)
    yield one
    await one.tasks.stop()
    await asyncio.get_running_loop().shutdown_default_executor()  # a page that is being written is written
    one.database.close()


def ann(bench: Bench, severity: Severity = Severity.WARN) -> Signal:
    return broken(agent(), severity, bench.clock.now())


def fine(bench: Bench) -> Signal:
    return replace(ann(bench), standing=Standing.FINE)


async def test_from_signal_to_record(bench: Bench) -> None:
    """A signal becomes an alert that listeners hear, that lives, and that is on record with its messages."""
    engine, heard = await bench.engine(), list[Alert]()
    stop = engine.subscribe(heard.append)
    engine.signal(ann(bench))
    (alert,) = engine.live.values()
    assert heard == [alert]
    assert [one.event for one in await engine.transitions(alert.id)] == ["fired"]
    assert len(await engine.deliveries(alert.id)) == 2
    engine.signal(fine(bench))
    assert (engine.live, heard[-1].stage) == ({}, AlertStage.RESOLVED)
    assert [one.id for one in await engine.history(0)] == [alert.id]
    stop()


async def test_times_are_measured(bench: Bench) -> None:
    """The alert carries how long it took from the fact until it was known, judged and shown."""
    engine = await bench.engine()
    signal = replace(ann(bench), at=bench.clock.now() - 0.4)
    engine.signal(signal)
    (alert,) = engine.live.values()
    measured = alert.evidence[-1]
    assert measured["fact"] == "Measured"
    assert measured["evaluated_at"] - measured["fact_at"] == pytest.approx(0.4)
    assert measured["published_at"] >= measured["evaluated_at"]


async def test_commands(bench: Bench) -> None:
    """Commands answer with the alert as it is then, and are on record when they answer."""
    engine = await bench.engine()
    engine.signal(ann(bench))
    (id_,) = engine.live
    taken = await engine.acknowledge(id_, LEE, "on my way")
    assert (taken.stage, taken.owner, taken.owner_name) == (AlertStage.ACKNOWLEDGED, 1, "Lee")
    silence = await engine.silence(None, agent().id, bench.clock.now() + 60, CHI, "works")
    assert [one.id for one in await engine.silences()] == [silence.id]
    assert engine.live[id_].silenced_until == silence.until
    await engine.unsilence(silence.id, CHI)
    assert await engine.silences() == []
    done = await engine.resolve(id_, LEE, "a cable")
    assert done.stage is AlertStage.RESOLVED
    steps = await engine.transitions(id_)
    assert [(one.event, one.actor, one.reason) for one in steps] == [
        ("fired", "floor", None),
        ("acknowledged", "Lee 7001", "on my way"),
        ("silenced", "Chi 7002", "works"),
        ("unsilenced", "Chi 7002", None),
        ("resolved", "Lee 7001", "a cable"),
    ]
    with pytest.raises(NoSuchAlertError):
        await engine.acknowledge("none", LEE)


async def test_breaches(bench: Bench) -> None:
    """A breach is on record, can be excused and disputed with words, and tells the alert its worst value."""
    engine = await bench.engine()
    engine.signal(ann(bench))
    engine.breach(breach(at=bench.clock.now(), value=44.0))
    (alert,) = engine.live.values()
    assert (await engine.excuse("b1", LEE, "system down")).excused_by == "Lee 7001"
    assert (await engine.dispute("b1", LEE, "not mine")).dispute == "Lee 7001: not mine"
    assert len(await engine.breaches(0, agent=(PBX, "Ann"))) == 1
    with pytest.raises(ReasonMissingError):
        await engine.excuse("b1", LEE, " ")
    with pytest.raises(ReasonMissingError):
        await engine.dispute("b1", LEE, "")
    with pytest.raises(NoSuchAlertError):
        await engine.excuse("b2", LEE, "system down")
    bench.pass_by(engine, 600)
    assert engine.live[alert.id].worst == 44.0


async def test_raised_by_others(bench: Bench) -> None:
    """What no rule sees is raised and cleared by whoever found it; its proof is the alert's evidence."""
    engine = await bench.engine()
    subject = Subject(SubjectKind.SITE, "", "east")
    engine.raise_alert("emergency_call", subject, Severity.EMERGENCY, {"number": "119", "call": "c1"})
    (alert,) = engine.live.values()
    assert (alert.severity, alert.call, alert.evidence[0]["number"]) == (Severity.EMERGENCY, "c1", "119")
    engine.clear_alert("emergency_call", subject)
    assert engine.live == {}


async def test_messages_of_others(bench: Bench) -> None:
    """Messages that belong to no alert are stored and claimed like all."""
    engine = await bench.engine()
    message = Message("t1", None, Occasion.TEST, Severity.INFO, 0.0, Recipient(1, "Lee", "mail", "x"), {}, {})
    engine.send([message])
    (claimed,) = await engine.ledger.claim_deliveries("one", bench.clock.now())
    assert claimed.message == message


async def test_restart_doubles_and_loses_nothing(bench: Bench) -> None:
    """Killed and started anew: the same alert, owner and clocks; nobody is told again; what is over ends."""
    engine = await bench.engine(terms=Terms(keep_s=5))
    engine.signal(ann(bench))
    engine.signal(broken(agent("Bob"), Severity.WARN, bench.clock.now()))
    ids = {one.subject.name: one.id for one in engine.live.values()}
    await engine.acknowledge(ids["Ann"], LEE)
    told = len(await engine.deliveries(ids["Bob"]))
    await bench.tasks.stop()
    bench.clock.pass_by(60)
    again = await bench.engine(terms=Terms(keep_s=5))
    assert {one.id: one.unknown for one in again.live.values()} == dict.fromkeys(ids.values(), True)
    bench.link(again, LinkState.UP)
    again.signal(ann(bench))
    bench.pass_by(again, SETTINGS.restart_grace_s + 1)
    (alert,) = again.live.values()
    assert (alert.id, alert.stage, alert.owner, alert.unknown) == (ids["Ann"], AlertStage.ACKNOWLEDGED, 1, False)
    events = [one.event for one in await again.transitions(ids["Bob"])]
    assert events == ["fired", "unknown", "recovered"]
    occasions = [one.message.occasion for one in await again.deliveries(ids["Bob"])]
    assert occasions.count(Occasion.FIRED) == told


async def test_what_was_in_the_hands_of_the_dead_is_told_at_once(bench: Bench) -> None:
    """Killed between claim and delivery: the next run claims the same messages without waiting for a lease."""
    engine = await bench.engine()
    engine.signal(ann(bench))
    held = {one.message.id for one in await engine.ledger.claim_deliveries("dies", bench.clock.now())}
    assert len(held) == 2
    await bench.tasks.stop()
    again = await bench.engine()
    claimed = await again.ledger.claim_deliveries("lives", bench.clock.now())
    assert ({one.message.id for one in claimed}, {one.attempts for one in claimed}) == (held, {2})


async def test_restart_while_an_exchange_is_lost(bench: Bench) -> None:
    """What was unknown already is alive and shown after the restart, too."""
    engine = await bench.engine()
    engine.signal(ann(bench))
    lost = Subject(SubjectKind.PBX, PBX, PBX)
    engine.signal(broken(lost, Severity.CRIT, bench.clock.now(), rule=LOST))
    before = set(engine.live)
    await engine.ledger.flush()
    await bench.tasks.stop()
    again = await bench.engine()
    assert set(again.live) == before
    assert {alert.parent for alert in again.live.values()} == {None, *[i for i in before if again.live[i].rule == LOST]}


async def test_raised_alert_survives(bench: Bench) -> None:
    """An emergency somebody called in is not put in doubt by a restart, and not taken for over."""
    engine = await bench.engine()
    engine.raise_alert("emergency_call", Subject(SubjectKind.SITE, "", "east"), Severity.EMERGENCY, {})
    await engine.ledger.flush()
    await bench.tasks.stop()
    again = await bench.engine()
    bench.link(again, LinkState.UP)
    bench.pass_by(again, 30)
    (alert,) = again.live.values()
    assert (alert.stage, alert.unknown) == (AlertStage.FIRING, False)


async def test_exchange_no_longer_followed(bench: Bench) -> None:
    """Alerts of an exchange that is no longer in the settings are over after the restart."""
    engine = await bench.engine()
    engine.signal(broken(Subject(SubjectKind.AGENT, "gone", "Ann"), Severity.WARN, bench.clock.now()))
    await engine.ledger.flush()
    await bench.tasks.stop()
    again = await bench.engine()
    bench.pass_by(again, 0)
    assert again.live == {}


async def test_two_engines_one_acts(bench: Bench) -> None:
    """Of two that see the same one tells; the other shows what the first says, and refuses commands."""
    one, two = await bench.engine("one"), await bench.engine("two")
    for engine in (one, two):
        engine.signal(ann(bench))
    assert (one.acting, two.acting) == (True, False)
    (id_,) = one.live
    assert len(await one.deliveries(id_)) == 2
    with pytest.raises(StandbyError):
        await two.acknowledge(id_, LEE)
    await two._seek()
    assert set(two.live) == {id_}
    one.signal(fine(bench))
    await one.ledger.flush()
    await two._seek()
    assert two.live == {}


async def test_perhaps_nobody_acts(bench: Bench) -> None:
    """Who stands by and sees nobody that acts says so, in both languages; who acts never does."""
    one, two = await bench.engine("one"), await bench.engine("two")
    assert (two.vacant, two.health(), two.health("zh")) == (False, None, None)
    for engine in (one, two):
        engine._succession.vacant = True
    assert (two.vacant, two.health(), two.health("zh")) == (True, NOBODY_ACTS["en"], NOBODY_ACTS["zh"])
    assert (one.vacant, one.health()) == (False, None)


async def test_takeover(bench: Bench) -> None:
    """When the one that acts is gone, the other takes over: same alert, nobody told twice, new ones told once."""
    one, two = await bench.engine("one"), await bench.engine("two")
    for engine in (one, two):
        bench.link(engine, LinkState.UP)
        engine.signal(ann(bench))
    (id_,) = one.live
    await one.ledger.flush()
    bench.clock.pass_by(LEASE_S + 1)
    two.signal(broken(agent("Bob"), Severity.WARN, bench.clock.now()))
    await two._seek()
    assert two.acting
    found = {alert.subject.name: alert for alert in two.live.values()}
    assert (found["Ann"].id, found["Ann"].unknown) == (id_, False)
    assert len(await two.deliveries(id_)) == 2
    assert len(await two.deliveries(found["Bob"].id)) == 2
    # The first comes back to life: it notices, stands by, and what it said too late tells nobody.
    one.signal(broken(agent("Cat"), Severity.WARN, bench.clock.now()))
    (cat,) = [alert for alert in one.live.values() if alert.subject.name == "Cat"]
    await one._seek()
    assert not one.acting
    await one.ledger.flush()
    assert {delivery.state.value for delivery in await two.deliveries(cat.id)} == {"failed"}
    assert {alert.subject.name for alert in two.live.values()} == {"Ann", "Bob"}


async def test_database_refuses(bench: Bench) -> None:
    """While it refuses alerts fire, are taken over and told; when it is back all of it is on record."""
    engine = await bench.engine()
    break_it(bench.database)
    engine.signal(ann(bench))
    (id_,) = engine.live
    assert (await engine.acknowledge(id_, LEE)).stage is AlertStage.ACKNOWLEDGED
    assert engine.health() is not None
    told = await engine.ledger.claim_deliveries("one", bench.clock.now())
    assert len(told) == 2
    mend_it(bench.database)
    for _ in range(200):
        if await engine.ledger.flush():
            break
        await asyncio.sleep(0.02)
    assert [one.event for one in await engine.transitions(id_)] == ["fired", "acknowledged"]
    assert engine.health() is None


async def test_the_timer(bench: Bench) -> None:
    """The loop wakes for what is due, and for what is heard meanwhile."""
    engine = await bench.engine()
    engine.signal(ann(bench))
    assert engine.next_due() == bench.clock.now() + 600
    (id_,) = engine.live
    escalated = asyncio.Event()
    engine.subscribe(lambda alert: escalated.set() if alert.level == 1 else None)
    bench.clock.pass_by(600)
    bench.tasks.start("clock", engine.keep_time())
    await asyncio.wait_for(escalated.wait(), 5)
    assert engine.live[id_].level == 1


async def test_wall_clock_set(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the machine's clock is set, nobody is called an hour early."""
    engine = await bench.engine()
    engine.signal(ann(bench))
    steady = bench.clock.at
    monkeypatch.setattr(bench.clock, "monotonic", lambda: steady)
    bench.pass_by(engine, 3600)
    assert next(iter(engine.live.values())).level == 0
    assert engine.next_due() == bench.clock.now() + 600


@dataclass
class FailingJudge:
    """An evaluator with a defect."""

    violations: frozenset[str] = frozenset()

    def hear(self, outcome: Outcome) -> None:
        raise RuntimeError("a defect")

    def next_due(self) -> float | None:
        return None

    def due(self, now: float, at_most: float) -> None:
        raise RuntimeError("a defect")


async def test_defects_are_loud(bench: Bench) -> None:
    """An outcome that cannot be judged is logged and counted; a timer that dies takes the process with it."""
    engine = await bench.engine()
    engine.judge = FailingJudge()
    bench.link(engine, LinkState.UP)
    assert engine.failures == 1
    assert engine.health() == "1 events could not be judged by the rules; the log says why."
    assert "1 个事件" in (engine.health("zh") or "")
    died: list[str] = []
    tasks = Tasks(died=lambda name, _error: died.append(name))
    names = [name for name, work in engine.works() if tasks.start(name, work())]
    engine.signal(ann(bench))
    for _ in range(100):
        await asyncio.sleep(0.01)
        if died:
            break
    assert died == ["alert clock"]
    assert len(names) == 3
    await tasks.stop()


async def test_listener_that_fails(bench: Bench) -> None:
    """One listener's failure keeps the alert from nobody else."""
    engine, heard = await bench.engine(), list[Alert]()

    def fail(_alert: Alert) -> None:
        raise RuntimeError("a defect")

    engine.subscribe(fail)
    engine.subscribe(heard.append)
    engine.signal(ann(bench))
    assert len(heard) == 1


async def test_stopped_in_order(bench: Bench) -> None:
    """Stopping writes what waits and lets another take over at once."""
    one = await bench.engine("one")
    one.signal(ann(bench))
    await bench.tasks.stop()
    await one.close()
    two = await bench.engine("two")
    assert two.acting
    assert len(two.live) == 1
