"""A node's figures are the collector's, wherever it begins and however far the record is behind or ahead."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

import pytest

from floor.day import Day
from floor.errors import FloorError
from floor.followed import FollowedFigures, identity
from floor.history.keeping import worth_keeping
from floor.measures import Measures
from floor.ports import Outcome
from floor.relay.lately import Lately
from floor.state.facts import Fact, RecordHealed
from floor.state.figures import TOTAL
from floor.state.model import Caller, CallerStage, Correction, Ending, Gap, Record
from floor.store import FloorStore
from tests.support.replay import Stage, TapeClock, play, sessions

TAPES = Path(__file__).parent.parent / "tapes"
DAYS = ("priority-caller", "killed-in-calls", "attended-transfer-after-hold", "phone-behind-local-no-answer")


@cache
def told(day: str = DAYS[0]) -> list[tuple[float, Fact]]:
    """Every fact of a day at a real exchange, and when it was told."""
    stage, facts = Stage(), []
    stage.store.on_fact = lambda fact: facts.append((stage.clock.at, fact))
    play(sessions(TAPES / "22", day), stage)
    return facts


class Written:
    """The record: what is written into it, in memory."""

    def __init__(self) -> None:
        self.rows: dict[object, Caller | Record] = {}
        self.broken = False

    def hear(self, outcome: Outcome) -> None:
        kept = [after for change in outcome.changes if (after := worth_keeping(change)) is not None]
        records = [one.after if isinstance(one, Correction) else one for one in outcome.records]
        for one in (*kept, *records):
            if isinstance(one, Caller) or not hasattr(one, "stage"):
                self.rows[identity(one)] = one

    async def visits_since(self, since: float) -> list[Caller]:
        if self.broken:
            raise FloorError("database: away")
        return [one for one in self.rows.values() if isinstance(one, Caller)]

    async def records_since(self, since: float) -> list[Record]:
        return [one for one in self.rows.values() if not isinstance(one, Caller)]


class Both:
    """Collector and node on one tape."""

    def __init__(self, day: str = DAYS[0]) -> None:
        self.clock = TapeClock(told(day)[0][0])
        self.source, self.written, self.lately = FloorStore(self.clock), Written(), Lately(self.clock)
        self.measures = self._figures()
        for listener in (self.measures, self.lately.hear):
            self.source.subscribe(listener)
        self.target, self.followed = FloorStore(self.clock), self._figures()
        self.record = Written()
        self.figures = FollowedFigures(self.followed, self.target, self.record, self.clock)
        self.target.subscribe(self.figures.hear, happenings=True)

    def _figures(self) -> Measures:
        return Measures(self.clock, Day("UTC"))

    def differences(self) -> list[object]:
        subjects = {*self.measures.subjects(), *self.followed.subjects()}
        pairs = {one: (self.measures.figures(one), self.followed.figures(one)) for one in subjects}
        return [(one, mine, theirs) for one, (mine, theirs) in pairs.items() if mine != theirs]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("ahead", [-6, 0, 6])
@pytest.mark.parametrize("begins", [0.1, 0.45, 0.8])
async def test_figures_are_the_collectors(day: str, begins: float, ahead: int) -> None:
    """The record may be some facts behind what the node sees, or ahead of it: nothing is counted twice or lost."""
    both, facts = Both(day), told(day)
    start = int(len(facts) * begins)
    both.source.subscribe(both.written.hear)
    for place, (at, fact) in enumerate(facts):
        both.clock.at = at
        both.source.apply(fact)
        if place > start:
            both.target.apply(fact)
        if place == start:
            both.target.take(both.lately.added(both.source.part(fact.pbx, at)))
        if place == start + ahead:
            both.record.rows = dict(both.written.rows)
        if place == start + max(ahead, 0):
            await both.figures.read()
    assert both.measures.figures(TOTAL).offered > 0
    assert both.differences() == []


async def test_day_is_read_when_it_is_due() -> None:
    """After a floor taken over and after a record mended; a record that is away is asked again."""
    both = Both()
    (at, fact) = told()[0]
    task = asyncio.create_task(both.figures.keep())
    both.record.broken = True
    both.target.take(both.source.part(fact.pbx, at))
    await asyncio.sleep(0)
    both.record.broken = False
    asked = asyncio.Event()
    reads = both.record.visits_since

    async def ask(since: float) -> list[Caller]:
        asked.set()
        return await reads(since)

    both.record.visits_since = ask  # type: ignore[method-assign]
    both.figures._due.set()
    both.target.apply(RecordHealed(fact.pbx, at))
    async with asyncio.timeout(20):
        await asked.wait()
    task.cancel()


async def test_the_last_hour_is_there_at_once() -> None:
    """Whoever begins shows the charts and windows of the last hour, also where the day is younger than that; of before
    today nothing counts as today's."""
    begin = 1_700_006_400.0  # midnight
    clock, record = TapeClock(begin + 600), Written()
    for number, at in enumerate((begin - 4200, begin - 1200, begin - 60, begin + 300)):
        one = Caller("p", "sales", f"C{number}", CallerStage.ENDED, at, ending=Ending.ABANDONED, ended_at=at + 20)
        record.rows[identity(one)] = one
    gap = Gap("p", begin - 900, begin - 800, "connection_lost")
    record.rows[identity(gap)] = gap
    measures = Measures(clock, Day("UTC"))
    await FollowedFigures(measures, FloorStore(clock), record, clock).read()
    assert measures.counts_since == begin + 600 - 3600
    assert (measures.figures(TOTAL).offered, measures.figures(TOTAL, "m60").offered) == (1, 3)
    assert [point["offered"] for point in measures.history(TOTAL) if point["offered"]] == [1, 1, 1]
    assert measures.gaps("p") == []
