"""What the relay costs, over a real Redis: ``python -m tests.bench.relay [ROUNDS]``.

The calls of :mod:`tests.bench.traffic`, translated, are told by a collector's publisher at a steady pace and applied by
a node's reader in another process. Told are the processor time of telling a fact and of reading one, both beside that
of applying it, which each side does anyway; how long a fact takes from the collector's floor to the node's; and for
how long a checkpoint of a large floor holds the loop.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time
from typing import Any

from asterisk.records import moment
from asterisk.translate import translate
from asterisk.wire import Framer, parse
from floor.clock import SystemClock
from floor.garbage import tidied
from floor.logs import configure_logs
from floor.ports import Outcome
from floor.relay import codec
from floor.relay.aside import found_in
from floor.relay.memory import MemoryRelay
from floor.relay.ports import Entry, Position
from floor.relay.publisher import Publisher
from floor.relay.reader import Reader
from floor.relay.redis import RedisRelay
from floor.state import facts as f
from floor.state.model import LinkState, Member
from floor.state.taken import FloorTaken
from floor.store import FloorStore
from floor.tasks import Tasks
from tests.bench.machine import ROOT
from tests.bench.reading import Reading, printed
from tests.bench.spread import Spread
from tests.bench.traffic import Traffic
from tests.support.redis_server import RedisServer

PBX, CLOCK = "a", SystemClock()
PER_S, LASTS_S, STEP_S = 2000, 5.0, 0.01
AGENTS, QUEUES_EACH, QUEUES = 5000, 3, 200
BEAT_S = 0.001
LAST = f.ExchangeStopped(PBX, 1.0)
"""Says the node that this was all."""


def told(count: int) -> list[f.Fact]:
    """Facts of so many events, the signing in of agents first."""
    traffic = Traffic()
    stream = b"\r\n\r\n".join([*traffic.members(), *traffic.events(count), b""])
    messages = [parse(frame) for frame in Framer().feed(stream)]
    found = (translate(PBX, message, moment(message, "Timestamp") or 1.0) for message in messages)
    return [fact for fact in found if fact is not None]


def applied_us(facts: Sequence[f.Fact]) -> float:
    """What each side spends anyway."""
    store = FloorStore(CLOCK)
    untidied = tidied(store)
    begun = process_time()
    for fact in facts:
        store.apply(fact)
    spent_s = process_time() - begun
    untidied()
    return spent_s / len(facts) * 1e6


async def tell(url: str, facts: Sequence[f.Fact]) -> tuple[float, float]:
    """At a steady pace; processor time of a fact in microseconds, and entries."""
    store, relay, tasks = FloorStore(CLOCK), RedisRelay(url), Tasks()
    publisher = Publisher(relay, store, [PBX], CLOCK)
    store.on_fact = publisher.hear
    store.subscribe(publisher.note)
    store.apply(f.LinkChanged(PBX, CLOCK.now(), LinkState.UP))
    tasks.start("publisher", publisher.run())
    await asyncio.sleep(1.0)
    untidied = tidied(store)
    spent_us = await paced(store, facts)
    untidied()
    store.apply(LAST)
    await asyncio.sleep(0.5)
    last = await relay.last(PBX)
    await tasks.stop()
    await relay.close()
    return spent_us, float(last.number if last is not None else 0)


async def paced(store: FloorStore, facts: Sequence[f.Fact]) -> float:
    """Applied as they would come, each with the moment in which it is; processor time of one in microseconds."""
    begun, step = process_time(), int(PER_S * STEP_S)
    spent_s = 0.0
    next_at = CLOCK.monotonic()
    for first in range(0, len(facts), step):
        own = process_time()
        timed = [replace(fact, at=CLOCK.now()) for fact in facts[first : first + step]]
        spent_s += process_time() - own
        for fact in timed:
            store.apply(fact)
        next_at += STEP_S
        await asyncio.sleep(max(0.0, next_at - CLOCK.monotonic()))
    return (process_time() - begun - spent_s) / len(facts) * 1e6


async def follow(url: str) -> dict[str, Any]:
    """The node: its processor time apiece and how late facts were, once the last one has come."""
    store, relay, tasks = FloorStore(CLOCK), RedisRelay(url), Tasks()
    reader, late, over = Reader(relay, store, [PBX], CLOCK), Spread(), asyncio.Event()

    def hear(outcome: Outcome) -> None:
        if outcome.fact == LAST:
            over.set()
        elif outcome.fact.at > 1e9:
            late.add(CLOCK.now() - outcome.fact.at)

    store.subscribe(hear, happenings=True)
    tasks.start("reader", reader.run())
    untidied = tidied(store)
    print("follows", flush=True)
    begun = process_time()
    await over.wait()
    spent = process_time() - begun
    untidied()
    await tasks.stop()
    await relay.close()
    return {"us": spent / reader.feeds[PBX].facts * 1e6, "late": late.told_ms(), "gaps": reader.feeds[PBX].gaps}


async def both(facts: Sequence[f.Fact]) -> dict[str, Any]:
    """One round: Redis, the node in a process of its own, the collector here."""
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(Path(folder))
        await server.start()
        command = [sys.executable, "-m", "tests.bench.relay", "follow", server.url]
        node = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
        assert node.stdout is not None
        await node.stdout.readline()
        publish_us, entries = await tell(server.url, facts)
        async with asyncio.timeout(60):
            found: dict[str, Any] = json.loads(await node.stdout.readline())
            await node.wait()
        await server.stop()
        return {"publish_us": publish_us, "entries": entries, **found}


def large(agents: int) -> FloorStore:
    """A floor with everybody logged in, each in three queues."""
    store = FloorStore(CLOCK)
    for number in range(agents):
        for queue in range(QUEUES_EACH):
            name = f"queue-{(number + queue) % QUEUES}"
            member = Member(name, f"Agent {number}", f"PJSIP/{number}", f"PJSIP/{number}")
            store.apply(f.MemberSeen(PBX, 1.0, member))
    return store


class Held:
    """For how long whoever shares the loop had to wait: processor time of this whole process, threads included, between
    two beats of a task that would wake every millisecond; so neighbours on the machine do not count."""

    def __init__(self) -> None:
        self.most_ms = 0.0

    async def beat(self) -> None:
        """Until cancelled."""
        spent = process_time()
        while True:
            await asyncio.sleep(BEAT_S)
            self.most_ms = max(self.most_ms, ((now := process_time()) - spent) * 1000)
            spent = now


async def held_by(work: Awaitable[Any]) -> tuple[Any, float, float]:
    """What comes of it; for how long it held the loop at most, and took of the processor in all (ms)."""
    held, tasks = Held(), Tasks()
    tasks.start("beat", held.beat())
    await asyncio.sleep(10 * BEAT_S)
    held.most_ms, begun = 0.0, process_time()
    found = await work
    await asyncio.sleep(0)
    spent_ms = (process_time() - begun) * 1000
    await asyncio.sleep(2 * BEAT_S)
    await tasks.stop()
    return found, held.most_ms, spent_ms


async def stepwise(store: FloorStore, taken: FloorTaken) -> None:
    """As a node takes it."""
    for _ in store.take_in_steps(taken):
        await asyncio.sleep(0)


async def checkpoint(store: FloorStore) -> dict[str, float]:
    """How long the loop is held by writing one, by putting a floor together of it and by taking that, with what each
    costs in all (ms); and its kilobytes."""
    relay, target = MemoryRelay(), FloorStore(CLOCK)
    begun = process_time()
    body = codec.written_floor(store.part(PBX, 1.0))
    found = {"write_ms": (process_time() - begun) * 1000, "kb": len(body) / 1000}
    await relay.keep(Entry(PBX, Position(1, 1), codec.written((), 1.0)), body)
    aside, found["read_ms"], found["read_all_ms"] = await held_by(found_in(relay, PBX, CLOCK, (), Counter()))
    _, found["take_ms"], found["take_all_ms"] = await held_by(stepwise(target, aside.taken))
    return found


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """``scale``: that many times the pace's facts and the floor's agents."""
    facts = told(int(PER_S * LASTS_S) * scale)
    apply_us = [applied_us(facts) for _ in range(rounds)]
    found = [asyncio.run(both(facts)) for _ in range(rounds)]
    floor = large(AGENTS * scale)
    untidied = tidied(floor)  # as in every process of the product
    kept = [asyncio.run(checkpoint(floor)) for _ in range(rounds)]
    untidied()
    base = sum(apply_us) / rounds
    beside = {"apply_us": round(base, 2), "facts_per_entry": round(len(facts) / found[0]["entries"], 1)}
    late = [one["late"] for one in found]
    untidied = tidied(store := FloorStore(CLOCK))
    paced_us = asyncio.run(paced(store, facts))
    untidied()
    publish = [one["publish_us"] - paced_us for one in found]
    return [
        Reading("relay.publish_us_per_fact", "us", publish, beside=beside, scale=scale),
        Reading("relay.read_us_per_fact", "us", [one["us"] - base for one in found], beside=beside, scale=scale),
        Reading("relay.fact_to_node_p50", "ms", [one["p50"] for one in late], scale=scale),
        Reading("relay.fact_to_node_p99", "ms", [one["p99"] for one in late], scale=scale),
        Reading("relay.checkpoint_write", "ms", [one["write_ms"] for one in kept], at_most=50.0, scale=scale,
                beside={"kb": kept[0]["kb"], "agents": AGENTS * scale}),
        Reading("relay.checkpoint_read", "ms", [one["read_ms"] for one in kept], at_most=50.0, scale=scale,
                beside={"all_ms": round(kept[-1]["read_all_ms"], 1)}),
        Reading("relay.checkpoint_take", "ms", [one["take_ms"] for one in kept], at_most=50.0, scale=scale,
                beside={"all_ms": round(kept[-1]["take_all_ms"], 1)}),
    ]  # fmt: skip


if __name__ == "__main__":
    configure_logs("info")
    if sys.argv[1:2] == ["follow"]:
        print(json.dumps(asyncio.run(follow(sys.argv[2]))))
    else:
        print(printed(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3)))
