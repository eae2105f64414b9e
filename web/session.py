"""One client of the stream: what it may say, how it is told, and how it is seen off."""

from __future__ import annotations

import asyncio
import socket
from typing import Protocol

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from floor.people.model import SignedIn
from floor.ports import Clock
from web import framing, protocol
from web.access import Grant
from web.outbox import Outbox, Receiver
from web.traffic import Traffic

FAREWELL_S = 3.0
"""How long a client may take to acknowledge the end; a stalled one would take for ever."""


KERNEL_BYTES = 256 * 1024
"""What the kernel may hold for one client: left to itself it takes megabytes for each that stalls."""


def bound(connection: ServerConnection) -> None:
    """Keep what a client that does not read can hold of the machine's memory within bounds."""
    line = connection.transport.get_extra_info("socket")
    if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)


async def see_off(connection: ServerConnection, code: int, reason: str) -> None:
    """Close with a code, and cut the line when the other end does not follow."""
    try:
        async with asyncio.timeout(FAREWELL_S):
            await connection.close(code, reason)
    except TimeoutError:
        connection.transport.abort()


class Streams(Protocol):
    """What keeps the readers of some streams level: the hub of boards and desks, and that of the agents' own pages."""

    traffic: Traffic

    def join(self, board: str, receiver: Receiver) -> Outbox: ...

    def leave(self, board: str, outbox: Outbox) -> None: ...

    def resync(self, board: str, outbox: Outbox) -> None: ...

    def answered(self, board: str, n: int) -> None: ...


class Session:
    """A client between admission and goodbye; it is the :class:`web.outbox.Receiver` of its own outbox."""

    def __init__(self, connection: ServerConnection, hub: Streams, board: str, grant: Grant, clock: Clock) -> None:
        self.connection = connection
        self.grant = grant
        self.board = board
        self._hub = hub
        self._clock = clock
        self._deflates = framing.deflates(connection)
        self._pace = protocol.Pace()

    @property
    def signed_in(self) -> SignedIn | None:
        """Who it is, with the rights of this second; ``None``: a display or a program."""
        return self.grant.signed_in

    async def run(self) -> None:
        """Keep the client level until it leaves or breaks the rules."""
        bound(self.connection)
        outbox = self._hub.join(self.board, self)
        try:
            await self._listen(outbox)
        except protocol.Unwelcome as unwelcome:
            self._hub.traffic.refused += 1
            await see_off(self.connection, protocol.CLOSE_UNWELCOME, str(unwelcome))
        except ConnectionClosed:
            pass  # it left without a word: screens are switched off like that
        finally:
            self._hub.leave(self.board, outbox)

    async def _listen(self, outbox: Outbox) -> None:
        async for frame in self.connection:
            self._pace.note(self._clock.monotonic())
            message = protocol.parse(frame)
            if isinstance(message, protocol.Resync):
                self._hub.resync(self.board, outbox)
            else:
                self._hub.answered(self.board, message.n)

    # Receiver

    def unsent(self) -> int:
        # Not documented by websockets, but used throughout it; tests/web/test_session.py watches over it.
        return self.connection.transport.get_write_buffer_size()

    def deliver(self, message: bytes) -> None:
        framing.send(self.connection, message, deflated=self._deflates)

    def cut(self) -> None:
        self.connection.transport.abort()
