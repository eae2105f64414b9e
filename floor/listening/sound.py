"""The sound of one listening, kept moving whether or not a page takes it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

from floor.listening.model import AudioFormat, Mode
from floor.listening.ports import Line
from floor.tasks import Tasks

KEPT = 25
"""Frames kept for a page that is late, half a second; the oldest go first."""


class Sound:
    """Implements :class:`floor.listening.ports.Heard` over the exchange's: somebody always listens, so its end is known
    at once, and a page may come back after its connection broke. The latest reader has it; the one before ends."""

    def __init__(self, line: Line, tasks: Tasks, over: Callable[[], None]) -> None:
        """``over`` is called when the exchange's side ends by itself."""
        self._line, self._over = line, over
        self._frames: deque[bytes] = deque(maxlen=KEPT)
        self.lost = 0
        self._news = asyncio.Event()
        self._readers = 0
        self._done = False
        self._pump = tasks.start(f"listening.sound {line.spy}", self._take())

    @property
    def format(self) -> AudioFormat:
        return self._line.format

    @property
    def spy(self) -> str:
        return self._line.spy

    async def frames(self) -> AsyncIterator[bytes]:
        """What is said from now on, and at most half a second of what was."""
        self._readers += 1
        mine = self._readers
        self._news.set()  # the reader before looks up, and leaves
        while mine == self._readers:
            while self._frames and mine == self._readers:
                yield self._frames.popleft()
            if self._done or mine != self._readers:
                return
            self._news.clear()
            await self._news.wait()

    def speak(self, frame: bytes) -> None:
        if not self._done:
            self._line.speak(frame)

    async def change(self, mode: Mode) -> None:
        await self._line.change(mode)

    async def close(self) -> None:
        """Nothing is said of it to ``over``: whoever closes knows."""
        self._done = True
        self._news.set()
        self._pump.cancel()
        await self._line.close()

    async def _take(self) -> None:
        try:
            async for frame in self._line.frames():
                self.lost += len(self._frames) == KEPT
                self._frames.append(frame)
                self._news.set()
        finally:
            told, self._done = self._done, True
            self._news.set()
            if not told:
                self._over()
