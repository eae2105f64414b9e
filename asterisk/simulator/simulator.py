"""The simulator as others use it: build a floor, warm it up, serve it, give it commands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from asterisk.simulator.people import People
from asterisk.simulator.scenario import FloorSettings, build
from asterisk.simulator.server import Server
from asterisk.simulator.session import Account
from asterisk.simulator.world import World

USER, SECRET = "floor", "floor"


class Simulator:
    """One simulated exchange on a TCP port.

    ``start_at`` is the simulated moment at which it begins to listen (default: now, so that its clock is ours);
    ``speed`` is simulated seconds per real second; the floor is ``warmup_s`` old when it begins.
    """

    def __init__(
        self,
        settings: FloorSettings | None = None,
        seed: int = 1,
        *,
        speed: float = 1.0,
        clock: Callable[[], float] = time.time,
        user: str = USER,
        secret: str = SECRET,
        warmup_s: float = 900.0,
        busy_at: int = 0,
    ) -> None:
        self.settings = settings or FloorSettings()
        self.world = World(seed, clock() - warmup_s)
        self.exchange = build(self.world, self.settings, busy_at=busy_at)
        self.people = People(self.exchange, self.settings)
        self.people.arrive()
        self.world.schedule.run_until(self.world.now + warmup_s)
        self.server = Server(self.exchange, {user: Account(user, secret)}, speed)

    @property
    def queue_log(self) -> list[str]:
        """What Asterisk would have written to queue_log so far."""
        return self.world.queue_log

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; returns the port."""
        return await self.server.start(host, port)

    async def stop(self) -> None:
        await self.server.stop()


async def run(
    agents: int = 42,
    queues: int = 5,
    seed: int = 1,
    speed: float = 1.0,
    host: str = "127.0.0.1",
    port: int = 5038,
    *,
    user: str = USER,
    secret: str = SECRET,
) -> None:
    """Serve a simulated exchange until cancelled."""
    simulator = Simulator(FloorSettings(agents=agents, queue_count=queues), seed, speed=speed, user=user, secret=secret)
    await simulator.start(host, port)
    try:
        await asyncio.Event().wait()
    finally:
        await simulator.stop()
