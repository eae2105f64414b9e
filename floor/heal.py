"""Healer: when a gap has closed and the exchange's queue_log can be read, the record is mended from it by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Protocol

import structlog

from floor.day import Day
from floor.errors import FloorError
from floor.history import History
from floor.history.backfill import Healing
from floor.ports import Outcome, hears
from floor.settings import PbxSettings
from floor.state.model import Caller, CallerKey, Gap, Record

log = structlog.get_logger(__name__)

SETTLE_S = 4.0
"""Longer than the two seconds by which record and log may differ and the whole second in which the log counts: whatever
the log says around the gap's end has reached us by then, so that nothing is taken for unseen that is on its way."""
PAUSES_S = (30.0, 120.0, 600.0, 3600.0)
"""Before each further try, cut short when every call of the gap's time has ended that was on the floor at the last one:
a call that reaches out of the gap can only be laid beside the log when it is over."""


class Mended(Protocol):
    """Who is told what was found out later: today's figures."""

    def heal(self, healed: Iterable[tuple[Caller | None, Caller]], records: Iterable[Record]) -> None: ...


class Healer:
    """One exchange's; ``listen`` to the floor, ``run`` in a task."""

    def __init__(
        self,
        pbx: PbxSettings,
        history: History,
        measures: Mended,
        day: Day,
        callers: Callable[[], Mapping[CallerKey, Caller]],
    ) -> None:
        """``callers``: the visits that are on the floor now."""
        self._pbx = pbx
        self._history = history
        self._measures = measures
        self._day = day
        self._callers = callers
        self._awaited: set[CallerKey] = set()
        self._closed_at = 0.0
        self._closed = False
        self._news = asyncio.Event()

    @hears(Gap, Caller)
    def listen(self, outcome: Outcome) -> None:
        """Note that a gap closed, and that calls are over."""
        for record in outcome.records:
            if isinstance(record, Gap) and record.pbx == self._pbx.name and record.ended_at is not None:
                self._closed, self._closed_at = True, record.ended_at
                self._news.set()
        for change in outcome.changes:
            one = change.after
            if isinstance(one, Caller) and one.ending is not None and one.key in self._awaited:
                self._awaited.discard(one.key)
                if not self._awaited:
                    self._news.set()

    async def run(self) -> None:
        """Heal after every gap, until cancelled."""
        pauses: Iterator[float] = iter(())
        while True:
            await self._rest(next(pauses, None))
            if self._closed:
                self._closed = False
                pauses = iter(PAUSES_S)
            if await self._healed():
                pauses = iter(())

    async def _rest(self, pause_s: float | None) -> None:
        """Until there is news of the gap or of its calls, not longer than the pause."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._news.wait()
        await asyncio.sleep(SETTLE_S)
        self._news.clear()

    async def _healed(self) -> bool:
        """Whether nothing is left; what cannot be read or explained is said each time."""
        try:
            return not (await self.heal()).unhealed
        except FloorError as error:
            log.warning("gap not healed", pbx=self._pbx.name, why=str(error))
            return False

    async def heal(self) -> Healing:
        """Mend now; today's figures follow."""
        source = self._pbx.queue_log or ""
        # Whoever is on the floor now ends there; who is not has his last word in what is flushed.
        followed = dict(self._callers())
        self._awaited = {key for key, one in followed.items() if (one.joined_at or 0.0) <= self._closed_at}
        await self._history.flush()
        healing = await self._history.backfill(self._pbx.name, source, zone=self._day.tz(), followed=followed)
        visits = [(None, visit) for visit in healing.inserted]
        self._measures.heal(
            [*visits, *((one.before, one.after) for one in healing.completed)], [*healing.offers, *healing.healed]
        )
        log.info(
            "gaps healed from queue_log",
            pbx=self._pbx.name,
            gaps=len(healing.healed),
            calls=len(healing.visits),
            left=len(healing.unhealed),
            doubts=[one.why for one in healing.doubts[:3]],
        )
        return healing
