"""The room of alerts on a real floor: rules judged, kept and reloaded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.conditions.registry import CONDITIONS
from alerts.model import AlertStage, Breach, Severity, Signal, Standing, Subject, SubjectKind
from alerts.room import AlertRoom, without_keep
from alerts.rulebook import Rulebook
from alerts.rules import Override
from floor.day import Day
from floor.errors import ConfigInvalidError
from floor.history.database import Database
from floor.measures import Measures
from floor.settings import PbxSettings, Settings
from floor.state.facts import LinkChanged
from floor.state.figures import Limits
from floor.state.model import LinkState
from floor.store import FloorStore
from floor.tasks import Tasks
from tests.alerts.lives import PBX, Staff, agent, broken
from tests.history.entities import ManualClock

SLOWER = """
[[rule]]
id = "R-EMG-20"
keep = 60
"""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(clock: ManualClock) -> FloorStore:
    return FloorStore(clock)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The site's own rule file: nothing in it yet."""
    file = tmp_path / "rules.toml"
    file.write_text("")
    return file


@pytest.fixture
async def room(tmp_path: Path, clock: ManualClock, store: FloorStore, rules: Path) -> AsyncIterator[AlertRoom]:
    """Open, hearing the floor."""
    settings = Settings(pbx=(PbxSettings(name=PBX),), data_dir=tmp_path)
    database = Database(settings.database_url, busy_s=1)
    database.upgrade()
    measures = Measures(clock, Day(), Limits(15, 15, 5))
    one = AlertRoom(settings, database, store.snapshot(), measures, Staff(), clock, rules=rules)
    await one.open()
    tasks = Tasks()
    tasks.start("ledger", one.ledger.run())
    store.subscribe(one.engine.hear, happenings=True)
    yield one
    await tasks.stop()
    await one.close()
    database.close()


def write(rules: Path, text: str) -> None:
    """The site changes its rules."""
    rules.write_text(text)


def lose_link(store: FloorStore, clock: ManualClock) -> None:
    """It was up, and does not answer any more."""
    store.apply(LinkChanged(PBX, clock.now(), LinkState.UP, ""))
    store.apply(LinkChanged(PBX, clock.now(), LinkState.DOWN, "silent"))


async def test_exchange_lost_and_back(room: AlertRoom, store: FloorStore, clock: ManualClock) -> None:
    """From the fact to the alert and back: R-EMG-20 fires after its ten seconds, and ends when the link is up."""
    lose_link(store, clock)
    clock.pass_by(11)
    room.engine.tick(clock.now())
    (alert,) = room.engine.live.values()
    assert (alert.rule, alert.severity, alert.subject.name) == ("R-EMG-20", Severity.CRIT, PBX)
    store.apply(LinkChanged(PBX, clock.now(), LinkState.UP, ""))
    while (due := room.engine.next_due()) is not None and room.engine.live:
        clock.at = max(clock.at, due)
        room.engine.tick(clock.now())
    assert [one.stage for one in await room.engine.history(0)] == [AlertStage.RESOLVED]


async def test_rule_file_is_read_again(room: AlertRoom, store: FloorStore, clock: ManualClock, rules: Path) -> None:
    """A new keep is in force at once, and is the time of recovering."""
    write(rules, SLOWER)
    assert room.reload() == []
    assert room.terms("R-EMG-20").keep_s == 60
    lose_link(store, clock)
    clock.pass_by(11)
    room.engine.tick(clock.now())
    store.apply(LinkChanged(PBX, clock.now(), LinkState.UP, ""))
    (alert,) = room.engine.live.values()
    assert alert.stage is AlertStage.RECOVERING


async def test_wrong_rule_file(room: AlertRoom, rules: Path) -> None:
    """A rule file with a mistake changes nothing, and says where it is."""
    before = room.rulebook.rules
    write(rules, SLOWER + 'severty = "crit"\n')
    (error,) = room.reload()
    assert "R-EMG-20" in error
    assert room.rulebook.rules == before


async def test_looks_at_the_file(room: AlertRoom, rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing the file is enough."""
    monkeypatch.setattr("alerts.room.LOOK_EVERY_S", 0.01)
    tasks = Tasks()
    tasks.start("rules", room.keep_rules())
    await asyncio.sleep(0.02)
    write(rules, SLOWER)
    for _ in range(200):
        if room.terms("R-EMG-20").keep_s == 60:
            break
        await asyncio.sleep(0.01)
    assert room.terms("R-EMG-20").keep_s == 60
    await tasks.stop()


async def test_wrong_from_the_beginning(tmp_path: Path, clock: ManualClock, store: FloorStore, rules: Path) -> None:
    """With a wrong rule file nothing starts."""
    write(rules, "[[rule]]\n")
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(ConfigInvalidError):
        AlertRoom(
            settings,
            Database(settings.database_url),
            store.snapshot(),
            Measures(clock, Day(), Limits(15, 15, 5)),
            Staff(),
            clock,
            rules=rules,
        )


async def test_pending_is_what_waits_out_its_for(room: AlertRoom) -> None:
    """Beyond the limit and not yet for long enough: on record as pending; only noticed: not at all."""
    rule = next(one for one in room.rulebook.rules if one.for_s > 0 and one.limit is not None)
    subject = Subject(rule.subject, PBX, "any")
    worse = 1.0 if rule.direction.rises else -1.0
    noticed = Signal(rule.id, subject, Standing.NOTICED, 0.0, value=(rule.limit or 0.0) + worse, limit=rule.limit)
    room.engine.signal(replace(noticed, value=(rule.limit or 0.0) - worse))
    assert room.engine.live == {}
    room.engine.signal(noticed)
    assert [one.stage for one in room.engine.live.values()] == [AlertStage.PENDING]
    room.engine.signal(replace(noticed, standing=Standing.BROKEN, severity=Severity.WARN))
    assert [one.stage for one in room.engine.live.values()] == [AlertStage.FIRING]


def test_keep_is_the_books() -> None:
    """The evaluator says at once that a rule holds again, overrides included."""
    rule = Rulebook(CONDITIONS).rules[0]
    kept = replace(rule, keep_s=30.0, overrides=(Override({"keep_s": 60.0, "limit": 3.0}),))
    bare = without_keep(kept)
    assert (bare.keep_s, bare.overrides[0].values) == (0.0, {"limit": 3.0})


async def test_rule_of_an_id(room: AlertRoom) -> None:
    """Pages find a rule by its id; what was raised without one has no rule and no waiting."""
    assert room.rule("R-EMG-20") is not None
    assert room.rule("emergency_call") is None
    assert (room.terms("emergency_call").keep_s, room.terms("emergency_call").route) == (0.0, None)
    room.engine.signal(broken(agent(), Severity.WARN, 0.0, rule="gone"))
    assert len(room.engine.live) == 1
    assert SubjectKind.AGENT is next(iter(room.engine.live.values())).subject.kind
    assert len(room.works()) == 5


async def test_tidy(room: AlertRoom) -> None:
    """Keeping tidy goes on for ever, and rests when there is nothing to do."""
    tasks = Tasks()
    task = tasks.start("tidy", room.keep_tidy())
    await asyncio.sleep(0.1)
    assert not task.done()
    await tasks.stop()


async def test_a_restart_counts_on_and_leaves_nothing_open(
    tmp_path: Path, clock: ManualClock, store: FloorStore, rules: Path
) -> None:
    """What was open when Floorwatch died is ended where its proof ends; what was counted today still counts."""
    settings = Settings(pbx=(PbxSettings(name=PBX),), data_dir=tmp_path)
    database = Database(settings.database_url, busy_s=1)
    database.upgrade()
    measures = Measures(clock, Day(), Limits(15, 15, 5))
    recalled: list[str] = []
    for start in ("first", "second"):
        one = AlertRoom(settings, database, store.snapshot(), measures, Staff(), clock, rules=rules)
        one.evaluator.recall = lambda rule, _occurrence: recalled.append(rule)  # type: ignore[method-assign]
        await one.open()
        tasks = Tasks()
        tasks.start("ledger", one.ledger.run())
        if start == "first":
            subject = Subject(SubjectKind.AGENT, PBX, "Ann")
            one.engine.breach(Breach("b", "R-HLD-6", subject, Severity.INFO, clock.now(), None, 1.0, 1.0))
        await one.ledger.flush()
        (kept,) = await one.ledger.recorded_breaches(0.0)
        await tasks.stop()
        await one.close()
        clock.pass_by(40)
    database.close()
    assert recalled == ["R-HLD-6"]
    assert kept.ended_at == kept.began_at
    assert kept.evidence[-1]["fact"] == "FloorwatchRestarted"
