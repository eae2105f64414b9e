"""``floor demo`` and ``floor simulate``: a pretended exchange, with or without a board on it."""

from __future__ import annotations

import asyncio
import random
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from asterisk.simulator.asking import Asking
from asterisk.simulator.programme import Programme
from asterisk.simulator.scenario import FloorSettings, agent_name
from asterisk.simulator.session import Account
from asterisk.simulator.simulator import SECRET, USER, Simulator
from floor.assembly import Floorwatch
from floor.clock import SystemClock
from floor.history.database import Database
from floor.settings import PbxSettings, Settings
from floor.verbs.demo_people import greeting, seed_people

PAST_S = 2700.0
"""The pretended floor has been at work this long when the board opens, so that there are figures to look at."""
RING_S = 28.0
"""Longer than three rings, so that a late answer (R-ANS-1) can be seen; less than the six of R-ANS-7."""
CONTEXT = "internal"
"""Where the pretended exchange dials numbers that calls are sent to."""
PAST_SMALL = 200
"""Larger floors begin fresh: their past would take longer to make up than to wait for."""


@dataclass(frozen=True, slots=True)
class Pretence:
    """What is pretended; the same seed gives the same day."""

    agents: int
    queues: int
    seed: int | None
    speed: float

    def simulator(self, secret: str = SECRET, queue_log: Path | None = None) -> Simulator:
        """The exchange, warmed up; its queue_log is written to the file."""
        seed = random.SystemRandom().randrange(1_000_000) if self.seed is None else self.seed
        past = PAST_S if self.agents <= PAST_SMALL else 120.0
        plan = FloorSettings(agents=self.agents, queue_count=self.queues, ring_s=RING_S)
        return Simulator(
            plan, seed, speed=self.speed, warmup_s=past, accounts=(Account(USER, secret),), queue_log=queue_log
        )


async def run_demo(
    settings: Settings,
    pretence: Pretence,
    stop: asyncio.Event,
    ready: Callable[[str], None],
    greet: Callable[[str], None],
    *,
    keep: bool,
) -> None:
    """A whole Floorwatch on a pretended exchange; without ``keep`` its data folder is gone afterwards.

    What is pretended must not get into a real record: ``settings.database`` is to be one named for this very demo.
    ``greet`` is told, once, who may sign in and how.
    """
    secret = secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="floorwatch-demo-") as folder:
        log = Path(folder) / "queue_log"
        simulator = pretence.simulator(secret, log)
        port = await simulator.start()
        pbx = PbxSettings(
            name="demo", host="127.0.0.1", port=port, user=USER, secret=SecretStr(secret), queue_log=str(log)
        )
        data = settings.data_dir if keep else Path(folder)
        console = settings.console.model_copy(update={"transfer_context": CONTEXT})
        settings = settings.model_copy(update={"pbx": (pbx,), "data_dir": data, "console": console})
        watch = Floorwatch(settings, since=_first_moment(simulator.queue_log))
        watch.ailments.only_pages = True
        try:
            password = await asyncio.to_thread(_seeded, settings.database_url, pretence.agents)
            shows = Programme(simulator.exchange, simulator.failures), Asking(simulator.exchange, pretence.seed)
            await watch.run(stop, lambda: _open(shows, watch.web.url, password, ready, greet))
        finally:
            await simulator.stop()


def _seeded(database_url: str, agents: int) -> str | None:
    """People on the pretended floor, and the password of those who may sign in."""
    database = Database(database_url)
    try:
        return seed_people(database, [agent_name(number) for number in range(agents)], SystemClock().now())
    finally:
        database.close()


def _open(
    shows: tuple[Programme, Asking],
    url: str,
    password: str | None,
    ready: Callable[[str], None],
    greet: Callable[[str], None],
) -> None:
    for show in shows:
        show.begin()
    ready(url)
    greet(greeting(password))


def _first_moment(queue_log: list[str]) -> float | None:
    """The pretended exchange is as old as its log."""
    return float(queue_log[0].partition("|")[0]) + 1.0 if queue_log else None


async def run_simulator(
    pretence: Pretence, host: str, port: int, stop: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Only the exchange."""
    simulator = pretence.simulator()
    port = await simulator.start(host, port)
    say(f"A simulated exchange speaks AMI on {host}:{port} (user {USER}, secret {SECRET})")
    try:
        await stop.wait()
    finally:
        await simulator.stop()
