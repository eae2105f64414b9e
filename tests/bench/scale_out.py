"""Twenty exchanges of 500 agents, four collectors, two nodes.

``python -m tests.bench.scale_out [ROUNDS] [SECONDS] [LOAD]``

The exchanges are simulated in four processes at a low rate of calls, so that two cores can bear exchanges and product
at once; the rate is told. One screen looks at all of it on each node. Told are the processor share and memory of every
kind of process, PostgreSQL's included; how long a fact takes from a collector's sending to each node's having applied
it (the node's own measure, on one machine's clock); on how many exchanges each node's screen shows exactly what the
exchange itself knows, and how soon; and how long a node that is started takes until its board shows every exchange as
seen: once for all twenty, once for ten of them (5,000 agents).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from floor.tasks import Tasks
from tests.bench.exchanges import alike, shown
from tests.bench.machine import ROOT
from tests.bench.processes import FLOOR, Beside, beside, cpu_s, free_port, rss_mb
from tests.bench.reading import Reading, printed
from tests.bench.spread import Spread
from tests.failover.screen import Screen
from tests.support.postgres import PostgresServer, binaries
from tests.support.ready import new_postgres
from tests.support.redis_server import RedisServer

COLLECTORS, EACH, NODES = 4, 5, 2
AGENTS, QUEUES, LOAD = 500, 20, 0.1
"""Of each exchange."""
WARM_S = 10.0
LOOK_S = 1.0
"""Metrics of 10,000 agents cost a node more than their changes, when they are asked for all the time."""
RIGHT_S = 60.0
START_S = 240.0
_LAG = re.compile(r'^floor_event_lag_seconds\{pbx="[^"]+"\} ([0-9.e+-]+)$', re.MULTILINE)


def settings(ports: Sequence[int], database: str, redis: str) -> str:
    """The same file for all."""
    rows = [f'database = "{database}"', 'log_level = "warning"', "[relay]", f'url = "{redis}"']
    rows += ["[[board]]", 'agents = "name"']
    for number, port in enumerate(ports):
        rows += ["[[pbx]]", f'name = "x{number}"', f"port = {port}", 'user = "floor"', 'secret = "floor"']
    return "\n".join(rows)


class Running:
    """One process of the product; what it says is in its folder."""

    def __init__(self, folder: Path, verb: str, file: Path, *flags: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self._words = (*FLOOR, verb, "--config", str(file), "--data-dir", str(folder), *flags)
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*self._words, cwd=ROOT, stdout=log, stderr=log)

    def said(self) -> str:
        """The end of its log."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def until_shown(screen: Screen, exchanges: int, agents: int) -> float:
    """Seconds until this screen shows so many exchanges as seen, and so many agents."""
    begun = time.monotonic()

    def all_of_it(floor: Mapping[str, Mapping[str, Any]]) -> bool:
        up = sum(one["link"] == "up" for one in floor["pbxs"].values())
        return up == exchanges and len(floor["agents"]) >= agents

    if not await screen.until(all_of_it, START_S):
        told = Counter(one["link"] for one in screen.floor.get("pbxs", {}).values())
        raise TimeoutError(f"shown after {START_S} s: {dict(told)}, {len(screen.floor.get('agents', ()))} agents")
    return time.monotonic() - begun


@contextlib.asynccontextmanager
async def looking(port: int) -> AsyncIterator[Screen]:
    """A screen on the board of everything."""
    screen, tasks = Screen("127.0.0.1", port, patience_s=60), Tasks()
    tasks.start("screen", screen.run())
    try:
        yield screen
    finally:
        await tasks.stop()


class House:
    """Everything, running."""

    def __init__(
        self,
        kinds: Mapping[str, Callable[[], Sequence[int]]],
        screens: Mapping[int, Screen],
        simulators: Sequence[Beside],
    ) -> None:
        """``kinds``: processes; ``screens``: by the port of their node."""
        self.kinds, self.screens, self._simulators = kinds, screens, simulators

    async def events(self) -> int:
        return sum([(await one.ask("told"))["events"] for one in self._simulators])

    def _spent(self) -> dict[str, float]:
        return {kind: sum(map(cpu_s, pids())) for kind, pids in self.kinds.items()}

    async def round(self, seconds: float) -> dict[str, float]:
        """Shares in per cent of a core, events a second, lag in ms to each node and to all."""
        lags = {port: Spread() for port in self.screens}
        before, events, begun = self._spent(), await self.events(), time.monotonic()
        while time.monotonic() < begun + seconds:
            await asyncio.sleep(LOOK_S)
            for port, lag in lags.items():
                for late in await asyncio.to_thread(_lags, port):
                    lag.add(late)
        took = time.monotonic() - begun
        after, rate = self._spent(), (await self.events() - events) / took
        found = {f"{kind}_percent": (spent - before[kind]) / took * 100 for kind, spent in after.items()}
        found |= {f"{kind}_mb": sum(map(rss_mb, pids())) / len(pids()) for kind, pids in self.kinds.items()}
        for number, lag in enumerate(lags.values(), 1):
            found |= {f"lag{number}_{key}": value for key, value in lag.told_ms().items()}
        together = Spread()
        for lag in lags.values():
            together.merge(lag)
        found |= {f"lag_{key}": value for key, value in together.told_ms().items()}
        return {**found, "events_per_s": rate, **await self.right()}

    async def right(self) -> dict[str, float]:
        """On how many exchanges the screens of both nodes were seen to show exactly what the exchange knew at that
        moment, as a share of them all, and after how many seconds the last of them was. Calls go on meanwhile, and a
        screen is told four times a second; so each is looked at until it is right once."""
        pairs = {(port, place) for port in self.screens for place in range(len(self._simulators) * EACH)}
        wrong, begun, last = set(pairs), time.monotonic(), 0.0
        while wrong and time.monotonic() < begun + RIGHT_S:
            for simulator, one in enumerate(self._simulators):
                await asyncio.sleep(0.05)  # the screens, too, are ours to read
                for number, known in enumerate(await one.ask("truth")):
                    place = simulator * EACH + number
                    seen = {port for port, screen in self.screens.items() if (port, place) in wrong and screen.floor}
                    right = {port for port in seen if alike(known, shown(self.screens[port].floor, f"x{place}"))}
                    wrong -= {(port, place) for port in right}
                    last = time.monotonic() - begun if right else last
        return {"right": 1 - len(wrong) / len(pairs), "right_s": last}


def _lags(port: int) -> list[float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        return [float(one) for one in _LAG.findall(answer.read().decode())]


def children(of: int) -> list[int]:
    """A process and those it has made."""
    found = [of]
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            if int(status.read_text(encoding="utf-8").rpartition(")")[2].split()[1]) == of:
                found.append(int(status.parent.name))
    return found


@contextlib.asynccontextmanager
async def database() -> AsyncIterator[tuple[str, int]]:
    """An empty history in a PostgreSQL of its own, and its first process."""
    programs = binaries()
    assert programs is not None, "this bench needs PostgreSQL's programs"
    with tempfile.TemporaryDirectory(prefix="floor-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(programs, Path(folder))
        server.create()
        server.start()
        first = int((server.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        try:
            yield new_postgres(server), first
        finally:
            server.stop()


async def measured(
    rounds: int, seconds: float, scale: int, load: float
) -> tuple[list[dict[str, float]], dict[str, list[float]]]:
    """Everything up; round after round; then a node is started, again and again."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="floor-so-")))
        url, first = await stack.enter_async_context(database())
        redis = RedisServer(folder)
        await redis.start()
        stack.push_async_callback(redis.stop)
        given = ("exchanges", EACH, AGENTS * scale, QUEUES, load)
        simulators = [await stack.enter_async_context(beside(*given)) for _ in range(COLLECTORS)]
        ports = [port for one in simulators for port in (await one.told())["ports"]]
        file = folder / "floor.toml"
        file.write_text(settings(ports, url, redis.url), encoding="utf-8")
        collectors = [
            Running(folder / f"c{n}", "collect", file, *(w for k in range(EACH) for w in ("--pbx", f"x{n * EACH + k}")))
            for n in range(COLLECTORS)
        ]
        pages = [free_port() for _ in range(NODES)]
        nodes = [Running(folder / f"n{n}", "serve", file, "--port", str(port)) for n, port in enumerate(pages)]
        for one in (*collectors, *nodes):
            await one.start()
            stack.push_async_callback(one.kill)
        agents, found = AGENTS * scale, []
        async with AsyncExitStack() as looks:
            screens = {port: await looks.enter_async_context(looking(port)) for port in pages}
            for screen in screens.values():
                await until_shown(screen, len(ports), len(ports) * agents * 9 // 10)
            _say("every node shows every exchange")
            await asyncio.sleep(WARM_S)
            kinds: dict[str, Callable[[], Sequence[int]]] = {
                "collector": lambda: [one.pid for one in collectors],
                "node": lambda: [one.pid for one in nodes],
                "redis": lambda: [redis.pid],
                "postgres": lambda: children(first),
                "simulator": lambda: [one.pid for one in simulators],
            }
            house = House(kinds, screens, simulators)
            for _ in range(rounds):
                found.append(await house.round(seconds))
                _say(str({key: round(value, 2) for key, value in found[-1].items()}))
        half = folder / "half.toml"
        half.write_text(settings(ports[: len(ports) // 2], url, redis.url), encoding="utf-8")
        few = Running(folder / "n2", "serve", half, "--port", str(port := free_port()))
        return found, {
            "all": await started(nodes[1], pages[1], rounds, len(ports), agents),
            "half": await started(few, port, rounds, len(ports) // 2, agents),
        }


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)


async def started(node: Running, port: int, rounds: int, exchanges: int, agents: int) -> list[float]:
    """Seconds from the start of its process until all is shown, every time."""
    found = []
    for _ in range(rounds):
        await node.kill()
        await node.start()
        async with looking(port) as screen:
            try:
                found.append(await until_shown(screen, exchanges, exchanges * agents * 9 // 10))
            except TimeoutError as error:
                raise TimeoutError(f"{error}\n{node.said()}") from error
    await node.kill()
    return found


def measure(rounds: int, scale: int = 1, seconds: float = 20.0, load: float = LOAD) -> list[Reading]:
    """``scale``: agents of each exchange; ``load``: how busy they are."""
    found, starts = asyncio.run(measured(rounds, seconds, scale, load))
    agents = COLLECTORS * EACH * AGENTS * scale
    beside = {key: value for key, value in found[-1].items() if key.endswith(("_mb", "_percent"))}
    beside |= {"events_per_s": found[-1]["events_per_s"], "agents": agents, "exchanges": COLLECTORS * EACH}

    def of(key: str, each: int = 1) -> list[float]:
        return [one[key] / each for one in found]

    return [
        Reading("scale_out.collector", "% of a core", of("collector_percent", COLLECTORS), scale=scale, beside=beside),
        Reading("scale_out.node", "% of a core", of("node_percent", NODES), scale=scale, beside=beside),
        Reading("scale_out.redis", "% of a core", of("redis_percent"), scale=scale),
        Reading("scale_out.fact_to_node_p50", "ms", of("lag_p50"), scale=scale),
        Reading("scale_out.fact_to_node_p99", "ms", of("lag_p99"), scale=scale),
        *(
            Reading(f"scale_out.fact_to_node_{node}_{what}", "ms", of(f"lag{node}_{what}"), scale=scale)
            for node in range(1, NODES + 1)
            for what in ("p50", "p99")
        ),
        Reading("scale_out.right", "share", of("right"), at_least=1.0, scale=scale),
        Reading("scale_out.right_after", "s", of("right_s"), scale=scale),
        Reading("scale_out.postgres", "% of a core", of("postgres_percent"), scale=scale),
        Reading("scale_out.node_mb", "MB", of("node_mb"), scale=scale),
        Reading("scale_out.collector_mb", "MB", of("collector_mb"), scale=scale),
        Reading("scale_out.node_started", "s", starts["all"], scale=scale, beside={"agents": agents}),
        Reading(
            "scale_out.node_started_half", "s", starts["half"], at_most=2.0, scale=scale, beside={"agents": agents / 2}
        ),
    ]


if __name__ == "__main__":
    words = sys.argv[1:]
    given = [float(word) for word in words[1:3]]
    print(printed(measure(int(words[0]) if words else 2, 1, *given)))
