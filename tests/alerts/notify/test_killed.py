"""``kill -9`` between the claim and the delivery, with real processes on a real database."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from alerts.ledger import CLAIM_S
from alerts.ledger.ledger import Ledger
from alerts.model import Delivery, DeliveryState
from floor.clock import SystemClock
from floor.history.database import Database
from floor.tasks import Tasks
from tests.alerts.notify.cast import Receiver, message

pytestmark = pytest.mark.slow


async def store(folder: Path) -> None:
    """One message, stored as the engine stores it."""
    database, tasks = Database(f"sqlite:///{folder / 'floor.sqlite3'}"), Tasks()
    await asyncio.to_thread(database.upgrade)
    ledger = Ledger(database, folder, SystemClock())
    await ledger.open()
    tasks.start("record", ledger.run())
    ledger.put_messages([Delivery(message("m1"), DeliveryState.WAITING)])
    assert await ledger.flush()
    await tasks.stop()
    await ledger.close()
    database.close()


async def states(folder: Path) -> list[tuple[DeliveryState, int]]:
    database = Database(f"sqlite:///{folder / 'floor.sqlite3'}")
    found = await Ledger(database, folder, SystemClock()).deliveries("a1")
    database.close()
    return [(one.state, one.attempts) for one in found]


async def teller(folder: Path, url: str, ahead_s: float) -> asyncio.subprocess.Process:
    words = ("-m", "tests.alerts.notify.teller", str(folder), url, str(ahead_s))
    return await asyncio.create_subprocess_exec(sys.executable, *words)


async def test_the_next_process_tells_it_again_under_the_same_key(tmp_path: Path) -> None:
    """The receiver sees the key twice, and no third time; on record it was told once."""
    await store(tmp_path)
    async with Receiver(None) as receiver:
        first = await teller(tmp_path, receiver.url, 0)
        async with asyncio.timeout(30):
            await receiver.got.wait()
        first.kill()
        await first.wait()
        [(state, _)] = await states(tmp_path)
        assert state is DeliveryState.CLAIMED
        receiver.answer = b"HTTP/1.1 204 No Content\r\n\r\n"
        second = await teller(tmp_path, receiver.url, CLAIM_S + 1)
        async with asyncio.timeout(30):
            assert await second.wait() == 0
    assert [request.headers["idempotency-key"] for request in receiver.requests] == ["m1", "m1"]
    assert await states(tmp_path) == [(DeliveryState.SENT, 2)]
