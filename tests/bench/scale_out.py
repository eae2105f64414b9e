"""Twenty exchanges of 500 agents, four collectors, two nodes: ``python -m tests.bench.scale_out [ROUNDS] [SECONDS]``.

The exchanges are simulated in four processes at a low rate of calls, so that two cores can bear exchanges and product
at once. Told are the processor share and memory of every kind of process, how long a fact takes from a collector's
sending to a node's having applied it (the node's own measure, on one machine's clock), and how long a node that is
started takes until its board shows every exchange as seen: once for all twenty, once for ten of them (5,000 agents).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.request import urlopen

from websockets.asyncio.client import connect

from tests.bench.machine import ROOT
from tests.bench.processes import FLOOR, Beside, beside, cpu_s, free_port, rss_mb
from tests.bench.reading import Reading, printed
from tests.bench.spread import Spread
from tests.support.postgres import PostgresServer, binaries
from tests.support.ready import new_postgres
from tests.support.redis_server import RedisServer

COLLECTORS, EACH, NODES = 4, 5, 2
AGENTS, QUEUES, LOAD = 500, 20, 0.2
"""Of each exchange."""
WARM_S = 10.0
LOOK_S = 0.1
_LAG = re.compile(r'^floor_event_lag_seconds\{pbx="[^"]+"\} ([0-9.e+-]+)$', re.MULTILINE)


def settings(ports: Sequence[int], database: str, redis: str) -> str:
    """The same file for all."""
    rows = [f'database = "{database}"', 'log_level = "warning"', "[relay]", f'url = "{redis}"']
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

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def shown(port: int, exchanges: int, agents: int, within_s: float = 120) -> float:
    """Seconds until this node's board shows so many exchanges as seen, and so many agents."""
    begun = time.monotonic()
    async with asyncio.timeout(within_s):
        while True:
            with contextlib.suppress(OSError, EOFError):
                async with connect(
                    f"ws://127.0.0.1:{port}/ws?board=default", max_size=None, compression=None
                ) as stream:
                    floor = json.loads(await stream.recv())["floor"]
                up = sum(one["link"] == "up" for one in floor["pbxs"].values())
                if up == exchanges and len(floor["agents"]) >= agents:
                    return time.monotonic() - begun
            await asyncio.sleep(LOOK_S)


class House:
    """Everything, running."""

    def __init__(self, kinds: Mapping[str, Sequence[int]], ports: Sequence[int], simulators: Sequence[Beside]) -> None:
        self.kinds, self.ports, self._simulators = kinds, ports, simulators

    async def events(self) -> int:
        return sum([(await one.ask("told"))["events"] for one in self._simulators])

    async def round(self, seconds: float) -> dict[str, float]:
        """Shares in per cent of a core, events a second, lag in ms."""
        before = {kind: sum(map(cpu_s, pids)) for kind, pids in self.kinds.items()}
        events, begun, lag = await self.events(), time.monotonic(), Spread()
        while time.monotonic() < begun + seconds:
            for port in self.ports:
                for late in await asyncio.to_thread(_lags, port):
                    lag.add(late)
            await asyncio.sleep(LOOK_S)
        took = time.monotonic() - begun
        found = {
            f"{kind}_percent": (sum(map(cpu_s, pids)) - before[kind]) / took * 100 for kind, pids in self.kinds.items()
        }
        found |= {f"{kind}_mb": sum(map(rss_mb, pids)) / len(pids) for kind, pids in self.kinds.items()}
        return {**found, "events_per_s": (await self.events() - events) / took, **_prefixed(lag.told_ms())}


def _lags(port: int) -> list[float]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return [float(one) for one in _LAG.findall(answer.read().decode())]


def _prefixed(lag: Mapping[str, float]) -> dict[str, float]:
    return {f"lag_{key}": value for key, value in lag.items()}


@contextlib.asynccontextmanager
async def database() -> AsyncIterator[str]:
    """An empty history in a PostgreSQL of its own."""
    programs = binaries()
    assert programs is not None, "this bench needs PostgreSQL's programs"
    with tempfile.TemporaryDirectory(prefix="floor-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(programs, Path(folder))
        server.create()
        server.start()
        try:
            yield new_postgres(server)
        finally:
            server.stop()


async def measured(rounds: int, seconds: float, scale: int) -> tuple[list[dict[str, float]], dict[str, list[float]]]:
    """Everything up; round after round; then a node is started, again and again."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="floor-so-")))
        url = await stack.enter_async_context(database())
        redis = RedisServer(folder)
        await redis.start()
        stack.push_async_callback(redis.stop)
        given = ("exchanges", EACH, AGENTS * scale, QUEUES, LOAD)
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
        agents = AGENTS * scale
        for port in pages:
            await shown(port, len(ports), len(ports) * agents * 9 // 10, 240)
        print("  every node shows every exchange", file=sys.stderr, flush=True)
        await asyncio.sleep(WARM_S)
        kinds = {
            "collector": [one.pid for one in collectors],
            "node": [one.pid for one in nodes],
            "redis": [redis.pid],
            "simulator": [one.pid for one in simulators],
        }
        house = House(kinds, pages, simulators)
        found = []
        for _ in range(rounds):
            found.append(await house.round(seconds))
            print(f"  {found[-1]}", file=sys.stderr, flush=True)
        half = folder / "half.toml"
        half.write_text(settings(ports[: len(ports) // 2], url, redis.url), encoding="utf-8")
        return found, {
            "all": await started(nodes[1], pages[1], rounds, len(ports), agents),
            "half": await started(
                Running(folder / "n2", "serve", half, "--port", str(port := free_port())),
                port,
                rounds,
                len(ports) // 2,
                agents,
            ),
        }


async def started(node: Running, port: int, rounds: int, exchanges: int, agents: int) -> list[float]:
    """Seconds from the start of its process until all is shown, every time."""
    found = []
    for _ in range(rounds):
        await node.kill()
        await node.start()
        found.append(await shown(port, exchanges, exchanges * agents * 9 // 10))
    await node.kill()
    return found


def measure(rounds: int, scale: int = 1, seconds: float = 20.0) -> list[Reading]:
    """``scale``: agents of each exchange."""
    found, starts = asyncio.run(measured(rounds, seconds, scale))
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
        Reading("scale_out.node_mb", "MB", of("node_mb"), scale=scale),
        Reading("scale_out.collector_mb", "MB", of("collector_mb"), scale=scale),
        Reading("scale_out.node_started", "s", starts["all"], scale=scale, beside={"agents": agents}),
        Reading(
            "scale_out.node_started_half", "s", starts["half"], at_most=2.0, scale=scale, beside={"agents": agents / 2}
        ),
    ]


if __name__ == "__main__":
    words = sys.argv[1:]
    print(printed(measure(int(words[0]) if words else 5, 1, float(words[1]) if len(words) > 1 else 20.0)))
