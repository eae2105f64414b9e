"""The healer: when it tries, and what it leaves to the living floor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from floor import heal
from floor.clock import SystemClock
from floor.day import Day
from floor.history.backfill import Healing
from floor.measures import Measures
from floor.ports import Change, Outcome
from floor.settings import PbxSettings
from floor.state.facts import Fact
from floor.state.model import Caller, CallerKey, CallerStage, Ending, Gap

GAP = Gap("hq", 100.0, 110.0, "closed")
CALLER = Caller("hq", "sales", "1.1", CallerStage.TALKING, joined_at=90.0, gap=True)
LATER = Caller("hq", "sales", "1.2", CallerStage.WAITING, joined_at=120.0)


class Record:
    """A history whose gap stays open until told otherwise."""

    def __init__(self) -> None:
        self.left_alone: list[set[CallerKey]] = []
        self.open = True
        self.tried = asyncio.Event()

    async def flush(self) -> bool:
        return True

    async def backfill(self, pbx: str, source: str, *, followed: Mapping[CallerKey, Caller], **_: Any) -> Healing:
        self.left_alone.append(set(followed))
        self.tried.set()
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
