"""Silence is noticed, and only silence."""

from __future__ import annotations

import asyncio
import time

import pytest

from asterisk.deliveries import (
    ClockCompared,
    CloseReason,
)
from floor.state.model import LinkState
from tests.asterisk_link.conftest import Ear, Start
from tests.asterisk_link.peer import Peer, event, success
from tests.support.proxy import Proxy


async def test_a_half_open_link_is_found_within_the_watchdog(start: Start, ear: Ear) -> None:
    """A wire that silently stops forwarding is noticed in time, told as a loss, and left for a new session."""
    async with Peer() as peer, Proxy(peer.port) as proxy:
        link = start(proxy.port, watchdog_s=1)
        await ear.pictures()
        proxy.stall()
        began = time.monotonic()
        closed = await ear.closed(CloseReason.SILENT)
        assert time.monotonic() - began <= 1.05
        assert closed.last_heard_at is not None
        assert link.state is LinkState.DOWN
        proxy.cut()
        proxy.resume()
        await ear.pictures(2)
    assert link.health().reconnects == 1


async def test_a_quiet_exchange_that_answers_pings_is_left_alone(start: Start, ear: Ear) -> None:
    """Nothing to say is not dead."""
    async with Peer() as peer:
        start(peer.port, watchdog_s=1)
        await ear.pictures()
        await asyncio.sleep(1.6)
        assert peer.names().count("Ping") >= 3
    assert peer.sessions == 1


async def test_the_clock_is_compared_and_the_lag_known(start: Start, ear: Ear) -> None:
    """The offset comes from Ping; whether events are stamped is learnt from the first stamped one."""
    async with Peer() as peer:
        link = start(peer.port)
        await ear.until(lambda: bool(ear.all(ClockCompared)))
        compared = ear.all(ClockCompared)[0]
        assert compared.offset_s == pytest.approx(1795315210.25 - time.time(), abs=1.0)
        assert not compared.timestamps
        peer.say(event("Stamped", Timestamp="1795315210.250000"))
        await ear.until(lambda: ear.all(ClockCompared)[-1].timestamps)
        lag = link.health().lag_s
        assert lag is not None
        assert 0 <= lag < 2


async def test_a_peer_without_a_clock_is_not_guessed(start: Start, ear: Ear) -> None:
    """No timestamp in the answer to Ping: the offset is not known, never zero."""
    async with Peer(Ping=lambda _, action: success(action, "Ping: Pong")) as peer:
        start(peer.port)
        await ear.until(lambda: bool(ear.all(ClockCompared)))
    assert ear.all(ClockCompared)[0].offset_s is None
