"""Who plays in a failure: an exchange, a relay, a collector and nodes as processes, and screens that look at them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select

from asterisk.simulator.scenario import FloorSettings
from asterisk.simulator.simulator import Simulator
from floor.history.database import Database
from floor.history.log_visits import read_visits
from floor.history.queue_log import read_queue_log
from floor.history.tables import visits
from floor.tasks import Tasks
from tests.failover.screen import Screen
from tests.support.redis_server import RedisServer, free_port

FLOOR = (sys.executable, "-c", "from floor.cli import main; main()")
ROOT = Path(__file__).parents[2]
PBX = "hq"
RIGHT_WITHIN_S = 3.0
"""What is promised: so soon after the cause is gone screens are right."""
START_S = 150.0
ENOUGH = 3
"""Calls to judge a record by."""


def allowed_s() -> float:
    """The promise, and as much again for every process beyond the first that wants a core of this machine."""
    return RIGHT_WITHIN_S * (1 + os.getloadavg()[0] / len(os.sched_getaffinity(0)))


class Process:
    """One Floorwatch of its own, in a folder of its own; it can be killed, stopped and started again."""

    def __init__(self, folder: Path, config: str, verb: str, prefix: Sequence[str] = ()) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "floor.toml").write_text(config)
        self.folder, self._verb, self._prefix = folder, verb, prefix
        self.source = ROOT
        """The checkout whose code it runs when it is started."""
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("setpriv", "--pdeathsig=KILL", *self._prefix, *FLOOR, self._verb),
                *("--config", "floor.toml", "--data-dir", str(self.folder / "data")),
                cwd=self.folder,
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(self.source), *filter(None, sys.path)])},
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        """As if the machine had failed."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def tell(self, what: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(what)

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text(errors="replace")[-2500:]


class House:
    """All of them."""

    def __init__(self, folder: Path, database: str, redis: RedisServer, simulator: Simulator, ami: int) -> None:
        self.folder, self.database, self.redis, self.simulator = folder, database, redis, simulator
        self.log = folder / "queue_log"
        self._ami = ami
        self.ports = {name: free_port() for name in ("one", "two")}
        self.collector = Process(folder / "collector", self.config(redis.port), "collect")
        self.nodes = {
            name: Process(folder / name, self.config(redis.port, port), "serve") for name, port in self.ports.items()
        }
        self.screens = {name: Screen("127.0.0.1", port) for name, port in self.ports.items()}

    def config(self, redis_port: int, port: int = 0, redis_host: str = "127.0.0.1", host: str = "127.0.0.1") -> str:
        return f"""
host = "{host}"
port = {port}
database = "{self.database}"
[relay]
url = "redis://{redis_host}:{redis_port}/0"
[[pbx]]
name = "{PBX}"
host = "127.0.0.1"
port = {self._ami}
user = "floor"
secret = "floor"
queue_log = "{self.log}"
[[board]]
agents = "name"
"""

    def right(self, floor: dict[str, dict[str, Any]]) -> bool:
        """Whether this is what the exchange itself knows at this moment."""
        return not self.wrong(floor)

    def wrong(self, floor: dict[str, dict[str, Any]]) -> str:
        """What is not as the exchange has it: whether it is seen, who waits, is paused and is logged in where."""
        if not floor:
            return "no stream"
        if floor["pbxs"][PBX]["link"] != "up":
            return f"the link: {floor['pbxs'][PBX]}"
        queues = self.simulator.world.queues.values()
        members = [one for queue in queues for one in queue.members.values()]
        agents = [one for one in floor["agents"].values() if one["state"] != "logged_out"]
        truth: dict[str, set[tuple[str, str]]] = {
            "waits": {(queue.name, one.channel.uniqueid) for queue in queues for one in queue.line},
            "paused": {(one.agent.name, one.queue.name) for one in members if one.paused},
            "logged in": {(one.agent.name, one.queue.name) for one in members},
        }
        shown: dict[str, set[tuple[str, str]]] = {
            "waits": {(id.split("/")[1], id.split("/")[2]) for id in floor["callers"]},
            "paused": {(one["label"], queue) for one in agents for queue in one.get("paused_in", ())},
            "logged in": {(one["label"], queue) for one in agents for queue in one["queues"]},
        }
        return ", ".join(f"{what}: {truth[what] ^ shown[what]}" for what in truth if truth[what] != shown[what])

    async def are_right(self, *names: str, within_s: float | None = None) -> None:
        """The screens of these nodes (all) are right in time."""
        chosen = names or tuple(self.screens)
        promised, begun = within_s is None, time.monotonic()
        within_s = within_s or allowed_s()
        held = await asyncio.gather(*(self.screens[name].until(self.right, within_s) for name in chosen))
        wrong = {name: self.wrong(self.screens[name].floor) for name, ok in zip(chosen, held, strict=True) if not ok}
        assert not wrong, f"{wrong}\n{self.told()}"
        if promised:
            print(f"right after {time.monotonic() - begun:.2f} s")

    async def see_nothing(self, name: str) -> None:
        """Its screen says that the exchange is not seen, rather than show what was."""
        assert await self.screens[name].until(lambda floor: floor["pbxs"][PBX]["link"] == "down", 60), self.told()

    async def record_is_the_log(self) -> None:
        """Every visit that the exchange's own log tells of is on record, once, with its end; nothing else is."""
        async with asyncio.timeout(120):
            while True:
                logged, stored = self._logged(), self._stored()
                if stored == logged and len(stored) > ENOUGH:
                    return
                await asyncio.sleep(0.3)
                twice = {key: n for key, n in stored.items() if n > 1 and n > logged.get(key, 0)}
                assert not twice, f"on record twice: {twice}"

    def _logged(self) -> Counter[tuple[str, str]]:
        picture = read_visits(PBX, read_queue_log(str(self.log), 0.0).records)
        return Counter((one.visit.queue, one.visit.uniqueid) for one in picture.visits if one.ended)

    def _stored(self) -> Counter[tuple[str, str]]:
        database = Database(self.database)
        try:
            with database.reading() as connection:
                rows = connection.execute(select(visits.c.queue, visits.c.uniqueid).where(visits.c.stage == "ended"))
                return Counter((row.queue, row.uniqueid) for row in rows)
        finally:
            database.close()

    def told(self) -> str:
        """What everybody logged at the end."""
        return "\n".join(f"--- {one.folder.name}\n{one.said()}" for one in (self.collector, *self.nodes.values()))


@asynccontextmanager
async def house(
    folder: Path,
    database: str,
    *,
    keeps: bool = False,
    hosts: Collection[str] = ("127.0.0.1",),
    source: Path = ROOT,
) -> AsyncIterator[House]:
    """All of them at work, and both screens right. ``hosts``: addresses at which the relay is reached; ``source``: the
    checkout whose code they run."""
    async with AsyncExitStack() as stack:
        redis = RedisServer(folder, keeps=keeps, hosts=hosts)
        await redis.start()
        stack.push_async_callback(redis.stop)
        plan = FloorSettings(agents=12, queue_count=2)
        simulator = Simulator(plan, seed=7, warmup_s=30, speed=5, queue_log=folder / "queue_log")
        ami = await simulator.start()
        stack.push_async_callback(simulator.stop)
        made = House(folder, database, redis, simulator, ami)
        tasks = Tasks()
        stack.push_async_callback(tasks.stop)
        for process in (made.collector, *made.nodes.values()):
            process.source = source
            await process.start()
            stack.push_async_callback(process.kill)
        for name, screen in made.screens.items():
            tasks.start(f"screen {name}", screen.run())
        await made.are_right(within_s=START_S)
        yield made


@contextlib.asynccontextmanager
async def stopped(process: Process, for_s: float) -> AsyncIterator[None]:
    """It stands still for so long, as on a machine that swaps."""
    process.tell(signal.SIGSTOP)
    try:
        yield
        await asyncio.sleep(for_s)
    finally:
        process.tell(signal.SIGCONT)
