"""The way back, in one process and over a real Redis: the same contract."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from floor.clock import SystemClock
from floor.relay.redis_wire import RedisWire
from floor.relay.wire import MemoryWire, Wire
from floor.tasks import Tasks
from tests.support.redis_server import RedisServer


class Ear:
    """Hears under one name, and can be waited for."""

    def __init__(self, wire: Wire, name: str, tasks: Tasks) -> None:
        self.got: asyncio.Queue[bytes] = asyncio.Queue()
        self.hears = asyncio.Event()
        self.deaf = asyncio.Event()
        tasks.start("ear", wire.hear(name, self.got.put_nowait, self._heard))

    def _heard(self, hears: bool) -> None:
        (self.hears if hears else self.deaf).set()
        (self.deaf if hears else self.hears).clear()

    async def ready(self) -> None:
        await asyncio.wait_for(self.hears.wait(), 10)

    async def next(self) -> bytes:
        return await asyncio.wait_for(self.got.get(), 10)


def client(server: RedisServer) -> Redis:
    """A client that sends nothing twice."""
    return Redis.from_url(
        server.url, socket_timeout=1.5, socket_connect_timeout=1.5, retry=Retry(NoBackoff(), 0), protocol=2
    )


def over(server: RedisServer) -> RedisWire:
    """A wire over this server."""
    return RedisWire(client(server))


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    running = Tasks()
    yield running
    assert await running.stop() == []


@pytest.fixture(params=["memory", "redis"])
async def ends(request: pytest.FixtureRequest, redis_server: RedisServer) -> AsyncIterator[Callable[[], Wire]]:
    """Makes ends of one wire."""
    made: list[Wire] = []
    if request.param == "memory":
        shared = MemoryWire(SystemClock())
        yield lambda: shared
        return

    def end() -> Wire:
        made.append(over(redis_server))
        return made[-1]

    yield end
    for wire in made:
        await wire.close()


async def test_what_is_said_is_heard_once_and_in_order(ends: Callable[[], Wire], tasks: Tasks) -> None:
    """By everybody who hears under that name, and nobody else."""
    here, there = ends(), ends()
    ears = [Ear(there, "orders:hq", tasks) for _ in range(2)]
    other = Ear(there, "orders:other", tasks)
    for ear in (*ears, other):
        await ear.ready()
    for n in range(20):
        assert await here.tell("orders:hq", str(n).encode()) == 2
    for ear in ears:
        assert [await ear.next() for _ in range(20)] == [str(n).encode() for n in range(20)]
    assert other.got.empty()


async def test_what_nobody_hears_is_kept_nowhere(ends: Callable[[], Wire], tasks: Tasks) -> None:
    """Who comes later hears only what is said later."""
    here, there = ends(), ends()
    assert await here.tell("orders:hq", b"old") == 0
    ear = Ear(there, "orders:hq", tasks)
    await ear.ready()
    await here.tell("orders:hq", b"new")
    assert await ear.next() == b"new"


async def test_one_claims(ends: Callable[[], Wire]) -> None:
    """Of any number at once; and when the claim has run out, again one."""
    some = [ends() for _ in range(4)]
    first = await asyncio.gather(*(one.claim("claim:a", 60) for one in some))
    assert sorted(first) == [False, False, False, True]
    assert await some[0].claim("claim:b", 0.001)
    await asyncio.sleep(0.01)
    assert await some[1].claim("claim:b", 60)


async def test_one_clock(ends: Callable[[], Wire]) -> None:
    """It is the relay's, and goes forward."""
    one, other = ends(), ends()
    assert await one.now() <= await other.now()


async def test_who_stops_hearing_is_not_counted(ends: Callable[[], Wire], tasks: Tasks) -> None:
    """So that an order to nobody is known as such."""
    here, own = ends(), Tasks()
    ear = Ear(ends(), "orders:hq", own)
    await ear.ready()
    await own.stop()
    assert await here.tell("orders:hq", b"x") == 0
