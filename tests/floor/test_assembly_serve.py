"""Collector and nodes as wholes: what one exchange does is on every node's pages, and the record is written once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from asterisk.simulator.scenario import FloorSettings
from asterisk.simulator.simulator import Simulator
from floor.assembly import Floorwatch
from floor.assembly_collect import Collector
from floor.assembly_serve import Node, worst
from floor.history.trouble import Trouble
from floor.ports import Outcome
from floor.relay.memory import MemoryRelay
from floor.sections.relay import RelaySettings
from floor.settings import Settings
from floor.state.figures import TOTAL
from floor.state.model import Agent
from tests.floor.test_assembly import ask, figures_reach, link_is, running, settings

QUICK = RelaySettings(heartbeat_s=0.3, silent_s=1.0)


@pytest.fixture
async def exchange() -> AsyncIterator[int]:
    """The AMI port of a simulated exchange with 2 queues and 12 agents, twenty times as fast as life."""
    one = Simulator(FloorSettings(agents=12, queue_count=2), seed=3, warmup_s=60, speed=20)
    yield await one.start()
    await one.stop()


def shared(folder: Path, name: str, *ports: int, **more: Any) -> Settings:
    """Settings of one process of several on one database."""
    database = f"sqlite:///{folder / 'floor.sqlite3'}"
    return settings(folder / name, *ports, database=database, relay=QUICK, **more)


@asynccontextmanager
async def collecting(collector: Collector) -> AsyncIterator[Collector]:
    """The collector, running."""
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(collector.run(stop, ready.set))
    async with asyncio.timeout(20):
        await ready.wait()
    try:
        yield collector
    finally:
        stop.set()
        await asyncio.wait_for(task, 10)


async def until(node: Floorwatch, holds: Callable[[], bool], within_s: float = 20) -> None:
    seen = asyncio.Event()

    def look(_: object = None) -> None:
        if holds():
            seen.set()

    forget = node.store.subscribe(look)
    look()
    try:
        await asyncio.wait_for(seen.wait(), within_s)
    finally:
        forget()


async def test_nodes_show_what_the_collector_sees(exchange: int, tmp_path: Path) -> None:
    """Two nodes, no link of their own: agents, queues, phones and figures are there, the pages answer, and the
    collector's death is said with its reason; started anew, it is heard again and nobody vanished in between."""
    relay = MemoryRelay()
    one, two = (Node(shared(tmp_path, name, exchange), relay) for name in ("one", "two"))
    collector = Collector(shared(tmp_path, "collector", exchange), relay)
    async with collecting(collector), running(one), running(two):
        await figures_reach(one, 5)
        await figures_reach(two, 5)
        await collector.history.flush()
        floor = two.store.snapshot()
        assert (len(floor.agents), len(floor.queues)) == (12, 2)
        assert floor.endpoints
        assert (await ask(two, "/readyz"))["status"] == "ready"
        assert (await ask(one, "/api/v1/today"))["total"]["answered"] >= 5
        assert (one.history.written, two.history.written) == (0, 0)
        assert len(collector.store.snapshot().agents) == 12
        await _dies_and_returns(tmp_path, exchange, collector, relay, one)


async def _dies_and_returns(folder: Path, exchange: int, first: Collector, relay: MemoryRelay, node: Node) -> None:
    first._fatal.set()
    await until(node, lambda: node.store.snapshot().pbxs["pbx1"].reason == "collector_silent")
    before = node.measures.figures(TOTAL).answered
    gone: list[object] = []

    def look(outcome: Outcome) -> None:
        gone.extend(change.before for change in outcome.changes if change.after is None)

    node.store.subscribe(look)
    async with collecting(Collector(shared(folder, "again", exchange), relay)) as again:
        await link_is(node, "up")
        await figures_reach(node, before + 1)
        assert again.publisher.put_aside == set()
        assert [one for one in gone if isinstance(one, Agent)] == []
        assert len(node.store.snapshot().agents) == 12


async def test_figures_are_those_of_the_record(exchange: int, tmp_path: Path) -> None:
    """A node that comes late counts what is on record and what it sees, once."""
    relay = MemoryRelay()
    collector = Collector(shared(tmp_path, "collector", exchange), relay)
    async with collecting(collector), running(Node(shared(tmp_path, "one", exchange), relay)) as one:
        await figures_reach(one, 5)
        async with running(Node(shared(tmp_path, "two", exchange), relay)) as two:
            await figures_reach(two, one.measures.figures(TOTAL).answered + 3)
            same = lambda: one.measures.figures(TOTAL) == two.measures.figures(TOTAL)  # noqa: E731
            await until(two, same)


async def test_node_alone_says_that_it_sees_nothing(tmp_path: Path) -> None:
    """Without a collector the pages are there, and the exchange is shown as not seen; without a relay, likewise."""
    relay = MemoryRelay()
    node = Node(shared(tmp_path, "one", 5038), relay)
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(node.run(stop, ready.set))
    async with asyncio.timeout(20):
        await ready.wait()
    await until(node, lambda: node.store.snapshot().pbxs["pbx1"].reason == "collector_silent")
    relay.away = True
    await until(node, lambda: node.store.snapshot().pbxs["pbx1"].reason == "relay_away")
    assert node.seen["pbx1"].state.value == "down"
    assert node.health.heard_ago("pbx1") is not None
    assert (node.health.events("pbx1"), node.health.queue_size("pbx1"), node.health.lag_s("other")) == (0, 0, None)
    stop.set()
    await asyncio.wait_for(task, 10)


def test_worst_record_is_told() -> None:
    """Of several collectors the one in trouble; none: all is well."""
    bad = Trouble(failing_s=3.0, reason="away")
    assert worst([Trouble(), bad, Trouble(waiting=7)]) == bad
    assert worst([]).quiet
