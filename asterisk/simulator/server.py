"""The exchange on the network: TCP sessions, and the pump that keeps the simulated clock with the real one.

One task plays the world in slices, so ten thousand people cost no more tasks than ten. Writes are collected per
slice. A client that does not read is dropped when its backlog is full: a real Asterisk does the same.
"""

from __future__ import annotations

import asyncio
import contextlib

from asterisk.simulator.exchange import Exchange
from asterisk.simulator.session import Account, Session
from asterisk.simulator.wire import Event

BACKLOG = 8 * 1024 * 1024
"""Bytes that may wait for a slow client; more, and the session is dropped."""

SLICE = 400
"""World entries played before the loop gets its turn."""

TICK_S = 0.02
"""Longest sleep of the pump, so that commands and speed changes are felt at once."""


class Connection:
    """A client on the wire."""

    def __init__(self, session: Session, writer: asyncio.StreamWriter) -> None:
        self.session = session
        self.writer = writer

    def flush(self) -> bool:
        """Send what has collected; False when this connection is to be closed."""
        if self.session.outbox:
            self.writer.write(self.session.take())
        transport = self.writer.transport
        return not (self.session.closing or transport.is_closing() or transport.get_write_buffer_size() > BACKLOG)


class Server:
    """Serves one exchange. ``speed``: simulated seconds per real second."""

    def __init__(self, exchange: Exchange, accounts: dict[str, Account], speed: float) -> None:
        self.exchange = exchange
        self.accounts = accounts
        self.speed = speed
        self.silent = False
        """Half-open: nothing is read, nothing is sent, nobody is told."""
        self.delay_s = 0.0
        """Slow: what is said leaves this much later."""
        self.behind_s = 0.0
        """How far the pump is behind the clock it should keep."""
        self.dropped = 0
        """Sessions dropped for not reading."""
        self._connections: dict[Connection, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._pump: asyncio.Task[None] | None = None
        self._address = ("127.0.0.1", 0)
        exchange.world.taps.append(self._tell)

    def _tell(self, event: Event) -> None:
        for connection in self._connections:
            connection.session.offer(event)

    # Life

    async def start(self, host: str, port: int) -> int:
        """Listen and let time run; returns the port."""
        await self.listen(host, port)
        self._pump = asyncio.create_task(self._run(), name="simulator pump")
        return self._address[1]

    async def listen(self, host: str, port: int) -> None:
        """Open the AMI port."""
        self._server = await asyncio.start_server(self._serve, host, port)
        self._address = (host, self._server.sockets[0].getsockname()[1])

    async def deafen(self) -> None:
        """Close the AMI port and every connection at once, without a word."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self._connections):
            connection.writer.transport.abort()
        tasks = list(self._tasks)
        if tasks:
            await asyncio.wait(tasks)

    async def listen_again(self) -> None:
        """Open the same port again."""
        if self._server is None:
            await self.listen(*self._address)

    async def stop(self) -> None:
        """End everything."""
        if self._pump is not None:
            self._pump.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._pump
            self._pump = None
        await self.deafen()

    # Time

    async def _run(self) -> None:
        """Play the world up to what the clock says, a slice at a time."""
        loop, schedule = asyncio.get_running_loop(), self.exchange.world.schedule
        real = loop.time()
        target = schedule.now
        while True:
            now = loop.time()
            target = max(target, schedule.now) + (now - real) * self.speed
            real = now
            done = schedule.run_until(target, SLICE)
            self.behind_s = 0.0 if done else (target - schedule.now) / self.speed
            self.flush()
            await asyncio.sleep(self._pause() if done else 0)

    def _pause(self) -> float:
        due = self.exchange.world.schedule.next_due()
        if due is None:
            return TICK_S
        return min(TICK_S, max(0.0, (due - self.exchange.world.now) / self.speed))

    def flush(self) -> None:
        """Send everybody what has collected."""
        if self.silent:
            return
        for connection in list(self._connections):
            if not connection.flush():
                self._end(connection)

    def _end(self, connection: Connection) -> None:
        self._connections.pop(connection, None)
        if connection.writer.transport.get_write_buffer_size() > BACKLOG:
            self.dropped += 1
            connection.writer.transport.abort()
        else:
            connection.writer.close()

    # Sessions

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        peer = writer.get_extra_info("peername")
        connection = Connection(Session(self.exchange, self.accounts, str(peer)), writer)
        self._connections[connection] = None
        self.flush()
        try:
            while connection in self._connections and (data := await reader.read(16_384)):
                if not self.silent:
                    connection.session.receive(data)
                    self.flush()
        except ConnectionError:
            pass
        finally:
            self._connections.pop(connection, None)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


