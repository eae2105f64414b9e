"""A whole Floorwatch on a simulated floor, in a thread of its own: what a newcomer has after ``floorwatch demo``."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from asterisk.simulator.scenario import FloorSettings, agent_name
from asterisk.simulator.session import Account
from asterisk.simulator.simulator import SECRET, USER, Simulator
from floor.assembly import Floorwatch
from floor.clock import SystemClock
from floor.history.database import Database
from floor.settings import PbxSettings, Settings
from floor.state.model import AgentState
from floor.verbs.demo_people import seed_people


class Tap:
    """A wire to the exchange that remembers all that was sent to it."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self._server: asyncio.Server | None = None
        self._upstream = 0

    async def open(self, upstream: int) -> int:
        self._upstream = upstream
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", self._upstream)
        with suppress(OSError, asyncio.CancelledError):
            await asyncio.gather(self._carry(reader, forth, self.sent), self._carry(back, writer))

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, noted: bytearray | None = None
    ) -> None:
        while data := await reader.read(65536):
            if noted is not None:
                noted += data
            writer.write(data)
            await writer.drain()
        writer.close()


class Workday:
    """Agents in teams of twelve, two queues, everybody at work; ``password`` is that of chief, leader1, agent1 …"""

    def __init__(self, folder: Path, agents: int = 12) -> None:
        self._folder, self._agents = folder, agents
        self.password = ""
        self.tap = Tap()
        self.watch: Floorwatch
        self.simulator: Simulator
        self._loop = asyncio.new_event_loop()
        self._ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),), name="workday")

    def __enter__(self) -> Workday:
        self._thread.start()
        self._ready.result(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return self.watch.web.url

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.watch.web.port}"

    def talking(self, group: str) -> tuple[str, str]:
        """An agent of this group who is in a call of a queue, and the call."""
        people = self.watch.people
        while True:
            for (pbx, name), agent in self.watch.store.snapshot().agents.items():
                if agent.state is AgentState.TALKING and agent.call and people.group_of(pbx, name) == group:
                    return name, agent.call
            time.sleep(0.1)

    def do(self, action: Callable[[], Any]) -> Any:
        """Something in its loop; what it gives."""

        async def done() -> Any:
            return action()

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result(10)

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        try:
            await self._work()
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    async def _work(self) -> None:
        plan = FloorSettings(agents=self._agents, queue_count=2)
        self.simulator = Simulator(plan, 7, warmup_s=600.0, accounts=(Account(USER, SECRET),), busy_at=4)
        port = await self.tap.open(await self.simulator.start())
        pbx = PbxSettings(name="demo", host="127.0.0.1", port=port, user=USER, secret=SecretStr(SECRET))
        settings = Settings(port=0, data_dir=self._folder, pbx=(pbx,))
        self.password = await asyncio.to_thread(self._staff, settings.database_url)
        self.watch = Floorwatch(settings)
        try:
            await self.watch.run(self._stop, lambda: self._ready.set_result(None))
        finally:
            self.tap.close()
            await self.simulator.stop()

    def _staff(self, database_url: str) -> str:
        database = Database(database_url)
        try:
            names = [agent_name(number) for number in range(self._agents)]
            return seed_people(database, names, SystemClock().now()) or ""
        finally:
            database.close()
