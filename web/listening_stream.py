"""The sound of one's own listening, ``/ws?listen=ID``: to the page as it comes, and what the microphone says back.

The answer to a slow page: nothing is queued here. While its socket has not drained, frames stay where they are heard,
and the oldest of them are left out; the numbers on the frames say so.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from floor.listening.model import AudioFormat, Listening, ListeningStage, Mode
from floor.listening.ports import Heard, Listenings, NotAdmittedError
from floor.people.model import SignedIn
from floor.ports import Clock
from floor.tasks import Tasks
from web import listening_wire, protocol
from web.access import Grant
from web.session import see_off
from web.traffic import Traffic

BEHIND_BYTES = 8 * 1024
"""More than this unsent, and the page is waited for: a quarter of a second of sound."""


class ListeningSession:
    """A page that hears one listening, between admission and goodbye."""

    def __init__(
        self,
        connection: ServerConnection,
        grant: Grant,
        who: SignedIn,
        id: str,
        listenings: Listenings,
        clock: Clock,
        traffic: Traffic,
    ) -> None:
        self.connection, self.grant = connection, grant
        self._who, self._id, self._listenings, self._clock, self._traffic = who, id, listenings, clock, traffic
        self._texts, self._sounds = protocol.Pace(), listening_wire.SoundPace()
        self._formats: list[AudioFormat] = [AudioFormat()]
        self._told: bytes | None = None
        self._news = asyncio.Event()
        self._tasks = Tasks()

    @property
    def who(self) -> SignedIn:
        """With the rights of this second."""
        return self.grant.signed_in or self._who

    async def run(self) -> None:
        """Until the page leaves, breaks the rules, or the listening is over."""
        leave = self._listenings.attend(self.who, self._id)
        unsubscribe = self._listenings.subscribe(self._hear)
        _keep_short(self.connection)
        self._tasks.start("web.listening", self._send())
        try:
            await self._receive()
        except protocol.Unwelcome as unwelcome:
            self._traffic.refused += 1
            await see_off(self.connection, protocol.CLOSE_UNWELCOME, str(unwelcome))
        except ConnectionClosed:
            pass  # a page that was closed
        finally:
            unsubscribe()
            if leave is not None:
                leave()
            await self._tasks.stop()

    def _hear(self, listening: Listening) -> None:
        if listening.id == self._id:
            self._news.set()

    # To the page

    async def _send(self) -> None:
        """Say how it stands whenever that changes, and play each call there is; ends with it."""
        try:
            while (now := self._now()) is not None and not now.over:
                await self._tell(now)
                line = self._listenings.line(self.who, self._id)
                playing = None
                if now.stage is ListeningStage.ON and line is not None:
                    playing = self._tasks.start("web.listening.sound", self._play(line))
                await self._wait_for_news(playing)
            if now is not None:
                await self._tell(now)
            await see_off(self.connection, CloseCode.NORMAL_CLOSURE, "it is over")
        except ConnectionClosed:
            pass  # told to :meth:`run` as well

    async def _wait_for_news(self, playing: asyncio.Task[None] | None) -> None:
        """Until it stands otherwise; a change of mode goes on with the same sound."""
        while True:
            await self._news.wait()
            self._news.clear()
            now = self._now()
            if playing is not None and not playing.done() and now is not None and now.stage is ListeningStage.ON:
                await self._tell(now)
                continue
            if playing is not None:
                playing.cancel()
            return

    async def _play(self, line: Heard) -> None:
        started, number, lost = self._clock.monotonic(), 0, line.lost
        try:
            async for frame in line.frames():
                number += line.lost - lost
                lost = line.lost
                ms = round((self._clock.monotonic() - started) * 1000)
                await self.connection.send(listening_wire.sound(number, ms, frame))
                number += 1
        except ConnectionClosed:
            pass

    def _now(self) -> Listening | None:
        return self._listenings.find(self.who, self._id)

    async def _tell(self, now: Listening) -> None:
        line = self._listenings.line(self.who, self._id)
        format = line.format if line is not None and now.stage is ListeningStage.ON else None
        if format is not None and format not in self._formats:
            self._formats.append(format)
        frame = listening_wire.told(now, self.who.person, format)
        if frame != self._told:
            self._told = frame
            await self.connection.send(frame.decode())

    # From the page

    async def _receive(self) -> None:
        async for frame in self.connection:
            moment = self._clock.monotonic()
            (self._texts if isinstance(frame, str) else self._sounds).note(moment)
            message = listening_wire.parse(frame, listening_wire.spoken_lengths(self._formats))
            if isinstance(message, bytes):
                self._speak(message)
            elif isinstance(message, listening_wire.Ping):
                await self.connection.send(protocol.encode(listening_wire.Pong(message.at)).decode())
            else:
                await self._change(message.mode)

    def _speak(self, frame: bytes) -> None:
        """The microphone is heard only in a mode in which he speaks."""
        now = self._now()
        line = self._listenings.line(self.who, self._id)
        if now is None or line is None or now.stage is not ListeningStage.ON or now.mode is Mode.LISTEN:
            return
        if len(frame) == line.format.rate // 50 * 2:
            line.speak(frame)

    async def _change(self, mode: Mode) -> None:
        try:
            await self._listenings.change(self.who, self._id, mode)
        except NotAdmittedError as error:
            await self.connection.send(listening_wire.refused(error).decode())


def _keep_short(connection: ServerConnection) -> None:
    """What the kernel and the library would hold back for a slow page is sound of a minute ago."""
    connection.transport.set_write_buffer_limits(high=BEHIND_BYTES)
    line = connection.transport.get_extra_info("socket")
    if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * BEHIND_BYTES)


class ListeningStreams:
    """Makes the clients of ``/ws?listen=ID``; the newest page of a listening has it."""

    def __init__(self, listenings: Listenings, clock: Clock, traffic: Traffic) -> None:
        self._listenings, self._clock, self._traffic = listenings, clock, traffic
        self._open: dict[str, ListeningSession] = {}
        self._tasks = Tasks()

    def client(self, connection: ServerConnection, grant: Grant, id: str) -> ListeningSession | None:
        """``None``: there is no such listening of his, or it is over."""
        who = grant.signed_in
        now = None if who is None else self._listenings.find(who, id)
        if who is None or now is None or now.over:
            return None
        self._open = {
            one: session for one, session in self._open.items() if not session.connection.transport.is_closing()
        }
        before = self._open.get(id)
        if before is not None:
            parting = see_off(before.connection, CloseCode.NORMAL_CLOSURE, "opened in another page")
            self._tasks.start(f"web.listening.farewell {id}", parting)
        session = self._open[id] = ListeningSession(
            connection, grant, who, id, self._listenings, self._clock, self._traffic
        )
        return session

    async def close(self) -> None:
        await self._tasks.stop()


Listen = Callable[[ServerConnection, Grant, str], ListeningSession | None]
"""The client of ``/ws?listen=ID``."""
