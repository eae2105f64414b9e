"""Replay: a tape played as if it were the exchange, at any speed.

Any login is accepted. Lists are answered from the tape, with the asker's action id; when the asker has his picture (or
asks for nothing) the events follow in their own time. The clock it tells (Ping) is the tape's, so whoever listens sees
the recorded day. A session that ended on the tape ends here, and is followed by the next one after its time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import structlog

from asterisk.reel import Reel
from asterisk.wire import Message, first, parse
from floor.errors import UnreachableError
from floor.ports import Clock
from floor.tasks import Tasks

log = structlog.get_logger(__name__)

PATIENCE_S = 1.0
"""So long the events wait for a listener who asks for nothing (more)."""
_BATCH = 200
"""Events per write when there is no time between them."""
_GREETING = b"Asterisk Call Manager/9.0.0\r\n"


class Replay:
    """Plays ``reels`` on ``host:port`` (0: any free port) with ``speed`` times real time (0: without waiting)."""

    def __init__(
        self, reels: Sequence[Reel], clock: Clock, *, speed: float = 1.0, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self.port = port
        self.finished = asyncio.Event()
        """Every event of the tape has been sent."""
        self._reels = list(reels)
        self._clock = clock
        self._speed = speed
        self._host = host
        self._server: asyncio.Server | None = None
        self._tasks = Tasks()
        self._next = 0
        self._due_at: float | None = None
        """Monotonic time before which the next session is not yet welcome."""

    async def start(self) -> None:
        """Listen.

        :raises UnreachableError: the address cannot be had.
        """
        try:
            self._server = await asyncio.start_server(self._accept, self._host, self.port)
        except OSError as error:
            raise UnreachableError(f"cannot listen on {self._host}:{self.port}: {error.strerror}") from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        await self._tasks.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        early = self._due_at is not None and self._clock.monotonic() < self._due_at
        if early or self._next >= len(self._reels):
            writer.transport.abort()
            return
        self._tasks.start("replay", self._play(_Listener(reader, writer, self._reels[self._next], self._clock)))

    async def _play(self, listener: _Listener) -> None:
        reel = listener.reel
        tasks = Tasks()
        hearing = tasks.start("replay: hear", listener.hear())
        playing = tasks.start("replay: play", listener.play(self._speed))
        try:
            await asyncio.wait([hearing, playing], return_when=asyncio.FIRST_COMPLETED)
            if playing.done():
                self._played(reel)
                if reel.ended_at is None or self._next >= len(self._reels):
                    await asyncio.wait([hearing])  # the last picture stays until the listener goes
        finally:
            await tasks.stop()
            listener.hang_up()

    def _played(self, reel: Reel) -> None:
        place = self._reels.index(reel)
        if place != self._next:
            return  # somebody else's session was quicker
        if place + 1 == len(self._reels):
            self.finished.set()
            return
        self._next = place + 1
        pause_s = max(0.0, self._reels[self._next].began_at - (reel.ended_at or reel.began_at))
        self._due_at = self._clock.monotonic() + (pause_s / self._speed if self._speed else 0.0)


class _Listener:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, reel: Reel, clock: Clock) -> None:
        self.reel = reel
        self._reader = reader
        self._writer = writer
        self._clock = clock
        self._first_at = reel.events[0][0] if reel.events else reel.began_at
        self._sent_at = self._first_at
        self._began: float | None = None
        self._speed = 0.0
        self._logged_in = asyncio.Event()
        self._news = asyncio.Event()
        self._unasked = set(reel.lists)
        writer.write(_GREETING)

    def hang_up(self) -> None:
        self._writer.transport.abort()

    def now(self) -> float:
        """What the tape's clock shows: it stands until the events begin, then runs at the tape's speed."""
        if self._began is None:
            return self._first_at
        return max(self._sent_at, self._first_at + (self._clock.monotonic() - self._began) * self._speed)

    async def hear(self) -> None:
        """Answer until the listener goes."""
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                frame = await self._reader.readuntil(b"\r\n\r\n")
                self._writer.write(self._answer(parse(frame.strip())))
                await self._writer.drain()

    def _answer(self, action: Message) -> bytes:
        name, action_id = first(action, "Action"), first(action, "ActionID")
        self._unasked.discard(name)
        self._news.set()
        if name.lower() == "login":
            self._logged_in.set()
            return _block("Success", action_id, "Message: Authentication accepted") + _BOOTED
        if name.lower() == "ping":
            return _block("Success", action_id, "Ping: Pong", f"Timestamp: {self.now():.6f}")
        if name.lower() == "logoff":
            return _block("Goodbye", action_id)
        recorded = self.reel.answer(name, action_id, self.now())
        return recorded if recorded is not None else _block("Error", action_id, f"Message: {name} is not on the tape")

    async def play(self, speed: float) -> None:
        """Send the events in their time, once the listener has his picture."""
        await self._logged_in.wait()
        await self._asked()
        self._began, self._speed = self._clock.monotonic(), speed
        batch: list[bytes] = []
        for at, event in self.reel.events:
            wait_s = self._until(at)
            if wait_s > 0 or len(batch) >= _BATCH:
                await self._send(batch)
                await asyncio.sleep(wait_s)
            self._sent_at = max(self._sent_at, at)
            batch.append(event)
        await self._send(batch)
        await asyncio.sleep(self._until(self.reel.ended_at or 0.0))

    def _until(self, at: float) -> float:
        """Seconds of real time until the tape's time is ``at``."""
        if not self._speed or self._began is None:
            return 0.0
        return max(0.0, (at - self._first_at) / self._speed - (self._clock.monotonic() - self._began))

    async def _asked(self) -> None:
        """Until every list on the tape was asked for, or nothing was for a while."""
        with contextlib.suppress(TimeoutError):
            while self._unasked:
                self._news.clear()
                async with asyncio.timeout(PATIENCE_S):
                    await self._news.wait()

    async def _send(self, batch: list[bytes]) -> None:
        self._writer.write(b"".join(batch))
        batch.clear()
        with contextlib.suppress(OSError):  # the listener has gone, which ends the playing anyway
            await self._writer.drain()


def _block(response: str, action_id: str, *lines: str) -> bytes:
    asked = (f"ActionID: {action_id}",) if action_id else ()
    return "".join(f"{line}\r\n" for line in (f"Response: {response}", *asked, *lines, "")).encode()


_BOOTED = b"Event: FullyBooted\r\nPrivilege: system,all\r\nStatus: Fully Booted\r\n\r\n"
