"""A floor put together aside: checkpoint and all that came after it, or nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from floor.clock import SystemClock
from floor.relay import codec
from floor.relay.aside import found_in
from floor.relay.memory import MemoryRelay
from floor.relay.ports import Entry, Position
from floor.state import facts as f
from floor.store import FloorStore
from tests.relay.floors import gave_up, joined, logged_in, up

CLOCK = SystemClock()


async def put(relay: MemoryRelay, number: int, *facts: f.Fact) -> None:
    await relay.publish([Entry("a", Position(1, number), codec.written(facts, 1.0))])


async def begun(*facts: f.Fact) -> tuple[MemoryRelay, FloorStore]:
    relay, store = MemoryRelay(), FloorStore(CLOCK)
    for fact in facts:
        store.apply(fact)
    floor = codec.written_floor(store.part("a", CLOCK.now()))
    await relay.keep(Entry("a", Position(1, 1), codec.written((), 1.0)), floor)
    return relay, store


async def test_nothing_there() -> None:
    """No checkpoint, no floor."""
    assert await found_in(MemoryRelay(), "a", CLOCK, (), Counter()) is None


async def test_checkpoint_and_what_came_after() -> None:
    """As if one had been there all the time, what ended lately included."""
    relay, store = await begun(up(), logged_in(1), joined("1"))
    facts = [logged_in(2), *gave_up("1")]
    for number, fact in enumerate(facts, 2):
        await put(relay, number, fact)
        store.apply(fact)
    found = await found_in(relay, "a", CLOCK, (), Counter())
    assert found is not None
    assert (found.position, [one.uniqueid for one in found.taken.ended]) == (Position(1, 4), ["1"])
    target = FloorStore(CLOCK)
    target.take(found.taken)
    assert target.snapshot().agents == store.snapshot().agents
    assert target.snapshot().queues == store.snapshot().queues


async def test_entries_that_are_not_held_any_more() -> None:
    """A floor with a hole is none."""
    relay, _ = await begun(up())
    await put(relay, 3, logged_in(2))
    assert await found_in(relay, "a", CLOCK, (), Counter()) is None


async def test_garbled() -> None:
    """Said, not guessed."""
    relay, _ = await begun(up())
    await relay.publish([Entry("a", Position(1, 2), b"noise")])
    with pytest.raises(codec.GarbledError):
        await found_in(relay, "a", CLOCK, (), Counter())
