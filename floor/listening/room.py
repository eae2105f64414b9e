"""The room of listening, put together: who listens to whom, watched over and on record."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Coroutine
from typing import Any

import structlog

from floor.audit.ports import Audit, AuditUnwritableError
from floor.errors import FloorError
from floor.listening.conversation import Floor
from floor.listening.course import Course, House
from floor.listening.elsewhere import Elsewhere
from floor.listening.ink import Ink
from floor.listening.judge import Limits
from floor.listening.ports import Ears
from floor.listening.register import Phones, Register
from floor.listening.table import Table
from floor.listening.unfinished import close_unfinished
from floor.listening.watch import Patience, Watch
from floor.people.ports import Accounts, People
from floor.ports import Clock
from floor.settings import Settings
from floor.tasks import Tasks

CLOSE_S = 4.0
RETRY_S = 5.0

log = structlog.get_logger(__name__)


class ListeningRoom:
    """``register`` is what pages ask; ``hear`` what the store tells, happenings too."""

    def __init__(
        self,
        settings: Settings,
        ears: Ears,
        audit: Audit,
        people: People,
        accounts: Accounts,
        phones: Phones,
        floor: Callable[[], Floor],
        clock: Clock,
        *,
        token: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        asked = settings.listening
        limits = Limits(asked.per_call, asked.per_person, asked.longest_min * 60.0)
        self._audit, self._clock = audit, clock
        self._pbxs: Collection[str] = frozenset(pbx.name for pbx in settings.pbx)
        self._began_at = clock.now()
        self._tasks, self._table = Tasks(), Table()
        self._ink = Ink(audit, self._tasks)
        house = House(ears, clock, self._tasks, self._ink.write, self._ink.owe, self._table.tell)
        elsewhere = Elsewhere(self._table, phones.whose, clock, self._ink.put, token)
        self.register = Register(self._table, house, ears, people, phones, floor, limits, token)
        self._watch = Watch(
            self._table,
            elsewhere,
            people,
            accounts.standing,
            accounts.active,
            floor,
            clock,
            Patience(asked.stream_grace_s, limits),
        )
        self.hear = self._watch.hear

    def works(self) -> tuple[tuple[str, Callable[[], Coroutine[Any, Any, None]]], ...]:
        """(name, what goes on as long as the floor is watched)."""
        return (
            ("listenings", self._watch.keep),
            ("listening's audit", self._keep_writing),
            ("listenings left open", self.tidy),
        )

    async def tidy(self) -> None:
        """Close in the audit what an earlier run left open, as soon as the record answers."""
        while True:
            try:
                under_way = {one.id for one in self._table.under_way}
                left = await close_unfinished(
                    self._audit, self._began_at, but=under_way, pbxs=self._pbxs, at=self._clock.now()
                )
            except FloorError as error:
                log.warning("listenings left open by an earlier run are not closed yet", reason=str(error))
                await asyncio.sleep(RETRY_S)
                continue
            if left:
                log.info("listenings left open by an earlier run are closed", listenings=left)
            return

    async def _keep_writing(self) -> None:
        while True:
            await asyncio.sleep(RETRY_S)
            if len(self._ink):
                await self._ink.settle()

    async def close(self) -> None:
        """End all, and see them on record."""
        for kept in self._table:
            if isinstance(kept, Course):
                kept.end("closed")
        closing = [one.closing for one in self._table.all() if isinstance(one, Course) and one.closing is not None]
        if closing:
            await asyncio.wait(closing, timeout=CLOSE_S)
        await self._tasks.stop()
        try:
            await asyncio.wait_for(self._ink.settle(), 1.0)
        except (TimeoutError, AuditUnwritableError):
            log.error("listenings ended, and it is not on record", entries=len(self._ink))
