"""Rows wait for a database that does not answer, in order and in bounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from alerts.ledger.incident_tables import plan_reviews
from alerts.ledger.shelf import Shelf
from floor.history.database import Database
from floor.history.errors import DatabaseUnusableError


def put(shelf: Shelf, number: int) -> None:
    shelf.put(plan_reviews, plan=f"p{number}", at=float(number), actor="Li", what="x", why="y")


async def test_waits_and_writes(tmp_path: Path) -> None:
    """What a database without tables refuses is written, in order, once it has them."""
    database = Database(f"sqlite:///{tmp_path / 'floor.sqlite3'}", busy_s=0.1)
    shelf = Shelf(database)
    for number in range(3):
        put(shelf, number)
    assert not await shelf.flush()
    assert shelf.waiting == 3
    with pytest.raises(DatabaseUnusableError):
        await shelf.ask(lambda connection: connection.execute(select(plan_reviews)).all())
    database.upgrade()
    assert await shelf.flush()
    names = await shelf.ask(
        lambda c: c.execute(select(plan_reviews.c.plan).order_by(plan_reviews.c.id)).scalars().all()
    )
    assert names == ["p0", "p1", "p2"]
    database.close()


async def test_full(tmp_path: Path) -> None:
    """Beyond its size the newest are refused and counted."""
    database = Database(f"sqlite:///{tmp_path / 'floor.sqlite3'}", busy_s=0.1)
    database.upgrade()
    shelf = Shelf(database, capacity=2)
    for number in range(5):
        put(shelf, number)
    assert (shelf.waiting, shelf.lost) == (2, 3)
    assert await shelf.flush()
    assert await shelf.ask(lambda c: c.execute(select(func.count()).select_from(plan_reviews)).scalar()) == 2
    database.close()
