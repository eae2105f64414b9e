"""The exchange on the network: TCP sessions, and the pump that keeps the simulated clock with the real one.

One task plays the world in slices, so ten thousand people cost no more tasks than ten. Writes are collected per
slice. A client that does not read is dropped when its backlog is full, as a real Asterisk does.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Coroutine
from typing import Any

from asterisk.simulator.audio import bring
from asterisk.simulator.exchange import Exchange
from asterisk.simulator.session import Account, Session
from asterisk.simulator.wire import Event

BACKLOG = 8 * 1024 * 1024
"""Bytes that may wait for one client; more, and its session is dropped."""

SLICE = 400
"""World entries played before the loop gets its turn."""

TICK_S = 0.02
"""Longest sleep of the pump, so that commands and speed changes are felt at once."""


class Connection:
    """A client on the wire."""

    def __init__(self, session: Session, writer: asyncio.StreamWriter) -> None:
        self.session = session
        self.writer = writer
        self.unread: list[bytes] = []
        """What came while the exchange was silent."""
        self._held: deque[tuple[float, bytes]] = deque()

    def send(self, now: float, delay_s: float) -> None:
        """Write what has collected, or hold it back for the delay of a slow line."""
        if self.session.outbox:
            self._held.append((now + delay_s, self.session.take()))
        while self._held and (not delay_s or self._held[0][0] <= now):
            self.writer.write(self._held.popleft()[1])

    def drop(self) -> None:
        """Close at once, without a word."""
        self.writer.transport.abort()

    @property
    def waiting(self) -> int:
        """Bytes said and not yet taken by the client's side."""
        held = sum(len(data) for _, data in self._held)
        return self.session.pending + held + self.writer.transport.get_write_buffer_size()


class Server:
    """Serves one exchange. ``speed``: simulated seconds per real second."""

    def __init__(
        self, exchange: Exchange, accounts: dict[str, Account], speed: float, *, backlog: int = BACKLOG
    ) -> None:
        self.exchange = exchange
        self.accounts = accounts
        self.speed = speed
        self.backlog = backlog
        self.silent = False
        """Half-open: nothing is read, nothing is sent, nobody is told."""
        self.delay_s = 0.0
        """Slow: what is said leaves this much later (real seconds)."""
        self.behind_s = 0.0
        """How far the pump is behind the clock it should keep (real seconds)."""
        self.dropped = 0
        """Sessions dropped for not reading."""
        self._connections: dict[Connection, None] = {}
        self._sessions: set[asyncio.Task[None]] = set()
        self._errands: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._pump: asyncio.Task[None] | None = None
        self._address = ("127.0.0.1", 0)
        exchange.world.taps.append(self._tell)
        exchange.connect = lambda sound: self.spawn(bring(sound), "simulator audio")

    @property
    def port(self) -> int:
        """The port it listens on; 0 before it began."""
        return self._address[1]

    def _tell(self, event: Event) -> None:
        for connection in self._connections:
            connection.session.offer(event)

    # Life

    async def start(self, host: str, port: int) -> int:
        """Listen and let time run; returns the port."""
        await self._listen(host, port)
        self._pump = asyncio.create_task(self._run(), name="simulator pump")
        self._pump.add_done_callback(self._pump_ended)
        return self._address[1]

    def _pump_ended(self, pump: asyncio.Task[None]) -> None:
        """A mistake in the simulated world must not look like a quiet floor: everybody is cut off; stop() raises it."""
        if not pump.cancelled() and pump.exception() is not None:
            self.cut()

    async def _listen(self, host: str, port: int) -> None:
        self._server = await asyncio.start_server(self._serve, host, port)
        self._address = (host, self._server.sockets[0].getsockname()[1])

    async def listen_again(self) -> None:
        """Open the same port again."""
        if self._server is None:
            await self._listen(*self._address)

    async def close_port(self) -> None:
        """Close the port and every connection: at once what has been said is out, without a word more."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._connections):
            self._end(connection)
        if self._sessions:
            await asyncio.wait(set(self._sessions))

    def cut(self) -> int:
        """Break every connection (TCP reset); the port stays open. Returns how many."""
        count = len(self._connections)
        for connection in list(self._connections):
            self._connections.pop(connection, None)
            connection.drop()
        return count

    async def stop(self) -> None:
        """End everything."""
        for errand in tuple(self._errands):
            errand.cancel()
        if self._pump is not None:
            self._pump.cancel()
        self.cut()
        await self.close_port()
        pump, self._pump = self._pump, None
        if pump is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await pump

    def spawn(self, errand: Coroutine[Any, Any, None], name: str) -> None:
        """Do something beside the pump; cancelled when the server stops."""
        task = asyncio.get_running_loop().create_task(errand, name=name)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    # Time

    async def _run(self) -> None:
        """Play the world up to what the clock says, a slice at a time."""
        loop, schedule = asyncio.get_running_loop(), self.exchange.world.schedule
        real, target = loop.time(), schedule.now
        while True:
            now = loop.time()
            target = max(target, schedule.now) + (now - real) * self.speed
            real = now
            done = schedule.run_until(target, SLICE)
            self.behind_s = 0.0 if done else (target - schedule.now) / self.speed
            self.flush()
            await asyncio.sleep(self._rest() if done else 0)

    def _rest(self) -> float:
        due = self.exchange.world.schedule.next_due()
        if due is None:
            return TICK_S
        return min(TICK_S, max(0.001, (due - self.exchange.world.now) / self.speed))

    def flush(self) -> None:
        """Send everybody what has collected; end the sessions that are over and drop those that do not read."""
        now = asyncio.get_running_loop().time()
        for connection in list(self._connections):
            if not self.silent:
                connection.send(now, self.delay_s)
            if connection.waiting > self.backlog:
                self.dropped += 1
                self._connections.pop(connection, None)
                connection.drop()
            elif connection.session.closing and not self.silent and not self.delay_s:
                self._end(connection)

    def _end(self, connection: Connection) -> None:
        self._connections.pop(connection, None)
        connection.writer.close()

    def resume(self) -> None:
        """No longer silent or slow: what waited is read, answered and sent."""
        self.silent, self.delay_s = False, 0.0
        for connection in list(self._connections):
            data, connection.unread = b"".join(connection.unread), []
            connection.session.receive(data)
        self.flush()

    # Sessions

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._sessions.add(task)
            task.add_done_callback(self._sessions.discard)
        connection = Connection(Session(self.exchange, self.accounts), writer)
        self._connections[connection] = None
        self.flush()
        try:
            while connection in self._connections and (data := await reader.read(16_384)):
                self._hear(connection, data)
        except ConnectionError:
            pass
        finally:
            self._connections.pop(connection, None)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _hear(self, connection: Connection, data: bytes) -> None:
        if self.silent:
            connection.unread.append(data)
            if sum(map(len, connection.unread)) > self.backlog:
                connection.drop()
        else:
            connection.session.receive(data)
            self.flush()
