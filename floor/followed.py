"""A node's figures: day and last hour from the record, and what happens from then on from the floor it follows.

The record is written by the collector, a second or so behind the floor, and read at some moment in between. So visits
and records are known twice around that moment: from the record and from the floor. What is on the floor, or ended
lately, counts as the floor tells it; what the record knew before the floor told it is not counted again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

import structlog

from floor.errors import FloorError
from floor.measures import Measures
from floor.ports import Change, Clock, Outcome
from floor.relay.lately import Lately
from floor.state.facts import RecordHealed
from floor.state.model import Caller, Correction, Gap, Offer, Record, Span
from floor.state.taken import FloorTaken
from floor.store import FloorStore

log = structlog.get_logger(__name__)

AGAIN_S = 5.0
"""A record that cannot be read is tried again this often; meanwhile figures begin where the node did."""

Identity = tuple[object, ...]


class Day(Protocol):
    """The record of today."""

    async def visits_since(self, since: float) -> list[Caller]: ...

    async def records_since(self, since: float) -> list[Record]: ...


def identity(one: Caller | Record) -> Identity:
    """The same visit, ring, span or gap, however it is told."""
    if isinstance(one, Caller):
        return ("visit", *one.key, None if one.joined_at is None else round(one.joined_at, 3))
    if isinstance(one, Correction):
        return identity(one.after)
    at = round(one.began_at, 3)
    if isinstance(one, Offer):
        return ("offer", one.pbx, one.queue, one.agent, one.call, at)
    if isinstance(one, Span):
        return ("span", one.pbx, one.agent, one.state, at)
    return ("gap", one.pbx, at)


class FollowedFigures:
    """Keeps ``measures`` in step with a floor that is followed. ``hear`` is its listener, with happenings; ``keep``
    must run."""

    def __init__(self, measures: Measures, store: FloorStore, day: Day, clock: Clock) -> None:
        self._measures, self._store, self._day = measures, store, day
        self._lately = Lately(clock)
        self._due = asyncio.Event()
        self._ahead: dict[Identity, Caller | Record] = {}
        """What the record told and the floor has not told yet."""

    def hear(self, outcome: Outcome) -> None:
        """Score what changed; after a floor taken over, or a record mended, the day is read anew."""
        self._lately.hear(outcome)
        if isinstance(outcome.fact, FloorTaken | RecordHealed):
            self._due.set()
        if self._ahead and (outcome.changes or outcome.records):
            outcome = self._once(outcome)
        self._measures(outcome)

    def _once(self, outcome: Outcome) -> Outcome:
        """Without what was counted already."""
        changes = [self._changed(change) for change in outcome.changes]
        records = [one for one in outcome.records if self._ahead.pop(identity(one), None) is None]
        return Outcome(outcome.revision, outcome.fact, changes, records, outcome.happenings)

    def _changed(self, change: Change) -> Change:
        after = change.after
        if change.before is not None or not isinstance(after, Caller):
            return change
        counted = self._ahead.pop(identity(after), None)
        return Change(counted, after) if isinstance(counted, Caller) else change

    async def keep(self) -> None:
        """Read the day whenever it is due, for ever."""
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                await self.read()
            except FloorError as error:
                log.warning("figures of today not read; tried again", why=str(error))
                self._due.set()
                await asyncio.sleep(AGAIN_S)

    async def read(self) -> None:
        """The day anew.

        :raises FloorError: the record cannot be read.
        """
        begin = self._measures.counts_since
        visits, records = await self._day.visits_since(begin), await self._day.records_since(begin)
        told = {identity(one): one for one in self._told()}
        stored = {identity(one): one for one in (*visits, *records)}
        self._ahead = {name: one for name, one in stored.items() if name not in told}
        day = {**stored, **told}
        visits = [one for one in day.values() if isinstance(one, Caller)]
        self._measures.reseed(visits, [one for one in day.values() if not isinstance(one, Caller)])

    def _told(self) -> Iterable[Caller | Record]:
        """What the floor itself tells of: what is over lately, then what lasts."""
        for kind in (Caller, Offer, Span, Gap):
            yield from self._lately.of(kind)
        yield from self._store.snapshot().callers.values()
