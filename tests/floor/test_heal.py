"""The healer: when it tries, and what it leaves to the living floor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from floor import heal
from floor.clock import SystemClock
from floor.day import Day
from floor.errors import FloorError
from floor.history import History
from floor.history.backfill import Healing
from floor.history.errors import QueueLogUnreadableError
from floor.measures import Measures
from floor.ports import Change, Outcome
from floor.settings import PbxSettings
from floor.state.facts import Fact
from floor.state.model import Caller, CallerKey, CallerStage, Ending, Gap
from tests.history.entities import NOW, ManualClock, gap, lost, waiting

GAP = Gap("hq", 100.0, 110.0, "closed")
CALLER = Caller("hq", "sales", "1.1", CallerStage.TALKING, joined_at=90.0, gap=True)
LATER = Caller("hq", "sales", "1.2", CallerStage.WAITING, joined_at=120.0)


class Record:
    """A history whose gap stays open until told otherwise."""

    def __init__(self) -> None:
        self.left_alone: list[set[CallerKey]] = []
        self.open = True
        self.broken: FloorError | None = None
        self.tried = asyncio.Event()

    async def flush(self) -> bool:
        return True

    async def backfill(self, pbx: str, source: str, *, followed: Mapping[CallerKey, Caller], **_: Any) -> Healing:
        self.left_alone.append(set(followed))
        self.tried.set()
        if self.broken is not None:
            raise self.broken
        return Healing(unhealed=[(GAP, "it lasts")]) if self.open else Healing(healed=[GAP])

    async def tries(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.left_alone) < count:
                self.tried.clear()
                await self.tried.wait()


def told(*changes: Change, records: tuple[Gap, ...] = ()) -> Outcome:
    return Outcome(1, Fact("hq", 111.0), changes, records)


def ended(caller: Caller) -> Change:
    over = Caller("hq", caller.queue, caller.uniqueid, CallerStage.ENDED, caller.joined_at, ending=Ending.UNKNOWN)
    return Change(caller, over)


Start = Callable[[Record, dict[CallerKey, Caller]], heal.Healer]


@pytest.fixture
async def start(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    """A healer at work, in no hurry but without the pause in which a log is written."""
    monkeypatch.setattr(heal, "SETTLE_S", 0.0)
    running: list[asyncio.Task[None]] = []

    def begin(record: Record, floor: dict[CallerKey, Caller]) -> heal.Healer:
        pbx = PbxSettings(name="hq", queue_log="queue_log")
        measures = Measures(SystemClock(), Day("UTC"))
        healer = heal.Healer(pbx, record, measures, Day("UTC"), lambda: floor)  # type: ignore[arg-type]
        running.append(asyncio.create_task(healer.run()))
        return healer

    yield begin
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def test_it_tries_again_when_the_calls_of_the_gap_are_over(start: Start) -> None:
    """A call that reaches out of the gap is left to the floor, and waited for; one that began later is not."""
    record, floor = Record(), {CALLER.key: CALLER, LATER.key: LATER}
    healer = start(record, floor)
    healer.listen(told(records=(GAP,)))
    await record.tries(1)
    assert record.left_alone == [{CALLER.key, LATER.key}]
    record.open = False
    del floor[CALLER.key]
    healer.listen(told(ended(CALLER)))
    await record.tries(2)
    assert record.left_alone[1] == {LATER.key}


async def test_a_hopeless_gap_holds_up_no_other(start: Start) -> None:
    """What cannot be healed is tried again later and later; the next gap is healed at once."""
    record = Record()
    healer = start(record, {})
    for count in (1, 2, 3):
        healer.listen(told(records=(GAP,)))
        await record.tries(count)


async def test_gaps_that_are_not_his_are_none_of_his_business(start: Start) -> None:
    """A gap that is still open, or another exchange's, is not healed."""
    record = Record()
    healer = start(record, {})
    healer.listen(told(records=(Gap("other", 100.0, 110.0, "closed"), Gap("hq", 100.0, None, "closed"))))
    assert not healer._news.is_set()
    healer.listen(told(records=(GAP,)))
    await record.tries(1)


async def test_a_log_that_cannot_be_read_is_said_and_tried_again(start: Start) -> None:
    """The healer outlives it: the next gap is healed."""
    record = Record()
    record.broken = QueueLogUnreadableError("pbx.queue_log: there is no queue_log")
    healer = start(record, {})
    with capture_logs() as said:
        healer.listen(told(records=(GAP,)))
        await record.tries(1)
        record.broken = None
        healer.listen(told(records=(GAP,)))
        await record.tries(2)
    (warning,) = [one for one in said if one["log_level"] == "warning"]
    assert (warning["pbx"], warning["why"]) == ("hq", "pbx.queue_log: there is no queue_log")


@pytest.fixture
async def history(tmp_path: Path) -> AsyncIterator[History]:
    """A record of its own."""
    history = History(f"sqlite:///{tmp_path / 'floor.sqlite3'}", tmp_path, ManualClock())
    await history.open()
    yield history
    await history.close()


async def test_figures_of_today_follow(history: History, tmp_path: Path) -> None:
    """What the log knew of the gap is in today's figures at once, each call in the minute in which it joined; and the
    gap is no gap any more. A call that is on the floor still is left to it."""
    t, queue = int(NOW), ("queue", "pbx", "support")
    (tmp_path / "queue_log").write_text(LOG.format(**{name: t + at for name, at in MOMENTS.items()}), encoding="utf-8")
    measures = Measures(ManualClock(NOW + 300), Day("UTC"))
    known, lasting = waiting("1.0", NOW - 10), waiting("3.0", NOW - 30)
    vanished = lost(known, Ending.UNKNOWN)
    for before, after in ((None, known), (known, vanished), (None, lasting)):
        for listener in (history.record, measures):
            listener(told(Change(before, after)))
    for listener in (history.record, measures):
        listener(told(records=(gap(NOW, NOW + 60),)))
    pbx = PbxSettings(name="pbx", queue_log=str(tmp_path / "queue_log"))
    healer = heal.Healer(pbx, history, measures, Day("UTC"), lambda: {lasting.key: lasting})
    healing = await healer.heal()
    assert [one.uniqueid for one in healing.visits] == ["2.0", "1.0"]
    figures = measures.figures(queue)
    assert (figures.offered, figures.answered, figures.abandoned, figures.unknown) == (3, 1, 1, 0)
    assert (figures.talk_s, figures.offers, measures.figures(("agent", "pbx", "Ann")).answered) == (15, 1, 1)
    assert measures.figures(queue, "m60") == figures
    assert len(measures.gaps("pbx")) == len(healing.unhealed)
    stored = {one.uniqueid: one.ending for one in await history.visits_since(NOW - 60)}
    assert stored == {"1.0": Ending.ANSWERED, "2.0": Ending.ABANDONED, "3.0": None}


MOMENTS = {"begin": -9999, "a": -30, "b": -10, "c": 2, "d": 5, "e": 12, "f": 20}
LOG = """{begin}|NONE|NONE|NONE|QUEUESTART|
{a}|3.0|support|NONE|ENTERQUEUE||1902|1
{b}|1.0|support|NONE|ENTERQUEUE||1900|2
{c}|2.0|support|NONE|ENTERQUEUE||1901|3
{d}|1.0|support|Ann|CONNECT|15|1.1|4
{e}|2.0|support|NONE|ABANDON|2|3|10
{f}|1.0|support|Ann|COMPLETECALLER|15|15|1
"""
