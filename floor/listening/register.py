"""The listenings there are: begun, changed, stopped by those who may; the only door to them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Protocol

from floor.audit.ports import AuditUnwritableError
from floor.listening import written
from floor.listening.conversation import Conversation, Floor
from floor.listening.course import Course, House
from floor.listening.judge import Asked, Limits, Means, admit, judge_mode, modes_of, purposes_of
from floor.listening.model import Listening, Mode, Purpose, Way
from floor.listening.ports import Ears, Heard, NotAdmittedError, NotHeardError, Offers
from floor.listening.refusals import refused
from floor.listening.table import Kept, Table
from floor.people.model import Person, SignedIn
from floor.people.ports import People
from floor.people.rights import Right, may

TRIES, TRIES_S = 30, 60.0
"""So often one person may ask to listen within this time: who tries out agents by name does not fill the audit."""


class Phones(Protocol):
    """Whose phone is whose."""

    def own(self, person: Person, pbx: str) -> str | None:
        """The phone that rings for him, as Tech/name."""

    def of_agent(self, pbx: str, agent: str) -> Collection[str]: ...

    def whose(self, pbx: str, device: str) -> Person | None:
        """The person behind a phone."""


class Register:
    """Implements :class:`floor.listening.ports.Listenings`."""

    def __init__(
        self,
        table: Table,
        house: House,
        ears: Ears,
        people: People,
        phones: Phones,
        floor: Callable[[], Floor],
        limits: Limits,
        token: Callable[[], str],
    ) -> None:
        """``token`` gives a new listening its name: 128 bits at random."""
        self._table, self._house, self._ears, self._people = table, house, ears, people
        self._phones, self._floor, self._limits, self._token = phones, floor, limits, token
        self._tries: dict[int, deque[float]] = {}

    # Who knows what

    def under_way(self, who: SignedIn) -> list[Listening]:
        """Those he may know of, and for a minute his own that are over."""
        return [one.now for one in self._table.all() if self._knows(who, one)]

    def find(self, who: SignedIn, id: str) -> Listening | None:
        course = self._own(who, id)
        return None if course is None else course.now

    def offers(self, who: SignedIn) -> Offers:
        pbxs = list(self._floor().pbxs)
        ways = {pbx: tuple(way for way in Way if way in self._ears.offers(pbx)) for pbx in pbxs}
        phones = {pbx: phone for pbx in pbxs if (phone := self._phones.own(who.person, pbx)) is not None}
        return Offers(modes_of(who.person), purposes_of(who.person), ways, phones)

    def of_agent(self, pbx: str, agent: str) -> list[Listening]:
        return [one for one in self._table.under_way if agent and (one.pbx, one.agent) == (pbx, agent)]

    def subscribe(self, hear: Callable[[Listening], None]) -> Callable[[], None]:
        return self._table.subscribe(hear)

    # What he does

    async def begin(
        self,
        who: SignedIn,
        pbx: str,
        agent: str,
        *,
        mode: Mode,
        purpose: Purpose,
        way: Way,
        follow: bool = False,
        note: str = "",
        call: str = "",
        address: str = "",
    ) -> Listening:
        """In the browser: once it is on. On the phone: while it rings."""
        asked = Asked(pbx, agent, mode, purpose, way, follow, note.strip(), call)
        pen = written.Pen(self._token(), written.doer(who.person, address), asked)
        self._count(who.person.id)
        try:
            talk, phone = self._admitted(who.person, asked)
        except NotAdmittedError as error:
            await self._record_refusal(pen, error)
            raise
        course = Course(pen.thread, who, asked, pen, self._house, phone)
        self._table.put(course)  # counts from here on: nobody is admitted twice while the audit writes
        await course.ask(talk)
        opening = course.open()
        if way is Way.BROWSER:
            await asyncio.wait({opening})
            _raise_unless_on(course)
        return course.now

    async def change(self, who: SignedIn, id: str, mode: Mode) -> Listening:
        course = self._own(who, id)
        if course is None:
            raise refused("no_listening")
        judge_mode(who.person, mode)
        await course.change(mode)
        return course.now

    async def stay(self, who: SignedIn, id: str, follow: bool) -> Listening:
        course = self._own(who, id)
        if course is None:
            raise refused("no_listening")
        await course.stay(follow)
        return course.now

    async def stop(self, who: SignedIn, id: str) -> Listening:
        """What was begun elsewhere is over once the exchange says so."""
        kept = self._table.get(id)
        if kept is None or not self._knows(who, kept):
            raise refused("no_listening")
        if isinstance(kept, Course):
            kept.end("stopped", "" if kept.now.by == who.person.id else f"by {who.person.name}")
        elif not kept.now.over:
            await self._hang_up(kept.now)
        return kept.now

    def line(self, who: SignedIn, id: str) -> Heard | None:
        course = self._own(who, id)
        return None if course is None or course.now.way is Way.PHONE else course.sound

    def attend(self, who: SignedIn, id: str) -> Callable[[], None] | None:
        course = self._own(who, id)
        return None if course is None else course.attend()

    # The parts

    def _own(self, who: SignedIn, id: str) -> Course | None:
        """By sign-in, not only by person: what somebody began at another screen ended with it."""
        kept = self._table.get(id)
        return kept if isinstance(kept, Course) and kept.who.id == who.id else None

    def _knows(self, who: SignedIn, kept: Kept) -> bool:
        now = kept.now
        if isinstance(kept, Course) and kept.who.id == who.id:
            return True
        if now.over or not may(who.person, Right.SEE_AUDIT):
            return False
        return (
            may(who.person, Right.SEE_SITE)
            if not now.agent
            else self._people.sees_agent(who.person, now.pbx, now.agent)
        )

    def _admitted(self, person: Person, asked: Asked) -> tuple[Conversation, str | None]:
        phone = self._phones.own(person, asked.pbx)
        means = Means(self._ears.offers(asked.pbx), phone, self._phones.of_agent(asked.pbx, asked.agent))
        talk = admit(
            person,
            asked,
            means,
            people=self._people,
            floor=self._floor(),
            others=self._table.under_way,
            limits=self._limits,
        )
        return talk, phone

    def _count(self, person: int) -> None:
        now = self._house.clock.monotonic()
        tries = self._tries.setdefault(person, deque(maxlen=TRIES))
        if len(tries) == TRIES and now - tries[0] < TRIES_S:
            raise refused("too_often")
        tries.append(now)

    async def _hang_up(self, now: Listening) -> None:
        try:
            await self._ears.hang_up(now.pbx, now.spy or "")
        except NotHeardError as error:
            raise refused("not_heard", said=(error.words["en"], error.words["zh"])) from None

    async def _record_refusal(self, pen: written.Pen, error: NotAdmittedError) -> None:
        with suppress(AuditUnwritableError):  # nothing was done, and the audit itself says that it cannot be written
            await self._house.write(pen.refused(self._house.clock.now(), str(error)))


def _raise_unless_on(course: Course) -> None:
    now = course.now
    if now.ended == "failed":
        raise refused("not_heard", said=course.failure)
    if now.over:
        raise refused({"call_ended": "no_call", "unrecorded": "unrecorded"}.get(now.ended or "", "over"))
