"""A crowd of screens in a process of its own: ``python -m tests.bench.crowd PORT COUNT [deflate] [small]``.

Raw asyncio clients that open ``/ws?board=floor``, take every frame and note how old its ``now`` is. Commands, one a
line on standard input: ``wait N`` (until N messages have come to each), ``told`` (latencies since the last ``told``,
ms, as JSON). ``small``: sockets that hold little, for clients that are going to stall.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import time
import zlib

from tests.bench.answering import answering

OPENING = (
    b"GET /ws?board=floor HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%b\r\n"
)
DEFLATE = b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
AT_ONCE = 100
"""Connections being opened at the same time."""
PATIENCE_S = 15.0
"""For what a command waits for: who was passed over gets fewer messages."""
_NOW = re.compile(rb'"t":"patch","rev":\d+,"now":([\d.]+)')
_ANSWER_TO_PING = 0x89


class Crowd:
    """What all clients have heard."""

    def __init__(self) -> None:
        self.open = self.closed = self.heard = 0
        self.late_ms: list[float] = []

    def told(self) -> str:
        """Latencies since the last time, and how many clients there are."""
        late, self.late_ms, self.heard = self.late_ms, [], 0
        return json.dumps({"late_ms": [round(one, 2) for one in late], "open": self.open, "closed": self.closed})


class Screen(asyncio.Protocol):
    """One client."""

    def __init__(self, crowd: Crowd, opening: bytes, opened: asyncio.Future[None]) -> None:
        self._crowd, self._opening, self._opened = crowd, opening, opened
        self._data = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._opening)

    def connection_lost(self, _: Exception | None) -> None:
        self._crowd.closed += 1

    def data_received(self, data: bytes) -> None:
        at = time.time()
        self._data += data
        if not self._opened.done():
            end = self._data.find(b"\r\n\r\n")
            if end < 0:
                return
            assert self._data.startswith(b"HTTP/1.1 101"), bytes(self._data[:100])
            del self._data[: end + 4]
            self._crowd.open += 1
            self._opened.set_result(None)
        while self._frame(at):
            pass

    def _frame(self, at: float) -> bool:
        """Take one whole frame off the data, if there is one."""
        data = self._data
        if len(data) < 2:
            return False
        length, begin = data[1], 2
        if length == 126:
            length, begin = int.from_bytes(data[2:4]), 4
        elif length == 127:
            length, begin = int.from_bytes(data[2:10]), 10
        if len(data) < begin + length:
            return False
        head, body = data[0], bytes(data[begin : begin + length])
        del data[: begin + length]
        if head == _ANSWER_TO_PING:
            self._transport.write(bytes((0x8A, 0x80 | len(body))) + b"\0\0\0\0" + body)
        elif head & 0x0F == 1:
            self._hear(zlib.decompressobj(-15).decompress(body + b"\0\0\xff\xff") if head & 0x40 else body, at)
        return True

    def _hear(self, message: bytes, at: float) -> None:
        found = _NOW.search(message, 0, 80)
        if found is not None:
            self._crowd.late_ms.append((at - float(found[1])) * 1000)
            self._crowd.heard += 1


async def gather(port: int, count: int, opening: bytes, *, small: bool) -> Crowd:
    """Open all of them."""
    crowd, room, loop = Crowd(), asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop()

    async def come() -> None:
        async with room:
            line = socket.socket()
            if small:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            line.setblocking(False)
            await loop.sock_connect(line, ("127.0.0.1", port))
            opened = loop.create_future()
            await loop.create_connection(lambda: Screen(crowd, opening, opened), sock=line)
            await opened

    await asyncio.gather(*(come() for _ in range(count)))
    return crowd


async def run(port: int, count: int, words: list[str]) -> None:
    """Open the clients, then do as told."""
    crowd = await gather(port, count, OPENING % (DEFLATE if "deflate" in words else b""), small="small" in words)

    async def answer(command: str) -> str:
        if command.startswith("wait "):
            wanted = count * int(command.split()[1])
            deadline = time.monotonic() + PATIENCE_S
            while crowd.heard < wanted and time.monotonic() < deadline:  # noqa: ASYNC110 - an event would be set per frame
                await asyncio.sleep(0.05)
            return "{}"
        return crowd.told()

    await answering("{}", answer)


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
