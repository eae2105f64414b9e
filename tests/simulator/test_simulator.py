"""The simulator as others use it: its commands, its log, its speed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from asterisk.simulator import FloorSettings, Simulator
from asterisk.simulator.failures import CommandError
from asterisk.simulator.simulator import COMMANDS, usual_warmup_s
from tests.simulator.floors import MIDDAY, Client


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A small floor whose day runs a hundred times as fast."""
    simulator = Simulator(FloorSettings(agents=20), 1, speed=100.0, clock=lambda: MIDDAY, warmup_s=120.0)
    await simulator.start()
    yield simulator
    await simulator.stop()


def _port(simulator: Simulator) -> int:
    return simulator.server.port


async def test_failures_can_be_commanded_over_the_console(simulator: Simulator) -> None:
    """``Action: Command`` with ``simulator VERB key=value``: for drills from another process."""
    client = await Client.logged_in(_port(simulator))
    await client.ask("Command", Command="simulator trunk_lost trunk=carrier-b seconds=5")
    await client.until("Status: Unregistered")
    await client.until("Status: Registered")
    await client.ask("Command", Command="simulator explode")
    await client.until("no command 'explode'; there are: trunk_lost")
    await client.ask("Command", Command="simulator surge loud")
    await client.until("'loud' is not key=value")
    await client.close()


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("explode", {}), ("surge", {"speed": 3}), ("surge", {"factor": -1}), ("trunk_lost", {"trunk": "x"})],
)
async def test_a_command_that_cannot_be_is_refused_in_a_sentence(
    simulator: Simulator, name: str, arguments: dict[str, object]
) -> None:
    """Unknown names, unknown arguments, impossible values."""
    with pytest.raises(CommandError):
        await simulator.command(name, **arguments)


async def test_the_queue_log_is_written_to_a_file_too(tmp_path: Path) -> None:
    """Line by line what the list holds, warm-up included."""
    path = tmp_path / "queue_log"
    simulator = Simulator(FloorSettings(agents=12), 1, clock=lambda: MIDDAY, warmup_s=300.0, queue_log=path)
    await simulator.start()
    await simulator.stop()
    assert path.read_text().splitlines() == simulator.queue_log
    assert len(simulator.queue_log) > 20


async def test_speed_is_simulated_seconds_per_second(simulator: Simulator) -> None:
    """At a hundredfold speed a minute passes in little more than half a second."""
    passed, loop = asyncio.Event(), asyncio.get_running_loop()
    simulator.world.schedule.after(60, passed.set)
    began = loop.time()
    async with asyncio.timeout(20):
        await passed.wait()
    assert loop.time() - began > 0.5


def test_a_large_floor_warms_up_for_less_time() -> None:
    """And it is open at the moment that the clock says."""
    usual = Simulator(FloorSettings(agents=12), 1, clock=lambda: MIDDAY)
    assert usual.world.now == MIDDAY
    assert usual.world.now - usual.world.booted_at == usual_warmup_s(12) == 900.0
    assert usual_warmup_s(5000) == 240.0


async def test_every_command_has_a_verb_with_words(simulator: Simulator) -> None:
    """What can be commanded is documented where it is done."""
    for name in COMMANDS:
        assert simulator.verb(name).__doc__
