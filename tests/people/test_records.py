"""Records are asked for one after the other, and never by more than can be served."""

from __future__ import annotations

import asyncio
import threading

import pytest
from sqlalchemy.exc import OperationalError

from floor.history.database import Database
from floor.history.errors import DatabaseUnusableError
from floor.people import records as module
from floor.people.records import Records


async def test_one_after_the_other(sqlite_database: Database) -> None:
    """Two never write at the same time, so that neither waits for SQLite's lock."""
    records, inside, most = Records(sqlite_database), threading.Semaphore(1), []

    def work() -> None:
        most.append(inside.acquire(blocking=False))
        inside.release()

    await asyncio.gather(*(records.do(work) for _ in range(20)))
    assert most == [True] * 20


async def test_a_database_that_is_away_is_a_sentence() -> None:
    """It names the key, and no password."""
    records = Records(Database("postgresql://u:geheim@127.0.0.1:1/d"))

    def away() -> None:
        raise OperationalError("SELECT 1", {}, OSError(111, "Connection refused"))

    with pytest.raises(DatabaseUnusableError, match=r"database: .* does not answer: Connection refused") as caught:
        await records.do(away)
    assert "geheim" not in str(caught.value)
    with pytest.raises(DatabaseUnusableError):
        await records.do(records.standing, "digest")


async def test_a_queue_has_an_end(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the database hangs, the next one is told at once instead of waiting behind everybody."""
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    records, go = Records(sqlite_database), threading.Event()
    waiting = [asyncio.ensure_future(records.do(go.wait, 10)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(DatabaseUnusableError, match="too slow"):
        await records.do(go.is_set)
    go.set()
    assert await asyncio.gather(*waiting) == [True, True]
    assert await records.do(go.is_set)
