"""The simulated exchange as a process beside the product.

``python -m tests.bench.exchange AGENTS QUEUES LOAD [SPEED]`` says its port, then answers lines: ``told`` (what it has
said so far, and how late), ``queues``, ``mark N`` (pauses an agent with the reason ``mark-N``, and says when that was
written). Ends with its standard input.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from asterisk.simulator import FloorSettings, Simulator
from asterisk.simulator.parts import Agent
from asterisk.simulator.wire import Event
from tests.bench.spread import Spread


class Exchange:
    """A simulator that notes how much it says, and when."""

    def __init__(self, agents: int, queues: int, load: float, speed: float) -> None:
        plan = FloorSettings(agents=agents, queue_count=queues, load=load)
        self.simulator = Simulator(plan, 1, speed=speed, warmup_s=120)
        self.speed = speed
        self._events = self._bytes = 0
        self._ahead_s = -1e9
        """Simulated clock minus ours, when it is not late: what the stamps are ahead of the time of their writing."""
        self._late = Spread()
        self._marked: list[Agent] = []
        self.simulator.world.taps.append(self._hear)

    def _hear(self, event: Event) -> None:
        self._events += 1
        self._bytes += len(event.text)
        ahead_s = self.simulator.world.now - time.time()
        self._ahead_s = max(self._ahead_s, ahead_s)
        self._late.add(self._ahead_s - ahead_s)

    def told(self) -> dict[str, Any]:
        """So far: events, bytes, how far stamps are ahead of our clock (s); since last asked: how late said (ms)."""
        late = {"p50": self._late.at(0.5) * 1000, "p99": self._late.at(0.99) * 1000}
        self._late = Spread()
        return {
            "events": self._events,
            "bytes": self._bytes,
            "ahead_s": self._ahead_s,
            "late_ms": late,
            "behind_s": self.simulator.server.behind_s,
            "cpu_s": time.process_time(),
        }

    def mark(self, number: int) -> dict[str, float]:
        """Pause somebody idle with a reason nobody else has; when its bytes were handed to the socket."""
        lines = self.simulator.exchange.lines
        for agent in self._marked:
            lines.pause(agent, paused=False)
        agents = self.simulator.world.agents.values()
        self._marked = [next(agent for agent in agents if not agent.busy and not agent.paused and agent.members)]
        lines.pause(self._marked[0], f"mark-{number}")
        at = time.time()
        self.simulator.server.flush()
        return {"at": at}

    def queues(self) -> dict[str, list[str]]:
        """Their names."""
        return {"queues": list(self.simulator.world.queues)}


VERBS: dict[str, Callable[..., Any]] = {"told": Exchange.told, "mark": Exchange.mark, "queues": Exchange.queues}


async def serve(exchange: Exchange) -> None:
    """Answer what we are asked until nobody asks any more."""
    print(json.dumps({"port": await exchange.simulator.start()}), flush=True)
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while line := await asked.readline():
        verb, *words = line.decode().split()
        print(json.dumps(VERBS[verb](exchange, *map(int, words))), flush=True)
    await exchange.simulator.stop()


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]]
    asyncio.run(serve(Exchange(int(given[0]), int(given[1]), given[2], given[3] if len(given) > 3 else 1.0)))
