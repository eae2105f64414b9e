"""Watching over listenings: each ends with its call, its right, its link, and is followed to the next call if asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import structlog

from floor.listening.conversation import Floor, conversations, goes_on, is_another
from floor.listening.course import Course
from floor.listening.elsewhere import Elsewhere
from floor.listening.judge import Limits, full, must_end
from floor.listening.model import ListeningStage, Way
from floor.listening.table import Table
from floor.people.ports import People, Standing
from floor.ports import Clock, Outcome, hears
from floor.state.happenings import ListeningBegan, ListeningEnded
from floor.state.model import Agent, LinkState, Pbx

EVERY_S = 1.0
SILENT_S = 1.0
"""When the sound ends before the call does, the news of the call's end may be on its way."""
ARRIVES_S = 15.0
"""A page has so long to open the sound of what it began."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a page that is gone, and how long anything may last."""

    grace_s: float = 5.0
    limits: Limits = Limits()  # noqa: RUF009 - frozen


class Watch:
    """Hears the floor, and asks again every second who still may."""

    def __init__(
        self,
        table: Table,
        elsewhere: Elsewhere,
        people: People,
        standing: Callable[[str], Awaitable[Standing]],
        active: Callable[[str], Awaitable[None]],
        floor: Callable[[], Floor],
        clock: Clock,
        patience: Patience,
    ) -> None:
        """``standing`` says whether a sign-in, by its id, still stands; ``active`` that somebody is there (R-SEC-6)."""
        self._table, self._elsewhere, self._people = table, elsewhere, people
        self._standing, self._active = standing, active
        self._floor, self._clock, self._patience = floor, clock, patience

    # What happens on the floor

    @hears(ListeningBegan, ListeningEnded, Pbx, Agent)
    def hear(self, outcome: Outcome) -> None:
        """Told by the store, also of happenings."""
        for happening in outcome.happenings:
            if isinstance(happening, ListeningBegan):
                self._elsewhere.began(happening)
            elif isinstance(happening, ListeningEnded):
                self._elsewhere.ended(happening)
                self._put_down(happening)
        for change in outcome.changes:
            one = change.after or change.before
            if isinstance(one, Pbx):
                self._judge_link(one)
            elif isinstance(one, Agent):
                self._look_at(one.pbx, one.name)

    def _judge_link(self, pbx: Pbx) -> None:
        """Without the link nobody would know when a call ends."""
        if pbx.link is LinkState.UP and pbx.shutdown_at is None:
            return
        why = "restarted" if pbx.shutdown_at is not None else "link_lost"
        for kept in self._table:
            if kept.now.pbx == pbx.pbx:
                kept.end(why)
                self._table.tell(kept.now)

    def _look_at(self, pbx: str, agent: str) -> None:
        for course in self._courses():
            if (course.now.pbx, course.now.agent) == (pbx, agent):
                self._look(course)

    def _put_down(self, told: ListeningEnded) -> None:
        """His phone listens no more: he put it down, or the call is over and the news of it on its way."""
        for course in self._courses():
            now = course.now
            rung = now.way is Way.PHONE and course.sound is None  # with sound, its end is known by itself
            if rung and (now.pbx, now.spy) == (told.pbx, told.spy):
                course.fell_silent()

    def _look(self, course: Course) -> None:
        """Over with its call; on to the next, if that was asked."""
        floor, now = self._floor(), course.now
        agent = floor.agents.get((now.pbx, now.agent))
        on = now.stage in (ListeningStage.OPENING, ListeningStage.ON)
        if on and course.talk is not None and not goes_on(course.talk, agent, floor):
            course.call_over()
        if course.now.stage is ListeningStage.WAITING and agent is not None:
            others, limits = self._table.under_way, self._patience.limits
            for talk in conversations(agent, floor):
                if is_another(talk, course.talk) and not full(now.pbx, talk, others, limits):
                    course.follow(talk)
                    return

    # Every second

    async def keep(self) -> None:
        """For ever."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.tick()
            except Exception:
                log.exception("listenings not watched")

    async def tick(self) -> None:
        """Rights, scope, sign-in, page and sound of each."""
        self._elsewhere.settle(self._floor())
        self._table.forget(self._clock.now())
        for course in list(self._courses()):
            self._look(course)
            self._listen_for(course)
            why = await self._why_over(course)
            if why is not None:
                course.end(why)
            elif course.occupies:
                await self._active(course.who.id)

    def _listen_for(self, course: Course) -> None:
        """A phone that is gone without a word."""
        now = course.now
        rung = now.way is Way.PHONE and now.stage is ListeningStage.ON and course.sound is None
        if rung and course.silent_since is None and (now.pbx, now.spy or "") not in self._floor().channels:
            course.fell_silent()

    async def _why_over(self, course: Course) -> str | None:
        standing = await self._standing(course.who.id)
        if standing is not Standing.OPEN:
            return "locked" if standing is Standing.LOCKED else "signed_out"
        person = self._people.persons.get(course.who.person.id)
        return must_end(person, course.now, self._people) or self._worn_out(course)

    def _worn_out(self, course: Course) -> str | None:
        now, at = course.now, self._clock.monotonic()
        longest = self._patience.limits.longest_s
        if longest and at - course.asked_at >= longest:
            return "too_long"
        if now.stage is ListeningStage.ON and course.silent_since is not None and at - course.silent_since >= SILENT_S:
            return "stopped" if now.way is Way.PHONE else "failed"
        if now.way is Way.PHONE or now.stage is ListeningStage.OPENING or course.quiet_since is None:
            return None
        grace = self._patience.grace_s if course.attended else ARRIVES_S
        return "stream_lost" if at - course.quiet_since >= grace else None

    def _courses(self) -> Iterator[Course]:
        return (kept for kept in self._table if isinstance(kept, Course))
