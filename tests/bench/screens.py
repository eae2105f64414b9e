"""Two thousand screens: the product's own server beside ``websockets`` that broadcasts the same bytes and does no more.

Every server and every crowd of clients is a process of its own; one round is each server once, one after the other.
Updates come four times a second, each of the size a board of 500 agents needs; a latency is the time from the moment
the update says it was made to the moment the client has it, so it holds the burst to all clients.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles

from websockets.asyncio.server import ServerConnection, broadcast, serve

from floor.clock import SystemClock
from floor.people.model import Role
from floor.settings import BoardSettings, PbxSettings, Settings
from floor.state.model import Agent, AgentState
from tests.bench.answering import Process, answering
from tests.bench.reading import Reading, printed
from tests.support.people import AccountsDouble, PeopleDouble, person
from tests.web.doubles import FloorDouble, HealthDouble, MeasuresDouble, agent, member, pbx, queue
from web.parts import Parts
from web.server import Web

CLIENTS, AGENTS, QUEUES = 2000, 500, 20
EVERY_S = 0.25
CHANGED = 10
"""Agents in one update: a state each lasts some minute, and a call changes it five times."""
UPDATES = 20
ARMS = ("bare", "floor", "deflate")
_NOW = re.compile(rb'"now":[\d.]+')


class Screens:
    """The product's server over a floor that changes when told to."""

    def __init__(self, folder: Path, agents: int = AGENTS) -> None:
        clock = SystemClock()
        self._draw = random.Random(1)
        self._agents = [f"Agent {place}" for place in range(agents)]
        self._queues = [f"queue-{place}" for place in range(QUEUES)]
        self.floor = FloorDouble(pbx(), *map(queue, self._queues), *map(self._agent, self._agents))
        settings = Settings(
            port=0, data_dir=folder, pbx=(PbxSettings(name="pbx1"),), board=(BoardSettings(id="floor"),)
        )
        staff = (person(Role.MANAGER),)
        accounts, people = AccountsDouble(clock, *staff), PeopleDouble(staff)
        measures, health = MeasuresDouble(), HealthDouble()
        parts = Parts(accounts=accounts, people=people)
        self.web = Web(settings, self.floor, measures, health, clock, "bench", parts=parts)

    def _agent(self, name: str, state: AgentState = AgentState.READY) -> Agent:
        number = int(name.split()[1])
        members = [member(self._queues[(number + more) % QUEUES], name, f"PJSIP/{2000 + number}") for more in range(3)]
        return agent(name, *members, state=state)

    def change(self, agents: int = CHANGED) -> None:
        """Some agents' states, and the queue they serve."""
        states = [AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.ACW]
        chosen = self._draw.sample(self._agents, agents)
        self.floor.put(*(self._agent(name, self._draw.choice(states)) for name in chosen))
        self.floor.put(queue(self._draw.choice(self._queues), waiting=self._draw.randrange(1, 9)))


def spent() -> dict[str, float]:
    """Memory (KB) and processor seconds of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"rss_kb": pages * resource.getpagesize() / 1024, "cpu_s": time.process_time()}


async def serve_product() -> None:
    """The product; ``go N AGENTS``: N updates of so many agents; ``spent``."""
    with tempfile.TemporaryDirectory() as folder:
        screens = Screens(Path(folder))
        await screens.web.start()
        traffic = screens.web.hub.traffic

        async def answer(command: str) -> str:
            if command.startswith("go "):
                _, updates, agents, every_s = command.split()
                await _in_step(int(updates), float(every_s), lambda: screens.change(int(agents)))
            counts = {"cut": traffic.cut, "skipped": traffic.skipped, "bytes": traffic.sent_bytes, "sent": traffic.sent}
            return json.dumps({**spent(), **counts})

        await answering(json.dumps({"port": screens.web.port}), answer)
        await screens.web.stop()


async def serve_bare(message: bytes) -> None:
    """websockets alone, without compression: whoever comes is sent the message, with the present moment in it."""

    async def stay(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(stay, "127.0.0.1", 0, compression=None) as server:

        def tell() -> None:
            told = _NOW.sub(b'"now":%.6f' % time.time(), message, count=1)
            broadcast(server.connections, told, text=True)

        async def answer(command: str) -> str:
            if command.startswith("go "):
                _, updates, _, every_s = command.split()
                await _in_step(int(updates), float(every_s), tell)
            return json.dumps(spent())

        port = server.sockets[0].getsockname()[1]
        await answering(json.dumps({"port": port}), answer)


async def _in_step(times: int, every_s: float, deed: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for turn in range(times):
        await asyncio.sleep(max(0.0, begun + turn * every_s - loop.time()))
        deed()


class _One:
    """A reader in memory that keeps the last message."""

    last = b""

    def unsent(self) -> int:
        return 0

    def deliver(self, message: bytes) -> None:
        self.last = bytes(message)

    def cut(self) -> None: ...


def typical() -> bytes:
    """An update as the product makes it."""
    with tempfile.TemporaryDirectory() as folder:
        screens, reader = Screens(Path(folder)), _One()
        screens.floor.subscribe(screens.web.hub.hear)
        screens.web.hub.join("floor", reader)
        screens.change()
        screens.web.hub.flush()
        return reader.last


def race(arm: str, clients: int, message: Path) -> dict[str, float]:
    """One server and its crowd: latencies of all updates to all clients, memory per client, processor of the server."""
    kind = "bare" if arm == "bare" else "floor"
    with Process("tests.bench.screens", "serve", kind, message) as server:
        before = server.ask("spent")
        with Process("tests.bench.crowd", server.ready["port"], clients, arm) as crowd:
            server.ask(f"go 4 {CHANGED} {EVERY_S}")
            crowd.ask("wait 4")
            crowd.ask("told")
            begun = server.ask("spent")
            ended = server.ask(f"go {UPDATES} {CHANGED} {EVERY_S}")
            crowd.ask(f"wait {UPDATES}")
            late = crowd.ask("told")["late_ms"]
    cuts = quantiles(late, n=100)
    return {
        "p50_ms": cuts[49],
        "p99_ms": cuts[98],
        "delivered": len(late) / (clients * UPDATES),
        "kb": (ended["rss_kb"] - before["rss_kb"]) / clients,
        "core": (ended["cpu_s"] - begun["cpu_s"]) / (UPDATES * EVERY_S),
    }


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """Latency as a multiple of the bare one's of the same round, memory, and the share of a core."""
    told: dict[str, list[dict[str, float]]] = {arm: [] for arm in ARMS}
    clients = CLIENTS if scale == 1 else CLIENTS // 4 * scale
    message = typical()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "message.json"
        path.write_bytes(message)
        for _ in range(rounds):
            for arm, results in told.items():
                results.append(race(arm, clients, path))
    beside: dict[str, float] = {"clients": clients, "bytes": len(message)}
    for arm, results in told.items():
        beside |= {f"{arm}_{name}": round(median(one[name] for one in results), 4) for name in results[0]}
    plain, deflated = ([one["kb"] for one in told[arm]] for arm in ("floor", "deflate"))
    return [
        Reading("screens.times_bare_p99", "ratio", _ratios(told, "floor"), at_most=1.5, scale=scale, beside=beside),
        Reading("screens.times_bare_p99_deflated", "ratio", _ratios(told, "deflate"), at_most=1.5, scale=scale),
        Reading("screens.kb_per_client", "KB", plain, at_most=30, scale=scale),
        Reading("screens.kb_per_client_deflated", "KB", deflated, at_most=30, scale=scale),
    ]


def _ratios(told: dict[str, list[dict[str, float]]], arm: str) -> list[float]:
    return [ours["p99_ms"] / bare["p99_ms"] for ours, bare in zip(told[arm], told["bare"], strict=True)]


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve_bare(Path(sys.argv[3]).read_bytes()) if sys.argv[2] == "bare" else serve_product())
    else:
        print(printed(measure(*map(int, sys.argv[1:3] or ["5"]))))
