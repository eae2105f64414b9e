"""The room of requests, put together: hears the floor, keeps time, follows the record; what the assembly builds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any
from uuid import uuid4

import structlog

from floor.audit.model import Stage as Step
from floor.audit.ports import Audit
from floor.errors import FloorError
from floor.history.database import Database
from floor.people.model import Person, SignedIn
from floor.people.ports import People
from floor.ports import Clock, Outcome, hears
from floor.requests import life
from floor.requests.acts import Acts, phone_of
from floor.requests.answering import Answering
from floor.requests.askers import Askers
from floor.requests.asking import Asking
from floor.requests.book import Book
from floor.requests.hearing import Heard, HelpHeard, HungUp, LeaveHeard, ReasonHeard, heard
from floor.requests.leaving import Leaving
from floor.requests.model import About, Answer, Asker, EndReason, Help, Leave, Notice, Request, Stage, Way
from floor.requests.ports import FloorView, RequestListener
from floor.requests.posting import MOST_MINUTES, Posting
from floor.requests.record import RequestRecord
from floor.sections.presence import PresenceSettings
from floor.sections.requests import RequestsSettings
from floor.state.facts import EndReasonGiven, HelpAsked, LeaveAsked
from floor.state.model import Agent, Caller, Key

LOOK_BACK_S = 60.0 * MOST_MINUTES
"""Nothing that lives is older: the longest a notice may stand."""
FOLLOW_S = 2.0
REST_S = 5.0
PRUNE_EVERY_S = 3600.0

log = structlog.get_logger(__name__)


class RequestRoom:
    """Implements :class:`floor.requests.ports.Requests`; ``notices`` are its Notices, ``leaves`` what rules ask.

    ``load`` before the links, ``listen`` to the store's outcomes and happenings, ``works`` for as long as it lasts.
    """

    def __init__(
        self,
        settings: RequestsSettings,
        presence: PresenceSettings,
        database: Database,
        audit: Audit,
        people: People,
        floor: Callable[[], FloorView],
        boards: Mapping[str, bool],
        clock: Clock,
        *,
        acting: Callable[[], bool] = lambda: True,
    ) -> None:
        """``boards``: whether visitors see it, by id."""
        self._settings, self._clock, self._acting = settings, clock, acting
        self._book = Book(life.Limits.of(settings))
        self._record = RequestRecord(database)
        self._askers = Askers(people, floor)
        self.leaves = Leaving(self._book, people, floor, presence, needed=settings.leave_approval)
        self._acts = Acts(self._book, self._record, audit, people, self.leaves, clock, acting)
        self._asking = Asking(self._acts, self._askers, presence)
        self._answering = Answering(self._acts)
        self.notices = Posting(self._acts, audit, people, boards, clock)
        self.away_reasons = presence.away_reasons
        self._stale = False

    # Life

    async def load(self) -> None:
        """Take up what the record has; raises :class:`HistoryError`."""
        now = self._clock.now()
        found = await self._record.latest(now - LOOK_BACK_S)
        notices = [one for one in found if isinstance(one, Notice)]
        reads = await self._record.reads(one.id for one in notices if one.stands(now))
        self._book.replace_all([one for one in found if isinstance(one, Help | Leave | EndReason)], now)
        self.notices.replace_all(notices, reads, now)
        self._stale = not self._acting()

    def works(self) -> Sequence[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        """What must run meanwhile, by name."""
        return ("requests", self.keep_time), ("requests followed", self.follow), ("requests upkeep", self.keep_tidy)

    async def keep_time(self) -> None:
        """One timer to the nearest moment; what waits is written."""
        while True:
            self.tick(self._clock.now())
            self._acts.wake.clear()
            written = await self._acts.write()
            due = min((at for at in (self._book.next_at(), self.notices.next_at()) if at is not None), default=None)
            rest = REST_S if due is None else min(REST_S, max(0.05, due - self._clock.now()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest if written else FOLLOW_S):
                    await self._acts.wake.wait()

    async def follow(self) -> None:
        """While another Floorwatch acts, keep up with its record."""
        while True:
            await asyncio.sleep(FOLLOW_S)
            if not self._acting() or self._stale:
                try:
                    await self.load()
                except FloorError as error:
                    log.warning("record of requests not followed", reason=str(error))

    async def keep_tidy(self) -> None:
        """Forget what is too old, a little at a time."""
        while True:
            try:
                more = await self._record.prune(self._clock.now() - 86400.0 * self._settings.keep_days)
            except FloorError as error:
                log.warning("too old requests are still there", reason=str(error))
                more = 0
            await asyncio.sleep(1.0 if more else PRUNE_EVERY_S)

    async def close(self) -> None:
        """Write what waits."""
        await self._acts.write()

    # What the floor says, and time

    @hears(HelpAsked, LeaveAsked, EndReasonGiven, Caller, Agent)
    def listen(self, outcome: Outcome) -> None:
        """A listener of the real floor's store, of happenings too."""
        if not self._acting():
            return
        for one in heard(outcome, self._askers):
            self._hear(one)
        for leave in self.leaves.moved(outcome, self._clock.now()):
            act = "left" if leave.stage is Stage.LEFT else "back"
            self._acts.put(leave, act, Step.CHANGED if leave.stage is Stage.LEFT else Step.ENDED)

    def _hear(self, one: Heard) -> None:
        match one:
            case HelpHeard(by, None, _):
                known = self._book.living(Help, by.key)
                if known is not None:
                    after = life.withdrawn(known, self._clock.now())
                    self._acts.put(after, "withdraw_request", Step.ENDED, phone_of(after))
            case HelpHeard(by, about, text) if about is not None:
                self._asking.take_help(by, about, text, Way.PHONE, phone_of(Help("", by, about, Way.PHONE, 0.0)))
            case LeaveHeard():
                self._hear_leave(one)
            case ReasonHeard(by, reason):
                owed = self._book.living(EndReason, by.key)
                if owed is not None:
                    after_ = life.given(owed, reason, Way.PHONE, self._clock.now())
                    self._acts.put(after_, "give_reason", Step.ANSWERED, phone_of(after_), reason)
            case HungUp():
                self._owe(one)

    def _hear_leave(self, one: LeaveHeard) -> None:
        if self._book.living(Leave, one.by.key) is None:
            reason = one.reason if one.reason in self.away_reasons else self.away_reasons[0]
            leave = Leave(uuid4().hex, one.by, reason, one.minutes, Way.PHONE, self._clock.now())
            self._acts.put(leave, "ask_leave", Step.ASKED, phone_of(leave), reason)

    def _owe(self, one: HungUp) -> None:
        now = self._clock.now()
        owed = EndReason(uuid4().hex, one.by, one.queue, one.visit, now, call=one.call, talk_s=one.talk_s)
        if one.reason is None:
            self._acts.put(owed, "hang_up_first", Step.ASKED)
        else:
            said = life.given(owed, one.reason, Way.PHONE, now)
            self._acts.put(said, "give_reason", Step.ANSWERED, phone_of(said), one.reason)

    def tick(self, now: float) -> None:
        """What time alone brings about by now."""
        if self._acting():
            for request in self._book.due(now):
                lapsed = request.stage is Stage.LAPSED
                act = "lapsed" if lapsed else "escalated"
                self._acts.put(request, act, Step.ENDED if lapsed else Step.CHANGED)
        self.notices.due(now)

    # Requests, as pages use them

    @property
    def shown(self) -> Mapping[str, Request]:
        return self._acts.shown

    def subscribe(self, listener: RequestListener) -> Callable[[], None]:
        return self._acts.subscribe(listener)

    def sees(self, who: int, request: Request) -> bool:
        return self._acts.sees(who, request)

    def away(self, request: Request) -> Sequence[str]:
        return self.leaves.away(request)

    def until(self, request: Request) -> float | None:
        return life.lapses_at(request, self._book.limits)

    def of_person(self, person: Person) -> Asker | None:
        return self._askers.of_person(person)

    def keys_of(self, person: Person) -> Collection[Key]:
        return self._askers.keys(person)

    async def ask_help(self, who: SignedIn, about: About, text: str = "", *, address: str = "") -> Request:
        return await self._asking.help(who, about, text, address)

    async def ask_leave(
        self, who: SignedIn, reason: str, minutes: int, text: str = "", *, address: str = ""
    ) -> Request:
        return await self._asking.leave(who, reason, minutes, text, address)

    async def withdraw(self, who: SignedIn, id: str, *, address: str = "") -> Request:
        return await self._asking.withdraw(who, id, address)

    async def give_reason(self, who: SignedIn, id: str, reason: str, *, address: str = "") -> Request:
        return await self._asking.reason(who, id, reason, address)

    async def answer(self, who: SignedIn, id: str, answer: Answer, advice: str = "", *, address: str = "") -> Request:
        return await self._answering.answer(who, id, answer, advice, address)

    async def close_help(self, who: SignedIn, id: str, *, address: str = "") -> Request:
        return await self._answering.close(who, id, address)

    async def decide(self, who: SignedIn, id: str, approved: bool, word: str = "", *, address: str = "") -> Request:
        return await self._answering.decide(who, id, approved, word, address)

    async def history(self, who: SignedIn, since: float) -> Sequence[Request]:
        return await self._acts.history(who, since)
