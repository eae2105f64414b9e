"""What an agent and a call take in memory: ``python -m tests.bench.memory [ROUNDS] [SCALE]``.

Two floors are built in this process, with figures listening, from facts whose every text is its own object, as they are
when read off the wire: 5,000 agents with three memberships each, and on 1,500 of them a call from a queue that is being
talked. What Python has allocated before and after (``tracemalloc``) is divided by their number: entities, keys, indexes
and sums. The whole product is told apart: ``floor run`` on a simulated exchange of 250 and of 5,000 agents, all it has
(screens' views, rules, record) in resident memory per agent, an agent of the simulator having 1.4 memberships.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path

from floor.day import Day
from floor.measures import Measures
from floor.state import facts as f
from floor.state.model import LinkState, Member
from floor.store import FloorStore
from tests.bench.processes import beside, product, rss_mb
from tests.bench.reading import Reading, printed
from tests.support.replay import TapeClock

AGENTS, CALLS, QUEUES, EACH = 5000, 1500, 200, 3
FEW, QUIET, SETTLED_S = 250, 0.02, 20.0
PBX, BEGIN = "pbx1", 1_795_315_200.0


def fresh(text: str) -> str:
    """An object of its own, as a header's value is."""
    return text.encode().decode()


def memberships(agents: int) -> Iterator[f.Fact]:
    """Everybody signs in, three times."""
    for number in range(agents):
        for step in range(EACH):
            seat = f"PJSIP/{20001 + number}"
            queue = fresh(f"queue-{(number + step * 7) % QUEUES}")
            member = Member(queue, fresh(f"Agent {20001 + number}"), fresh(seat), fresh(seat), logged_in_at=BEGIN)
            yield f.MemberSeen(PBX, BEGIN, member)


def talks(calls: int) -> Iterator[f.Fact]:
    """Somebody has joined a queue, and is being talked to."""
    for number in range(calls):
        caller, leg, at = f"1795315200.{2 * number}", f"1795315200.{2 * number + 1}", BEGIN + number
        seat, bridge = f"PJSIP/{20001 + number}", f"69282616-00ea-4220-8000-{number:012x}"
        queue, agent = f"queue-{number % QUEUES}", f"Agent {20001 + number}"
        yield f.ChannelOpened(PBX, at, fresh(caller), f"PJSIP/carrier-{2 * number:08x}", fresh(caller), "dialling")
        yield f.DialplanMoved(PBX, at, fresh(caller), "Queue", fresh(queue))
        yield f.CallerJoined(PBX, at, fresh(queue), fresh(caller), fresh(caller), str(80_000_000 + number), position=1)
        yield f.ChannelOpened(PBX, at, fresh(leg), f"{seat}-{2 * number + 1:08x}", fresh(caller), "down")
        yield f.OfferBegan(PBX, at, fresh(queue), fresh(agent), fresh(seat), fresh(caller), fresh(leg))
        yield f.ChannelChanged(PBX, at + 3, fresh(leg), "up")
        yield f.CallerLeft(PBX, at + 3, fresh(queue), fresh(caller))
        yield f.OfferAnswered(PBX, at + 3, fresh(queue), fresh(agent), fresh(seat), fresh(caller), fresh(leg), 3, 3)
        yield f.BridgeEntered(PBX, at + 3, fresh(leg), fresh(bridge))
        yield f.BridgeEntered(PBX, at + 3, fresh(caller), fresh(bridge))


def taken(store: FloorStore, facts: Iterable[f.Fact]) -> float:
    """Bytes allocated and kept by applying them."""
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    for fact in facts:
        store.apply(fact)
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


def floor_kb(many: int, talking: int) -> tuple[float, float]:
    """KB an agent, KB a call, of so many."""
    clock = TapeClock(BEGIN)
    tracemalloc.start()
    try:
        store = FloorStore(clock)
        store.subscribe(Measures(clock, Day()))
        store.apply(f.LinkChanged(PBX, BEGIN, LinkState.UP))
        agents = taken(store, memberships(many)) / many
        calls = taken(store, talks(talking)) / talking
    finally:
        tracemalloc.stop()
    assert len(store.snapshot().callers) == talking
    return agents / 1024, calls / 1024


async def product_mb(agents: int) -> float:
    """Resident memory of the whole product, some seconds after its first picture."""
    with tempfile.TemporaryDirectory() as name:
        async with beside("exchange", agents, max(1, agents // 25), QUIET) as exchange:
            port = (await exchange.told())["port"]
            async with product(Path(name), port) as (_url, pid):
                await asyncio.sleep(SETTLED_S)
                return rss_mb(pid)


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """``scale``: agents and calls."""
    found = [floor_kb(AGENTS * scale, CALLS * scale) for _ in range(rounds)]
    few, many = asyncio.run(product_mb(FEW)), asyncio.run(product_mb(AGENTS * scale))
    each = (many - few) / (AGENTS * scale - FEW) * 1024
    resident = {"mb_at_few": round(few, 1), "mb_at_many": round(many, 1), "few": FEW, "many": AGENTS * scale}
    return [
        Reading("memory.per_agent", "KB", [one[0] for one in found], at_most=4, scale=scale),
        Reading("memory.per_call", "KB", [one[1] for one in found], at_most=6, scale=scale),
        Reading("memory.whole_per_agent", "KB", [each], scale=scale, beside=resident),
    ]


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    print(printed(measure(*(given or [3]))))
