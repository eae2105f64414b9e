"""A line to one channel of the exchange: its audio in frames of 20 ms, ours back, and the mode it is in.

The mode of a spying channel cannot be changed, so a change opens a second one in the new mode, and only when that one
brings audio the first is let go. Measured on 22 with noise: around the change up to 40 ms are heard twice, or one
frame of 20 ms is missing; no word is lost.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from asterisk.spies import OVER
from floor.listening.model import AudioFormat, Mode
from floor.listening.ports import NotHeardError
from floor.ports import Clock

WAITING = 50
"""Frames kept for a late reader: one second; the oldest are lost."""
AHEAD_S = 0.2
"""The supervisor's voice may run ahead of the clock by this much, for browsers send it in bursts; more is dropped,
because the exchange would play it later and later."""
FRAME_S = 0.02
MONO_BYTES = AudioFormat(channels=1).frame_bytes
AUDIBLE_S = 0.4
"""How long a change waits for the new channel's first audio; on a call on hold there may be none."""


class Connection(Protocol):
    """What is needed of a connection (:class:`asterisk.audio.Connection`)."""

    @property
    def open(self) -> bool: ...

    def speak(self, frame: bytes) -> None: ...

    def hang_up(self) -> None: ...


@dataclass(slots=True)
class Ear:
    """One spying channel and its connection."""

    id: str
    connection: Connection
    audible: asyncio.Event = field(default_factory=asyncio.Event)
    """It has brought audio."""


class Open(Protocol):
    """Has the exchange open one more spying channel on the line's channel."""

    async def __call__(self, mode: Mode, hears: Callable[[bytes], None], over: Callable[[], None]) -> Ear: ...


class HeardLine:
    """Implements :class:`floor.listening.ports.Line`."""

    def __init__(self, open: Open, clock: Clock, gone: Callable[[HeardLine], None] = lambda _: None) -> None:
        """``gone`` is told when it is over."""
        self.mode = Mode.LISTEN
        self.format = AudioFormat()
        self._open = open
        self._clock = clock
        self._gone = gone
        self._ear: Ear | None = None
        self._waiting: deque[bytes] = deque(maxlen=WAITING)
        self._rest = b""
        self._news = asyncio.Event()
        self._over = False
        self._changing = asyncio.Lock()
        self._spoken_until = 0.0

    @property
    def spy(self) -> str:
        return self._ear.id if self._ear is not None else ""

    async def change(self, mode: Mode) -> None:
        """From now on in this mode; raises :class:`NotHeardError`, and all stays as it was."""
        async with self._changing:
            if self._over:
                raise NotHeardError(*OVER)
            if self._ear is not None and mode is self.mode:
                return
            await self._take_over(await self._opened(mode), mode)

    async def _opened(self, mode: Mode) -> Ear:
        came: list[Ear] = []
        early: list[bytes] = []

        def hears(payload: bytes) -> None:
            if came:
                self._hear(came[0], payload)
            else:
                early.append(payload)

        def over() -> None:
            if came and came[0] is self._ear:
                self._end()

        ear = await self._open(mode, hears, over)
        came.append(ear)
        for payload in early[-1:]:
            self._hear(ear, payload)
        return ear

    async def _take_over(self, ear: Ear, mode: Mode) -> None:
        try:
            async with asyncio.timeout(AUDIBLE_S):
                await ear.audible.wait()
        except TimeoutError:
            pass
        except asyncio.CancelledError:
            ear.connection.hang_up()
            raise
        if self._over or not ear.connection.open:
            ear.connection.hang_up()
            raise NotHeardError(*OVER)
        before, self._ear, self.mode = self._ear, ear, mode
        if before is not None:
            before.connection.hang_up()

    def _hear(self, ear: Ear, payload: bytes) -> None:
        if not ear.audible.is_set():
            ear.audible.set()
            if self._ear in (None, ear):  # the first of all: 20 ms in stereo, or mixed
                self.format = AudioFormat(channels=2 if len(payload) % AudioFormat().frame_bytes == 0 else 1)
        if ear is not self._ear or self._over:
            return
        size = self.format.frame_bytes
        data = self._rest + payload if self._rest else payload
        whole = len(data) - len(data) % size
        self._waiting.extend(data[at : at + size] for at in range(0, whole, size))
        self._rest = data[whole:]
        self._news.set()

    def _end(self) -> None:
        self._over = True
        self._news.set()
        self._gone(self)

    async def frames(self) -> AsyncIterator[bytes]:
        """As they come, for one reader; ends when the call, the exchange or we end it."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._over:
                return
            self._news.clear()
            await self._news.wait()

    def speak(self, frame: bytes) -> None:
        """20 ms of the supervisor; dropped in mode listen, when it is no frame, and when too much waits."""
        if self._ear is None or self._over or self.mode is Mode.LISTEN or len(frame) != MONO_BYTES:
            return
        now = self._clock.monotonic()
        until = max(self._spoken_until, now) + FRAME_S
        if until - now < AHEAD_S + FRAME_S / 2:
            self._spoken_until = until
            self._ear.connection.speak(frame)

    async def close(self) -> None:
        """Listen no more."""
        self._end()
        async with self._changing:
            if self._ear is not None:
                self._ear.connection.hang_up()
