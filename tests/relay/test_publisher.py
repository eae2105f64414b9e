"""The collector's side: what it writes, when it writes checkpoints, and what it does without a relay."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from floor.relay import codec
from floor.relay.memory import MemoryRelay
from floor.relay.ports import START, Entry
from floor.relay.publisher import GATHERED, PER_ENTRY
from floor.state import facts as f
from tests.relay.floors import BEAT_S, Collecting, gave_up, joined, logged_in, until, up


async def said(relay: MemoryRelay, enough: Callable[[list[Entry]], bool], pbx: str = "a") -> list[Entry]:
    """All entries, once there are enough."""
    found: list[Entry] = []

    async def there() -> bool:
        found[:] = await relay.read({pbx: START}, 0.0, 100_000)
        return enough(found)

    await until(there)
    return found


def told(entries: list[Entry]) -> list[f.Fact]:
    return [fact for one in entries for fact in codec.read(one.body, one.pbx, Counter()).facts]


async def test_begins_with_a_checkpoint() -> None:
    """What was before it began is in the checkpoint; what comes then, in entries, in order and complete."""
    relay = MemoryRelay()
    one = Collecting(relay)
    one.say(up(), logged_in(1))
    one.start()
    await said(relay, lambda entries: len(entries) >= 2)
    kept = await relay.checkpoint("a")
    assert kept is not None
    assert len(codec.read_floor(kept.body, "a", Counter()).agents) == 1
    facts = [joined(str(number)) for number in range(PER_ENTRY + 10)]
    one.say(*facts)
    entries = await said(relay, lambda entries: len(told(entries)) >= len(facts))
    assert told(entries) == facts
    assert all(later.position == before.position.next() for before, later in pairwise(entries))
    assert one.publisher.published == len(facts)
    await one.stop()


async def test_heartbeat_without_facts() -> None:
    """A quiet floor is still heard of."""
    relay = MemoryRelay()
    one = Collecting(relay, ["a", "b"])
    one.start()
    for pbx in ("a", "b"):
        assert told(await said(relay, lambda entries: len(entries) >= 5, pbx)) == []
    await one.stop()


async def test_checkpoint_after_a_picture_and_after_many_entries() -> None:
    """Both, so that a node that begins reads little."""
    relay = MemoryRelay()
    one = Collecting(relay, every=10)
    one.start()
    await said(relay, lambda entries: len(entries) >= 2)
    one.say(logged_in(1), up())
    entries = await said(relay, lambda entries: len(told(entries)) == 2)
    places = [entry.position for entry in entries]
    kept = await relay.checkpoint("a")
    assert kept is not None
    assert len(codec.read_floor(kept.body, "a", Counter()).agents) == 1
    await said(relay, lambda entries: len(entries) >= len(places) + 15)
    later = await relay.checkpoint("a")
    assert later is not None
    assert later.position > kept.position
    await one.stop()


async def test_checkpoint_tells_what_ended_lately() -> None:
    """For it may not be on record yet."""
    relay = MemoryRelay()
    one = Collecting(relay)
    one.say(up(), joined("1"), *gave_up("1"))
    one.start()
    await said(relay, lambda entries: len(entries) >= 2)
    kept = await relay.checkpoint("a")
    assert kept is not None
    taken = codec.read_floor(kept.body, "a", Counter())
    assert ([visit.uniqueid for visit in taken.ended], taken.callers) == (["1"], ())
    await one.stop()


async def test_relay_away_costs_nothing() -> None:
    """Nothing is kept for later; when it is back, a new term begins with a checkpoint that has it all."""
    relay = MemoryRelay()
    one = Collecting(relay)
    one.say(up())
    one.start()
    before = await said(relay, lambda entries: len(entries) >= 2)
    relay.away = True
    async with asyncio.timeout(20):
        while one.publisher.away is None:
            one.say(joined("x"))
            await asyncio.sleep(BEAT_S / 5)
    for number in range(GATHERED + 10):
        one.publisher.hear(joined(str(number)))
    assert not one.publisher._gathered
    one.say(logged_in(1))
    relay.away = False
    entries = await said(relay, lambda entries: entries[-1].position.term > before[-1].position.term)
    assert entries[-1].position > before[-1].position
    term = before[-1].position.term

    async def kept_anew() -> bool:
        kept = await relay.checkpoint("a")
        return kept is not None and kept.position.term > term

    await until(kept_anew)
    kept = await relay.checkpoint("a")
    assert kept is not None
    assert len(codec.read_floor(kept.body, "a", Counter()).agents) == 1
    assert one.publisher.away is None
    await one.stop()


async def test_more_than_it_takes() -> None:
    """A number is left out and a checkpoint written, instead of a queue without end."""
    relay = MemoryRelay()
    one = Collecting(relay)
    one.start()
    first = await said(relay, lambda entries: len(entries) >= 2)
    for number in range(GATHERED + 1):
        one.publisher.hear(joined(str(number)))
    entries = await said(relay, lambda entries: len(entries) > len(first) + 2)
    numbers = [entry.position.number for entry in entries]
    assert any(later - before == 2 for before, later in pairwise(numbers))
    assert told(entries) == []
    await one.stop()


async def test_second_collector_puts_the_first_aside() -> None:
    """Whoever began later is heard; the other one says so and is quiet for this exchange alone."""
    relay = MemoryRelay()
    one, two = Collecting(relay, ["a", "b"]), Collecting(relay, ["a"])
    one.start()
    await said(relay, lambda entries: len(entries) >= 2)
    two.say(logged_in(7))
    two.start()
    async with asyncio.timeout(20):
        while one.publisher.put_aside != {"a"}:
            one.say(joined("1"))
            await asyncio.sleep(BEAT_S / 5)
    count = len(await said(relay, bool, "b"))
    await said(relay, lambda entries: len(entries) > count, "b")
    kept = await relay.checkpoint("a")
    assert kept is not None
    assert [agent.name for agent in codec.read_floor(kept.body, "a", Counter()).agents] == ["agent 7"]
    await one.stop()
    await two.stop()
