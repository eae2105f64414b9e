"""Writing to the audit in order: what must be on record before it is done, and what has happened anyhow."""

from __future__ import annotations

import asyncio
from collections import deque

import structlog

from floor.audit.model import Entry
from floor.audit.ports import Audit, AuditUnwritableError
from floor.tasks import Tasks

MOST = 1000
"""Entries that wait while neither database nor disk takes them; then the oldest is lost, and the log says so."""

log = structlog.get_logger(__name__)


class Ink:
    """One line of entries for all listenings, so that no end is on record before its beginning."""

    def __init__(self, audit: Audit, tasks: Tasks) -> None:
        self._audit, self._tasks = audit, tasks
        self._waiting: deque[Entry] = deque()
        self._turn = asyncio.Lock()

    def __len__(self) -> int:
        """Entries that wait."""
        return len(self._waiting)

    async def write(self, entry: Entry) -> None:
        """After all that waits; raises :class:`AuditUnwritableError`, and then it was not written."""
        async with self._turn:
            await self._pour()
            await self._audit.write(entry)

    async def owe(self, entry: Entry) -> None:
        """It happened: written now, or as soon as that can be done."""
        self._take(entry)
        await self.settle()

    def put(self, entry: Entry) -> None:
        """The same for who cannot wait."""
        self._take(entry)
        self._tasks.start("listening.ink", self.settle())

    async def settle(self) -> None:
        """Write what waits, as far as it goes."""
        async with self._turn:
            try:
                await self._pour()
            except AuditUnwritableError:
                log.warning("listening: entries of the audit wait", waiting=len(self._waiting))

    async def _pour(self) -> None:
        while self._waiting:
            await self._audit.write(self._waiting[0])
            self._waiting.popleft()

    def _take(self, entry: Entry) -> None:
        if len(self._waiting) >= MOST:
            lost = self._waiting.popleft()
            log.error("listening: an entry of the audit is lost", thread=lost.thread, stage=lost.stage)
        self._waiting.append(entry)
