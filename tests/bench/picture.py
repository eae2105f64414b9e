"""The full picture of a big floor: ``python -m tests.bench.picture [ROUNDS] [SCALE]``.

5,000 agents of the simulator with some 1,500 of them in calls; the whole product in this process (record on disk,
rules, alerts, web), the exchange in another. Told are the seconds from the login to the floor's being right, which is
when the last list is applied and the link is up, and for how long the event loop was held at most, from the login
until some seconds after that, while the rules take their first look: by the processor time of its thread between two
beats of a task that wakes every millisecond, so that neighbours on the machine do not count, and beside it by the
clock. So is the processor time until the floor is right, for on a busy machine both are waited for. In how many steps
the picture was told stands beside, and what came of it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from floor.assembly import Floorwatch
from floor.load import load
from floor.logs import configure_logs
from floor.ports import Outcome
from floor.state.facts import ChannelsSynced, LinkChanged, PhonesSynced, QueuesSynced
from floor.state.model import LinkState
from tests.bench.processes import beside, free_port
from tests.bench.reading import Reading, printed

AGENTS, AGENTS_PER_QUEUE, LOAD = 5000, 25, 0.3
AFTER_S = 4.0
"""Watched on once the floor is right."""
BEAT_S = 0.001
WORST = 5


@dataclass(slots=True)
class Beats:
    """For how long the loop was held."""

    held: list[tuple[float, float, float]] = field(default_factory=list)
    """(processor seconds, seconds by the clock, when)."""

    async def beat(self) -> None:
        """Until cancelled."""
        spent, at = time.thread_time(), time.monotonic()
        while True:
            await asyncio.sleep(BEAT_S)
            spent_now, now = time.thread_time(), time.monotonic()
            self.held.append((spent_now - spent, now - at - BEAT_S, now))
            spent, at = spent_now, now

    def since(self, begun: float) -> list[tuple[float, float, float]]:
        """Longest first."""
        return sorted((one for one in self.held if one[2] >= begun), reverse=True)


@dataclass(slots=True)
class Picture:
    """When the floor began to be told, and when it was right."""

    steps: int = 0
    began: float | None = None
    right: asyncio.Event = field(default_factory=asyncio.Event)
    right_at: float = 0.0
    spent_s: float = 0.0
    """Processor time of the loop's thread in between."""

    def hear(self, outcome: Outcome) -> None:
        """As a listener."""
        fact = outcome.fact
        if isinstance(fact, QueuesSynced | ChannelsSynced | PhonesSynced):
            self.steps += 1
        elif isinstance(fact, LinkChanged) and fact.link is LinkState.SYNCING:
            self.began, self.spent_s = time.monotonic(), time.thread_time()
        elif isinstance(fact, LinkChanged) and fact.link is LinkState.UP and not self.right.is_set():
            self.right_at, self.spent_s = time.monotonic(), time.thread_time() - self.spent_s
            self.right.set()


@asynccontextmanager
async def product(folder: Path, ami_port: int) -> AsyncIterator[tuple[Floorwatch, Picture]]:
    """The whole of it, in this process."""
    flags = {"ami_host": "127.0.0.1", "ami_port": ami_port, "ami_user": "floor", "ami_secret": "floor"}
    flags |= {"port": free_port(), "data_dir": folder, "log_level": "error"}
    watch, picture, stop = Floorwatch(load(None, {}, flags)), Picture(), asyncio.Event()
    watch.store.subscribe(picture.hear)
    running = asyncio.ensure_future(watch.run(stop, lambda: None))
    try:
        yield watch, picture
    finally:
        stop.set()
        await running


async def taken(agents: int) -> dict[str, float]:
    """One picture of an exchange that has been busy for a while."""
    beats = Beats()
    with tempfile.TemporaryDirectory() as name:
        async with beside("exchange", agents, max(1, agents // AGENTS_PER_QUEUE), LOAD) as exchange:
            port = (await exchange.told())["port"]
            beating = asyncio.ensure_future(beats.beat())
            async with product(Path(name), port) as (watch, picture):
                await asyncio.wait_for(picture.right.wait(), 60)
                await asyncio.sleep(AFTER_S)
                beating.cancel()
                floor = watch.store.snapshot()
                worst = beats.since(picture.began or 0.0)
                return {
                    "right_s": picture.right_at - (picture.began or 0.0),
                    "right_processor_s": round(picture.spent_s, 3),
                    "held_ms": worst[0][0] * 1000,
                    "held_clock_ms": max(one[1] for one in worst) * 1000,
                    **{f"held_ms_{place}": round(one[0] * 1000, 1) for place, one in enumerate(worst[:WORST], 1)},
                    "steps": picture.steps,
                    "agents": len(floor.agents),
                    "memberships": sum(len(agent.members) for agent in floor.agents.values()),
                    "channels": len(floor.channels),
                    "visits": len(floor.callers),
                }


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """``scale``: agents, queues and calls."""
    configure_logs("error")
    found = [asyncio.run(taken(AGENTS * scale)) for _ in range(rounds)]
    right, held = [one["right_s"] for one in found], [one["held_ms"] for one in found]
    return [
        Reading("picture.right", "s", right, at_most=2.0, scale=scale, beside=found[-1]),
        Reading("picture.held", "ms", held, at_most=50.0, scale=scale, beside=found[-1]),
    ]


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    print(printed(measure(*(given or [5]))))
