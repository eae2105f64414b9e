"""A whole Floorwatch on a simulated floor, in a thread of its own: what a newcomer has after ``floorwatch demo``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
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
from floor.verbs.demo_people import seed_people


class Workday:
    """Twelve agents, two queues, everybody at work; ``password`` is that of chief, leader1, coach, agent1 …"""

    def __init__(self, folder: Path, agents: int = 12) -> None:
        self._folder, self._agents = folder, agents
        self.password = ""
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
        port = await self.simulator.start()
        pbx = PbxSettings(name="demo", host="127.0.0.1", port=port, user=USER, secret=SecretStr(SECRET))
        settings = Settings(port=0, data_dir=self._folder, pbx=(pbx,))
        self.password = await asyncio.to_thread(self._staff, settings.database_url)
        self.watch = Floorwatch(settings)
        try:
            await self.watch.run(self._stop, lambda: self._ready.set_result(None))
        finally:
            await self.simulator.stop()

    def _staff(self, database_url: str) -> str:
        database = Database(database_url)
        try:
            names = [agent_name(number) for number in range(self._agents)]
            return seed_people(database, names, SystemClock().now()) or ""
        finally:
            database.close()
