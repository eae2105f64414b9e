"""What only the relay in memory does; the rest stands in test_contract."""

from __future__ import annotations

import asyncio

import pytest

from floor.relay.memory import MemoryRelay
from floor.relay.ports import START, Entry, Position, RelayAwayError


async def test_it_can_be_away() -> None:
    """Then every word of it is an error, for those who wait too; afterwards it knows what it knew."""
    relay = MemoryRelay()
    await relay.publish([Entry("a", Position(1, 1), b"x")])
    waiting = asyncio.ensure_future(relay.read({"a": Position(1, 1)}, 10.0))
    await asyncio.sleep(0)
    relay.away = True
    with pytest.raises(RelayAwayError):
        await relay.last("a")
    with pytest.raises(RelayAwayError):
        await waiting
    relay.away = False
    assert len(await relay.read({"a": START}, 0.0)) == 1


async def test_it_can_forget() -> None:
    """As a Redis without a disk."""
    relay = MemoryRelay()
    await relay.keep(Entry("a", Position(1, 1), b"x"), b"floor")
    relay.forget()
    assert (await relay.last("a"), await relay.checkpoint("a")) == (None, None)
