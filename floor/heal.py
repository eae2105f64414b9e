"""Healer: when a gap has closed and the exchange's queue_log can be read, the record is mended from it by itself."""

from __future__ import annotations

import asyncio

import structlog

from floor.day import Day
from floor.errors import FloorError
from floor.history import History
from floor.history.backfill import Healing
from floor.measures import Measures
from floor.ports import Outcome
from floor.settings import PbxSettings
from floor.state.model import Gap

log = structlog.get_logger(__name__)

TRIES_S = (2.0, 30.0, 120.0, 600.0, 3600.0)
"""Pauses before each try: queue_log is written a moment after the events, and a call that reaches out of the gap can
only be laid beside the log when it is over."""


class Healer:
    """One exchange's; ``listen`` to the floor, ``run`` in a task."""

    def __init__(self, pbx: PbxSettings, history: History, measures: Measures, day: Day) -> None:
        self._pbx = pbx
        self._history = history
        self._measures = measures
        self._day = day
        self._closed = asyncio.Event()

    def listen(self, outcome: Outcome) -> None:
        """Note that a gap closed."""
        for record in outcome.records:
            if isinstance(record, Gap) and record.pbx == self._pbx.name and record.ended_at is not None:
                self._closed.set()

    async def run(self) -> None:
        """Heal after every gap, until cancelled."""
        while True:
            await self._closed.wait()
            await self._heal_patiently()

    async def _heal_patiently(self) -> None:
        """Try until nothing is left; what cannot be read or explained is said each time."""
        for pause_s in TRIES_S:
            await asyncio.sleep(pause_s)
            self._closed.clear()
            try:
                healing = await self.heal()
            except FloorError as error:
                log.warning("gap not healed", pbx=self._pbx.name, why=str(error))
            else:
                if not healing.unhealed:
                    return

    async def heal(self) -> Healing:
        """Mend now; today's figures follow."""
        source = self._pbx.queue_log or ""
        await self._history.flush()
        healing = await self._history.backfill(self._pbx.name, source, zone=self._day.tz())
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
            doubts=len(healing.doubts),
        )
        return healing
