"""Emergency reports that come from telephones (``UserEvent FloorReport``): taken in at once, recorded in order."""

from __future__ import annotations

import asyncio
from collections import deque

import structlog

from alerts.emergencies import heard
from alerts.incidents import Incidents
from floor.errors import FloorError
from floor.ports import Outcome
from floor.state.facts import EmergencyReported

log = structlog.get_logger(__name__)

WAITING = 100
"""Reports that may wait; more at one moment are a fault of the dialplan, and are logged and let go."""


class PhoneReports:
    """A listener of the floor's store, and the work that follows from what it hears."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents
        self._waiting: deque[EmergencyReported] = deque()
        self._work = asyncio.Event()

    def listen(self, outcome: Outcome) -> None:
        fact = outcome.fact
        if not isinstance(fact, EmergencyReported):
            return
        if len(self._waiting) >= WAITING:
            log.error("emergency report refused, too many wait", pbx=fact.pbx, kind=fact.kind)
            return
        self._waiting.append(fact)
        self._work.set()

    async def run(self) -> None:
        """Record what was heard, for as long as it lives."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._waiting:
                await self._record(self._waiting.popleft())

    async def _record(self, fact: EmergencyReported) -> None:
        seat = seat_of(fact.channel)
        type_, place, details = heard(fact.kind, fact.place or seat, fact.agent or "", fact.note)
        who = " ".join(one for one in (fact.agent, seat) if one) or fact.pbx
        try:
            await self._incidents.report(type_, who, place=place, details=details | {"seat": seat})
        except FloorError:
            log.exception("emergency report not recorded", pbx=fact.pbx, kind=fact.kind)


def seat_of(channel: str | None) -> str:
    """``PJSIP/1001-0000002a`` -> ``PJSIP/1001``."""
    return (channel or "").rpartition("-")[0] or (channel or "")
