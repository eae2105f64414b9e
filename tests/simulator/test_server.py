"""The exchange on a socket: sessions, slow readers, and every failure of the connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from asterisk.simulator import FloorSettings, Simulator
from tests.simulator.floors import MIDDAY, Client
from tests.simulator.orders import messages


@pytest_asyncio.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A small floor whose day runs a hundred times as fast."""
    simulator = Simulator(FloorSettings(agents=20), 1, speed=100.0, clock=lambda: MIDDAY, warmup_s=120.0)
    await simulator.start()
    yield simulator
    await simulator.stop()


def _port(simulator: Simulator) -> int:
    return simulator.server.port


async def test_a_client_logs_in_lists_and_hears_the_floor(simulator: Simulator) -> None:
    """The whole of it over TCP, with stamps on the simulated clock."""
    client = await Client.logged_in(_port(simulator))
    assert (await client.ask("CoreSettings"))["AsteriskVersion"].startswith("22.")
    queues = await client.listing("QueueStatus")
    assert {m["Queue"] for m in queues} == set(simulator.world.queues)
    await client.until("Event: AgentConnect")
    stamps = [float(m["Timestamp"]) for m in messages(client.text) if "Privilege" in m and "Timestamp" in m]
    assert stamps == sorted(stamps)
    assert stamps[0] >= MIDDAY
    assert (await client.ask("Logoff"))["Response"] == "Goodbye"
    await client.until_closed()


async def test_several_clients_hear_the_same(simulator: Simulator) -> None:
    """Each its own session; what one asks does not reach the other."""
    one, two = await Client.logged_in(_port(simulator)), await Client.logged_in(_port(simulator))
    await one.listing("QueueStatus")
    await one.until("Event: Hangup")
    await two.until("Event: Hangup")
    assert "QueueStatusComplete" not in two.text
    await one.close()
    await two.close()


async def test_a_wrong_secret_closes_the_connection(simulator: Simulator) -> None:
    """The refusal arrives before the end."""
    client = await Client.connect(_port(simulator))
    client.send("Login", Username="floor", Secret="wrong")
    await client.until_closed()
    assert "Authentication failed" in client.text


async def test_a_reader_who_does_not_read_is_dropped() -> None:
    """His backlog is bounded; the others do not notice."""
    simulator = Simulator(FloorSettings(agents=20), 1, clock=lambda: MIDDAY, warmup_s=60.0, backlog=200_000)
    port = await simulator.start()
    deaf, attentive = await Client.logged_in(port), await Client.logged_in(port)
    deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
    async with asyncio.timeout(20):
        while not simulator.server.dropped:
            await simulator.command("burst", events=500)
            attentive.text = ""
            await attentive.ask("Ping")
    assert simulator.server.dropped == 1
    assert (await attentive.ask("Ping"))["Ping"] == "Pong"
    await deaf.close()
    await attentive.close()
    await simulator.stop()


async def test_a_restart_says_goodbye_and_comes_back_empty(simulator: Simulator) -> None:
    """Shutdown, end of connection; the same port again, freshly booted, without calls of before."""
    client = await Client.logged_in(_port(simulator))
    before = {m["Uniqueid"] for m in await client.listing("CoreShowChannels")}
    restarting = asyncio.create_task(simulator.command("restart", down_s=0.05))
    await client.until_closed()
    assert client.text.rstrip().endswith("Shutdown: Cleanly\r\nRestart: True")
    await restarting
    client = await Client.logged_in(_port(simulator))
    assert not before & {m["Uniqueid"] for m in await client.listing("CoreShowChannels")}
    await client.until("Event: AgentConnect")
    await client.close()


async def test_a_killed_exchange_is_simply_gone(simulator: Simulator) -> None:
    """No Shutdown, the port refuses; until it is booted."""
    client = await Client.logged_in(_port(simulator))
    await simulator.command("kill")
    await client.until_closed()
    assert "Shutdown" not in client.text
    with pytest.raises(ConnectionError):
        await Client.connect(_port(simulator))
    await simulator.command("boot")
    client = await Client.logged_in(_port(simulator))
    await client.until("Event: AgentConnect")
    await client.close()


async def test_a_silent_exchange_keeps_the_connection_and_says_nothing(simulator: Simulator) -> None:
    """Half-open: no event, no answer, not even a banner for a newcomer; all of it comes when it is over."""
    client = await Client.logged_in(_port(simulator))
    await simulator.command("silent")
    client.send("Ping")
    newcomer = await Client.connect(_port(simulator))
    with pytest.raises(TimeoutError):
        await client.until("Ping: Pong", within_s=0.2)
    assert not newcomer.text
    await simulator.command("resume")
    await client.until("Ping: Pong")
    await newcomer.until("Asterisk Call Manager")
    await client.close()
    await newcomer.close()


async def test_a_slow_exchange_answers_late(simulator: Simulator) -> None:
    """Everything arrives, in order, a while later."""
    client = await Client.logged_in(_port(simulator))
    await simulator.command("slow", delay_s=0.3)
    loop = asyncio.get_running_loop()
    asked_at = loop.time()
    await client.ask("Ping")
    assert loop.time() - asked_at >= 0.25
    await simulator.command("resume")
    asked_at = loop.time()
    await client.ask("CoreStatus")
    assert loop.time() - asked_at < 0.25
    await client.close()


async def test_a_cut_breaks_the_connection_but_not_the_exchange(simulator: Simulator) -> None:
    """Calls go on; who comes back finds them."""
    client = await Client.logged_in(_port(simulator))
    assert await simulator.command("cut") == 1
    await client.until_closed()
    client = await Client.logged_in(_port(simulator))
    assert await client.listing("CoreShowChannels")
    await client.close()


async def test_a_mistake_in_the_world_is_not_a_quiet_floor() -> None:
    """Everybody is cut off, and stopping raises what went wrong."""
    broken = Simulator(FloorSettings(agents=12), 1, clock=lambda: MIDDAY, warmup_s=60.0)
    client = await Client.logged_in(await broken.start())

    def mistake() -> None:
        raise ZeroDivisionError

    broken.world.schedule.after(0, mistake)
    await client.until_closed()
    with pytest.raises(ZeroDivisionError):
        await broken.stop()


async def test_a_silent_exchange_does_not_hoard_what_it_is_told() -> None:
    """Who keeps talking to it is dropped at the bound."""
    simulator = Simulator(FloorSettings(agents=12), 1, clock=lambda: MIDDAY, warmup_s=60.0, backlog=100_000)
    client = await Client.logged_in(await simulator.start())
    await simulator.command("silent")
    client.writer.write(b"Action: Ping\r\n\r\n" * 20_000)
    await client.until_closed()
    await simulator.stop()
