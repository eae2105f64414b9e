"""The light of whoever acts: one shines, a smaller number never replaces a greater one, and it goes out by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from floor.clock import SystemClock
from floor.ports import Beacon, Light
from floor.relay.beacon import MemoryBeacon, RedisBeacon
from floor.relay.ports import RelayAwayError
from tests.relay.test_wire import client
from tests.support.redis_server import RedisServer

ONE, TWO = Light("one:/data 1", 1), Light("two:/data", 2)


@pytest.fixture(params=["memory", "redis"])
async def beacon(request: pytest.FixtureRequest, redis_server: RedisServer) -> AsyncIterator[Beacon]:
    if request.param == "memory":
        yield MemoryBeacon(SystemClock())
        return
    redis = client(redis_server)
    yield RedisBeacon(redis)
    await redis.aclose()


async def test_one_shines(beacon: Beacon) -> None:
    """Whoever looks sees it, with its number; there was none before."""
    assert await beacon.look() is None
    assert await beacon.show(ONE, 60) == ONE
    assert await beacon.look() == ONE


async def test_the_greater_number_shines(beacon: Beacon) -> None:
    """Whoever comes with a smaller one is told whose light it is."""
    await beacon.show(ONE, 60)
    assert await beacon.show(TWO, 60) == TWO
    assert await beacon.show(ONE, 60) == TWO
    assert await beacon.look() == TWO


async def test_it_goes_out(beacon: Beacon) -> None:
    """By itself, or when he who shows it puts it out; nobody else does."""
    await beacon.show(TWO, 0.001)
    await asyncio.sleep(0.02)
    assert await beacon.look() is None
    await beacon.show(ONE, 60)
    await beacon.put_out(TWO.holder)
    assert await beacon.look() == ONE
    await beacon.put_out(ONE.holder)
    assert await beacon.look() is None


@pytest.mark.parametrize("noise", [b"", b"x", b"1", b"-1 a", b"\xff\xfe", b"9" * 30 + b" a"])
async def test_what_is_no_light_of_ours(redis_server: RedisServer, noise: bytes) -> None:
    """Somebody else's bytes under the key shine for nobody."""
    redis = client(redis_server)
    await redis.set("floor:acts", noise)
    assert await RedisBeacon(redis).look() is None
    await redis.aclose()


async def test_a_relay_that_is_away(redis_server: RedisServer) -> None:
    """Is an error of ours, at every question."""
    redis = client(redis_server)
    one = RedisBeacon(redis)
    await redis_server.stop()
    with pytest.raises(RelayAwayError):
        await one.show(ONE, 1)
    with pytest.raises(RelayAwayError):
        await one.look()
    with pytest.raises(RelayAwayError):
        await one.put_out("one")
    await redis.aclose()
