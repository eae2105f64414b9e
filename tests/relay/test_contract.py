"""What a relay must do: the same tests for the one in memory and for a real Redis."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from floor.relay.memory import MemoryRelay
from floor.relay.ports import START, Entry, Position, Relay
from floor.relay.redis import RedisRelay
from tests.support.redis_server import BINARY, RedisServer


@pytest.fixture(params=["memory", "redis"])
async def relay(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Relay]:
    """Either, empty, keeping two hundred entries."""
    if request.param == "memory":
        yield MemoryRelay(200)
        return
    if BINARY is None and os.environ.get("CI") != "true":
        pytest.skip("no redis-server on this machine")
    server = RedisServer(tmp_path)  # under CI=true without its binary this fails, as it should
    await server.start()
    redis = RedisRelay(server.url, length=200)
    yield redis
    await redis.close()
    await server.stop()


def entry(number: int, pbx: str = "a", term: int = 7) -> Entry:
    return Entry(pbx, Position(term, number), f"{term}-{number}".encode())


async def test_entries_come_in_order(relay: Relay) -> None:
    """As they were written, each once, from any position on."""
    assert await relay.publish([entry(1), entry(2), entry(3)]) in (set(), frozenset())
    assert await relay.read({"a": START}, 0.0) == [entry(1), entry(2), entry(3)]
    assert await relay.read({"a": Position(7, 2)}, 0.0) == [entry(3)]
    assert list(await relay.read({"a": Position(7, 3)}, 0.0)) == []


async def test_exchanges_are_apart(relay: Relay) -> None:
    """Several are read in one call, each from its own position; names may hold anything."""
    odd = "总部: a*b {x}"
    await relay.publish([entry(1), entry(1, odd), entry(2, odd)])
    found = await relay.read({"a": START, odd: Position(7, 1), "nobody": START}, 0.0)
    assert sorted(found, key=lambda one: one.pbx) == [entry(1), entry(2, odd)]


async def test_reading_is_bounded(relay: Relay) -> None:
    """At most so many of each exchange at once; the rest comes next."""
    await relay.publish([entry(number) for number in range(1, 8)])
    assert await relay.read({"a": START}, 0.0, 3) == [entry(1), entry(2), entry(3)]


async def test_reading_waits_for_the_first(relay: Relay) -> None:
    """Whoever waits has it at once when it comes; whoever waits in vain has nothing."""
    assert list(await relay.read({"a": START}, 0.05)) == []
    waiting = asyncio.ensure_future(relay.read({"a": START}, 10.0))
    await asyncio.sleep(0)
    await relay.publish([entry(1)])
    async with asyncio.timeout(10):
        assert list(await waiting) == [entry(1)]


async def test_last_position_is_known(relay: Relay) -> None:
    """So that the next term can be greater."""
    assert await relay.last("a") is None
    await relay.publish([entry(4), entry(5)])
    assert await relay.last("a") == Position(7, 5)


async def test_greater_term_puts_others_aside(relay: Relay) -> None:
    """From then on nothing of an older term is taken, neither entry nor checkpoint; a repeat is not taken twice."""
    await relay.publish([entry(5)])
    assert await relay.keep(entry(1, term=8), b"new")
    assert set(await relay.publish([entry(6), entry(1, "b")])) == {"a"}
    assert not await relay.keep(entry(7), b"old")
    assert set(await relay.publish([entry(1, term=8)])) == {"a"}
    kept = await relay.checkpoint("a")
    assert kept is not None
    assert (kept.position, kept.body) == (Position(8, 1), b"new")
    assert await relay.read({"a": START, "b": START}, 0.0) == [entry(5), entry(1, term=8), entry(1, "b")]


async def test_checkpoint_is_the_latest(relay: Relay) -> None:
    """With the position at which it stands, and with its entry."""
    assert await relay.checkpoint("a") is None
    await relay.keep(entry(1), b"\x00first")
    await relay.keep(entry(2), b"\xffsecond")
    kept = await relay.checkpoint("a")
    assert kept is not None
    assert (kept.position, kept.body) == (Position(7, 2), b"\xffsecond")
    assert await relay.read({"a": kept.position}, 0.0) == []
    assert len(await relay.read({"a": START}, 0.0)) == 2


async def test_length_is_bounded(relay: Relay) -> None:
    """The oldest are forgotten, and who stood there sees by the number that he missed some."""
    for first in range(1, 1001, 100):
        await relay.publish([entry(number) for number in range(first, first + 100)])
    found = await relay.read({"a": START}, 0.0, 2000)
    assert 200 <= len(found) <= 400
    assert found[0].position != START.next()
    assert found[-1] == entry(1000)


async def test_bytes_come_as_they_were(relay: Relay) -> None:
    """Any byte, any size of a turn or a floor."""
    body = bytes(range(256)) * 8000
    one = Entry("a", Position(1, 1), body)
    assert await relay.keep(one, body)
    kept = await relay.checkpoint("a")
    assert kept is not None
    assert kept.body == body
    assert await relay.read({"a": START}, 0.0) == [one]
