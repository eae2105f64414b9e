"""What every act on a request goes through: judged, recorded, done, told; one at a time.

What people do is in the audit before it is done. Help is heard whatever the state of the record, for the alarm of an
agent with an abusive caller must not wait for a disk; so is what telephones say and what time brings about.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from floor.audit.model import Doer, Entry
from floor.audit.model import Stage as Step
from floor.audit.ports import Audit, AuditUnwritableError
from floor.people.model import SignedIn
from floor.people.ports import People
from floor.people.rights import Right, may
from floor.ports import Clock
from floor.requests.book import Book
from floor.requests.leaving import Leaving
from floor.requests.model import EndReason, Help, Kind, Leave, Request
from floor.requests.ports import NotAdmittedError, RequestListener
from floor.requests.record import RequestRecord

SEEN_BY = {Kind.HELP: Right.ANSWER_HELP, Kind.LEAVE: Right.DECIDE_LEAVE, Kind.REASON: Right.EXCUSE}
"""Which supervisors may know of a request, within their scope."""
MACHINE = Doer("Floorwatch")
WAITING = 1_000
"""Entries on their way to the audit; beyond it the oldest are let go, and logged."""

log = structlog.get_logger(__name__)


class Acts:
    """Book, record and audit, kept in step; the part of :class:`floor.requests.ports.Requests` that looks."""

    def __init__(
        self,
        book: Book,
        record: RequestRecord,
        audit: Audit,
        people: People,
        leaving: Leaving,
        clock: Clock,
        acting: Callable[[], bool] = lambda: True,
    ) -> None:
        """``acting``: whether this Floorwatch, of several on one database, is the one that acts."""
        self.book, self.record, self.clock = book, record, clock
        self.wake = asyncio.Event()
        """There is something to write, or another moment to wait for."""
        self._audit, self._people, self._leaving, self._acting = audit, people, leaving, acting
        self.turn = asyncio.Lock()
        self._entries: deque[Entry] = deque(maxlen=WAITING)

    # Looking

    @property
    def shown(self) -> Mapping[str, Request]:
        return self.book.shown

    def subscribe(self, listener: RequestListener) -> Callable[[], None]:
        return self.book.subscribe(listener)

    def sees(self, who: int, request: Request) -> bool:
        person = self._people.persons.get(who)
        if person is None or not may(person, SEEN_BY[request.kind]):
            return False
        return self._people.sees_agent(person, request.by.pbx, request.by.agent)

    def away(self, request: Request) -> Sequence[str]:
        return self._leaving.away(request)

    async def history(self, who: SignedIn, since: float) -> Sequence[Request]:
        found = await self.record.latest(since)
        return [one for one in found if isinstance(one, Help | Leave | EndReason) and self.sees(who.person.id, one)]

    # Acting

    def put(self, request: Request, act: str, step: Step, by: Doer = MACHINE, reason: str = "") -> None:
        """Done at once; record and audit follow."""
        if len(self._entries) == WAITING:
            log.error("audit of requests full, the oldest entry let go", act=self._entries[0].act)
        self._entries.append(self._entry(request, act, step, by, reason))
        self._take(request, by.name if by is not MACHINE else "")

    async def carry_out(
        self,
        who: SignedIn,
        id_: str,
        mine: Callable[[Request], bool],
        change: Callable[[Request], Request],
        act: str,
        step: Step,
        address: str,
        reason: str = "",
    ) -> Request:
        """A command of somebody's on a request that is ``mine``: in the audit first. Raises
        :class:`NotAdmittedError`, and :class:`AuditUnwritableError` when it cannot be recorded."""
        self.must_act()
        async with self.turn:
            before = self.book.shown.get(id_)
            if before is None or not mine(before):
                raise NotAdmittedError(404, "there is no such request of yours or of your groups", "没有此申请")
            change(before)  # refused before it is recorded
            await self._audit.write(self._entry(before, act, step, doer(who, address), reason))
            after = change(self.book.shown.get(id_, before))
            self._take(after, who.person.name)
        await self.write()
        return after

    async def begin(self, who: SignedIn, request: Request, act: str, address: str, reason: str = "") -> None:
        """A new request that nobody's safety waits for: in the audit first."""
        await self._audit.write(self._entry(request, act, Step.ASKED, doer(who, address), reason))
        self._take(request, who.person.name)

    def must_act(self) -> None:
        if not self._acting():
            en = "another Floorwatch acts on this floor at present; use its pages"
            raise NotAdmittedError(409, en, "当前由另一台系统值守，请使用其页面")

    async def write(self) -> bool:
        """Write what waits; whether nothing waits any more. Raises nothing."""
        while self._entries:
            waiting = tuple(self._entries)
            try:
                await self._audit.write(*waiting)
            except AuditUnwritableError as error:
                log.error("audit of requests not written, kept for later", entries=len(waiting), reason=str(error))
                break
            while self._entries and self._entries[0] in waiting:
                self._entries.popleft()
        return await self.record.flush() and not self._entries

    def _take(self, request: Request, by: str) -> None:
        self.record.put(request, self.clock.now(), request.stage, by)
        self.book.put(request)
        self.wake.set()

    def _entry(self, request: Request, act: str, step: Step, by: Doer, reason: str) -> Entry:
        more: dict[str, Any] = {"kind": request.kind.value, "group": request.by.group or ""}
        queue, call = ("", "") if isinstance(request, Leave) else (request.queue, request.call)
        return Entry(
            request.id,
            act,
            step,
            self.clock.now(),
            by,
            pbx=request.by.pbx,
            agent=request.by.agent,
            queue=queue,
            call=call,
            reason=reason,
            more=more,
        )


def doer(who: SignedIn, address: str) -> Doer:
    """Somebody who is signed in, as the audit names him."""
    return Doer(who.person.name, who.person.id, who.person.role, address)


def phone_of(request: Request) -> Doer:
    """The agent at his telephone."""
    return Doer(request.by.name or request.by.agent, request.by.person)
