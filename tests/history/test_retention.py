"""What is older than it is to be kept goes, a little at a time."""

from __future__ import annotations

from floor.history.database import Database
from floor.history.retention import prune
from floor.history.rows import Entry
from floor.history.upsert import write
from tests.history.entities import NOW, finished, gap, lost, offer, span, stored, waiting


def _prune(database: Database, limit: int = 500) -> int:
    with database.writing() as connection:
        return prune(connection, NOW, limit)


def test_old_goes_new_stays(database: Database) -> None:
    """Ended visits, rings, spans and closed gaps from before the moment go; everything later stays."""
    old: list[Entry] = [
        finished(waiting("1.1", NOW - 9)),
        offer(began_at=NOW - 9),
        span(NOW - 9),
        gap(NOW - 9, NOW - 8),
    ]
    new: list[Entry] = [finished(waiting("2.2", NOW)), offer(began_at=NOW), span(NOW), gap(NOW, NOW + 1)]
    with database.writing() as connection:
        write(connection, [*old, *new])
    assert _prune(database) == 4
    assert [row for rows in stored(database) for row in rows] == new


def test_unfinished_stays(database: Database) -> None:
    """A call that still lasts and a gap that is still open stay, however old."""
    with database.writing() as connection:
        write(connection, [waiting(joined_at=NOW - 9e6), gap(NOW - 9e6, None)])
    assert _prune(database) == 0


def test_small_portions(database: Database) -> None:
    """Each call deletes at most its portion, oldest first, so that writing never waits long."""
    with database.writing() as connection:
        write(connection, [lost(waiting(f"{n}.0", NOW - 100 + n)) for n in range(25)])
    assert [_prune(database, 10) for _ in range(4)] == [10, 10, 5, 0]
