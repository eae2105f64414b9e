"""One listening from asking to its end: what is told to the audit and to the exchange, and in which order.

The audit comes first: what it does not take is not done. What ends, ends at once for everybody who asks; the exchange
and the audit are told right after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from floor.audit.model import Entry
from floor.audit.ports import AuditUnwritableError
from floor.listening.conversation import Conversation
from floor.listening.judge import Asked
from floor.listening.model import Listening, ListeningStage, Mode, Way
from floor.listening.ports import Ears, Line, NotAdmittedError, NotHeardError
from floor.listening.refusals import refused
from floor.listening.sound import Sound
from floor.listening.written import Pen
from floor.people.model import SignedIn
from floor.ports import Clock
from floor.tasks import Tasks

OPEN_S = 10.0
"""The exchange has so long to open a listening in the browser."""
RING_S = 60.0
"""And so long to have a phone answered."""
SHOWN = "Floorwatch"
"""What the supervisor's phone shows while it rings."""
SLOW = ("the exchange did not answer in time", "交换机未及时应答")


@dataclass(frozen=True, slots=True)
class House:
    """What every listening needs; ``write`` raises :class:`AuditUnwritableError`, ``owe`` writes as soon as it can."""

    ears: Ears
    clock: Clock
    tasks: Tasks
    write: Callable[[Entry], Awaitable[None]]
    owe: Callable[[Entry], Awaitable[None]]
    tell: Callable[[Listening], None]


class Course:
    """A listening of ours; ``now`` is how it stands."""

    def __init__(self, id: str, who: SignedIn, asked: Asked, pen: Pen, house: House, phone: str | None) -> None:
        self.who, self.asked, self._pen, self._house, self._phone = who, asked, pen, house, phone
        self.now = Listening(
            id,
            asked.pbx,
            asked.agent,
            asked.mode,
            asked.way,
            asked.purpose,
            ListeningStage.OPENING,
            house.clock.now(),
            who.person.id,
            who.person.name,
            follow=asked.follow,
        )
        self.asked_at = house.clock.monotonic()
        self.talk: Conversation | None = None
        self.sound: Sound | None = None
        self.failure = SLOW
        """Why the exchange would not, English and Chinese."""
        self.closing: asyncio.Task[None] | None = None
        self.silent_since: float | None = None
        """Monotonic: the exchange's side ended, and why is not known yet."""
        self.quiet_since: float | None = house.clock.monotonic()
        """Monotonic: no page takes its sound since then; ``None``: one does."""
        self.attended = False
        """A page was there and left."""
        self._pages = 0
        self._calls = 0
        """How many of the agent's calls were heard."""
        self._began_at: float | None = None
        """Since when this call is listened to."""
        self._heard = False
        """Whether any call was listened to."""
        self._opening: asyncio.Task[None] | None = None
        """As long as it may be broken off."""
        self._turn = asyncio.Lock()

    # Beginning

    async def ask(self, talk: Conversation) -> None:
        """Put it on record; raises :class:`NotAdmittedError` when that cannot be done."""
        self.talk = talk
        self._become(stage=ListeningStage.OPENING, call=talk.call, channel=talk.channel)
        try:
            await self._house.write(self._pen.asks(self._house.clock.now(), talk))
        except AuditUnwritableError:
            self._become(stage=ListeningStage.ENDED, ended="unrecorded", ended_at=self._house.clock.now())
            raise refused("unrecorded") from None

    def open(self) -> asyncio.Task[None]:
        """Have the exchange do it, after :meth:`ask`; never raises, how it went is in ``now``."""
        self._opening = self._house.tasks.start(f"listening.open {self.now.id}", self._open())
        return self._opening

    async def _open(self, instead_of: str = "") -> None:
        async with self._turn:
            try:
                if not self.now.over:
                    await self._opened(instead_of)
            except (NotHeardError, TimeoutError) as error:
                self._opening = None
                self.failure = words_of(error)
                self.end("failed", self.failure[0])
            except AuditUnwritableError:
                self._opening = None
                self.end("unrecorded")
            finally:
                self._opening = None

    async def _opened(self, instead_of: str) -> None:
        now, ears = self.now, self._house.ears
        channel = now.channel or ""
        if now.way is Way.PHONE and not ears.joins(now.pbx):
            async with asyncio.timeout(RING_S):
                spy = await ears.ring(
                    now.pbx, self._phone or "", channel, now.mode, caller_id=SHOWN, instead_of=instead_of
                )
        else:
            line = await self._line(channel)
            self.sound, spy = Sound(line, self._house.tasks, self.fell_silent), line.spy
        self._opening = None  # from here on there is something to close
        if self._began_at is None:
            self._began_at = self._house.clock.now()
            self._calls += 1
        self._heard = True
        self.silent_since = None
        self.quiet_since = self._house.clock.monotonic() if self.quiet_since is not None else None
        began = replace(now, spy=spy, stage=ListeningStage.ON)
        self._become(spy=spy)
        await self._house.write(self._pen.began(self._house.clock.now(), began))
        if not self.now.over:
            self._become(stage=ListeningStage.ON)

    async def _line(self, channel: str) -> Line:
        now, ears = self.now, self._house.ears
        if now.way is Way.PHONE:
            async with asyncio.timeout(RING_S):
                return await ears.join(now.pbx, self._phone or "", channel, now.mode, caller_id=SHOWN)
        async with asyncio.timeout(OPEN_S):
            return await ears.open(now.pbx, channel, now.mode)

    def fell_silent(self) -> None:
        """The exchange's side of it ended, and nobody has said why."""
        self.silent_since = self._house.clock.monotonic()

    # While it lasts

    def follow(self, talk: Conversation) -> None:
        """The next call of the agent: a new act, on record before it is done."""
        self.talk = talk
        self._opening = self._house.tasks.start(f"listening.follow {self.now.id}", self._follow(talk))
        self._become(stage=ListeningStage.OPENING, call=talk.call, channel=talk.channel)

    async def _follow(self, talk: Conversation) -> None:
        try:
            await self.ask(talk)
        except NotAdmittedError:
            return  # over, and why is told
        await self._open()

    def attend(self) -> Callable[[], None]:
        """A page is there; returns how to say that it left."""
        self._pages += 1
        self.quiet_since = None
        left = False

        def leave() -> None:
            nonlocal left
            if not left:
                left = True
                self._pages -= 1
                self.attended = True
                self.quiet_since = self._house.clock.monotonic() if self._pages == 0 else None

        return leave

    async def change(self, mode: Mode) -> None:
        """Into another mode; raises :class:`NotAdmittedError`, and goes on as it was."""
        async with self._turn:
            if self.now.stage is ListeningStage.ENDED:
                raise refused("over")
            if mode is self.now.mode:
                return
            if self.sound is not None:
                await self._changed(self.sound, mode)
            elif self.now.way is Way.PHONE and self.now.stage is ListeningStage.ON:
                await self._ring_again(mode)
            else:
                raise refused("not_on")

    async def _ring_again(self, mode: Mode) -> None:
        """A phone that listens by itself cannot change: it is hung up, and rings in the other mode."""
        spy = self.now.spy or ""
        await self._record_change(mode)
        if not self.now.over:
            self._become(mode=mode, stage=ListeningStage.OPENING, spy=None)
            self._opening = self._house.tasks.start(f"listening.again {self.now.id}", self._open(spy))

    async def _record_change(self, mode: Mode) -> None:
        try:
            await self._house.write(self._pen.changed(self._house.clock.now(), self.now, mode))
        except AuditUnwritableError:
            raise refused("unrecorded") from None

    async def _changed(self, sound: Sound, mode: Mode) -> None:
        before = self.now
        await self._record_change(mode)
        try:
            async with asyncio.timeout(OPEN_S):
                await sound.change(mode)
        except (NotHeardError, TimeoutError) as error:
            said = words_of(error)
            await self._house.owe(self._pen.unchanged(self._house.clock.now(), before, mode, said[0]))
            raise refused("not_heard", said=said) from None
        if not self.now.over:
            self._become(mode=mode, spy=sound.spy)

    async def stay(self, follow: bool) -> None:
        """Whether it goes on with the agent's next call; raises :class:`NotAdmittedError`, and is as it was."""
        async with self._turn:
            if self.now.over:
                raise refused("over")
            if follow is self.now.follow:
                return
            try:
                await self._house.write(self._pen.follows(self._house.clock.now(), self.now, follow))
            except AuditUnwritableError:
                raise refused("unrecorded") from None
            if not self.now.over:
                self._pen = replace(self._pen, asked=replace(self._pen.asked, follow=follow))
                self._become(follow=follow)
        if self.now.stage is ListeningStage.WAITING and not follow:
            self.end("stopped")

    @property
    def occupies(self) -> bool:
        """Whether he is at it with idle hands: he hears the call he asked for; what follows by itself shows nobody."""
        there = self.quiet_since is None or self.now.way is Way.PHONE
        return self.now.stage is ListeningStage.ON and self._calls == 1 and there

    # Its end

    def call_over(self) -> None:
        """The call is; whoever follows the agent waits for the next one."""
        if not self.now.follow or not self._heard:
            self.end("call_ended")
        elif self.now.stage is not ListeningStage.WAITING:
            was = self.now
            self._become(stage=ListeningStage.WAITING, call=None, channel=None, spy=None)
            self._break_off(was, "call_ended")

    def end(self, why: str, said: str = "") -> None:
        """Over from this moment on; once."""
        if self.now.over:
            return
        was = self.now
        self._become(stage=ListeningStage.ENDED, ended_at=self._house.clock.now(), ended=why, said=said)
        self._break_off(was, why, said)

    def _break_off(self, was: Listening, why: str, said: str = "") -> None:
        if self._opening is not None:
            self._opening.cancel()
        self.closing = self._house.tasks.start(f"listening.close {was.id}", self._close(was, why, said))

    async def _close(self, was: Listening, why: str, said: str) -> None:
        at = self._house.clock.now()
        async with self._turn:
            sound, self.sound = self.sound, None
            spy = sound.spy if sound is not None else self.now.spy or was.spy
            try:
                async with asyncio.timeout(OPEN_S):
                    await self._let_go(sound, was, spy)
            except (NotHeardError, TimeoutError):
                pass  # it is gone, or ends with the call
            began_at, self._began_at = self._began_at, None
            if began_at is not None:
                await self._house.owe(self._pen.ended(at, replace(was, spy=spy), why, said, began_at))
            elif was.stage is ListeningStage.OPENING:
                await self._house.owe(self._pen.failed(at, was, why, said))
            else:
                await self._house.owe(self._pen.ended(at, was, why, said, at))

    async def _let_go(self, sound: Sound | None, was: Listening, spy: str | None) -> None:
        if sound is not None:
            await sound.close()
        elif spy is not None and was.way is Way.PHONE:
            await self._house.ears.hang_up(was.pbx, spy)

    def _become(self, **changes: Any) -> None:
        self.now = replace(self.now, **changes)
        self._house.tell(self.now)


def words_of(error: NotHeardError | TimeoutError) -> tuple[str, str]:
    """Why the exchange would not, English and Chinese."""
    return (error.words["en"], error.words["zh"]) if isinstance(error, NotHeardError) else SLOW
