"""The whole: started on a simulated exchange, asked as a program would ask, stopped and started again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from pydantic import SecretStr

from asterisk.simulator.scenario import FloorSettings
from asterisk.simulator.simulator import SECRET, USER, Simulator
from floor.assembly import Floorwatch
from floor.settings import PbxSettings, Settings
from floor.state.figures import TOTAL


def settings(data_dir: Path, *ports: int, **more: Any) -> Settings:
    """Settings for exchanges on these ports, pages on any free port."""
    exchanges = tuple(
        PbxSettings(name=f"pbx{place}", port=port, user=USER, secret=SecretStr(SECRET), watchdog_s=2)
        for place, port in enumerate(ports, 1)
    )
    return Settings(pbx=exchanges, data_dir=data_dir, port=0, **more)


@asynccontextmanager
async def running(watch: Floorwatch) -> AsyncIterator[Floorwatch]:
    """The whole, up and with the first picture of every exchange."""
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(watch.run(stop, ready.set))
    begun = asyncio.create_task(ready.wait())
    await asyncio.wait([task, begun], return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        await link_is(watch, "up")
    try:
        yield watch
    finally:
        stop.set()
        begun.cancel()
        await asyncio.wait_for(task, 10)


async def link_is(watch: Floorwatch, state: str, within_s: float = 15) -> None:
    """Wait until every link is in this state."""
    seen = asyncio.Event()

    def look(_: object = None) -> None:
        links = {pbx.link.value for pbx in watch.store.snapshot().pbxs.values()}
        if links == {state}:
            seen.set()

    forget = watch.store.subscribe(look)
    look()
    try:
        await asyncio.wait_for(seen.wait(), within_s)
    finally:
        forget()


async def figures_reach(watch: Floorwatch, answered: int, within_s: float = 30) -> None:
    """Wait until so many calls were answered today."""
    enough = asyncio.Event()

    def look(_: object = None) -> None:
        if watch.measures.figures(TOTAL).answered >= answered:
            enough.set()

    forget = watch.store.subscribe(look)
    look()
    try:
        await asyncio.wait_for(enough.wait(), within_s)
    finally:
        forget()


async def ask(watch: Floorwatch, path: str) -> Any:
    """GET a JSON document."""

    def get() -> Any:
        with urlopen(f"{watch.web.url}{path}", timeout=5) as answer:
            return json.load(answer)

    return await asyncio.to_thread(get)


@pytest.fixture
async def exchange() -> AsyncIterator[int]:
    """The AMI port of a simulated exchange with 2 queues and 12 agents, twenty times as fast as life."""
    one = Simulator(FloorSettings(agents=12, queue_count=2), seed=3, warmup_s=60, speed=20)
    yield await one.start()
    await one.stop()


async def test_everything_is_discovered(exchange: int, tmp_path: Path) -> None:
    """With nothing but the address of the exchange, its queues, agents, phones and trunks are on the floor."""
    async with running(Floorwatch(settings(tmp_path, exchange))) as watch:
        floor = watch.store.snapshot()
        assert len(floor.queues) == 2
        assert len(floor.agents) == 12
        assert floor.endpoints
        assert floor.trunks
        assert (await ask(watch, "/readyz"))["status"] == "ready"


async def test_figures_survive_a_restart(exchange: int, tmp_path: Path) -> None:
    """What was counted before a restart of Floorwatch is counted after it, and the time between is a gap."""
    async with running(Floorwatch(settings(tmp_path, exchange))) as watch:
        await figures_reach(watch, 5)
        await watch.history.flush()
        before = await ask(watch, "/api/v1/today")
    async with running(Floorwatch(settings(tmp_path, exchange))) as watch:
        after = await ask(watch, "/api/v1/today")
    for name in ("offered", "answered", "talk_s", "completed_by_caller"):
        assert after["total"][name] >= before["total"][name]
    assert len(after["gaps"]["pbx1"]) >= 1


async def test_a_dead_exchange_is_said_and_comes_back(tmp_path: Path) -> None:
    """When the exchange dies its link is down at once, the gap is open; when it returns, the floor is right again."""
    first = Simulator(FloorSettings(agents=6, queue_count=1), seed=1, warmup_s=30)
    port = await first.start()
    async with running(Floorwatch(settings(tmp_path, port))) as watch:
        await first.stop()
        await link_is(watch, "down")
        assert watch.measures.gaps("pbx1")[-1][1] is None
        second = Simulator(FloorSettings(agents=3, queue_count=1), seed=2, warmup_s=0)
        await second.start(port=port)
        await link_is(watch, "up")
        floor = watch.store.snapshot()
        assert len(floor.agents) == 3
        assert watch.measures.gaps("pbx1")[-1][1] is not None
        await second.stop()


async def test_two_exchanges_side_by_side(exchange: int, tmp_path: Path) -> None:
    """Two exchanges are one floor: same names on both stay apart by exchange."""
    other = Simulator(FloorSettings(agents=5, queue_count=1), seed=3, warmup_s=10)
    port = await other.start()
    async with running(Floorwatch(settings(tmp_path, exchange, port))) as watch:
        floor = watch.store.snapshot()
        assert {pbx for pbx, _ in floor.queues} == {"pbx1", "pbx2"}
        assert len(floor.agents) == 17
    await other.stop()


async def test_wrong_secret_is_refused_not_fatal(exchange: int, tmp_path: Path) -> None:
    """A refused login leaves Floorwatch running, and says so."""
    plain = settings(tmp_path, exchange)
    wrong = plain.pbx[0].model_copy(update={"secret": SecretStr("wrong")})
    watch = Floorwatch(plain.model_copy(update={"pbx": (wrong,)}))
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(watch.run(stop, ready.set))
    await ready.wait()
    await link_is(watch, "refused")
    assert (await ask(watch, "/healthz"))["status"] == "ok"
    stop.set()
    await asyncio.wait_for(task, 10)
