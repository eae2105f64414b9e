"""The sign-ins that stand, in memory."""

from __future__ import annotations

from dataclasses import replace

from floor.history.database import Database
from floor.people.attendance import (
    Attendance,
    Live,
    standing,
    write,
    write_end,
    write_lock,
    write_seen,
    write_unlock,
)
from tests.history.entities import NOW

ONE = Live("s1", 1, "d1", "192.0.2.1", NOW, NOW, NOW + 3600, written_at=NOW)
TWO = Live("s2", 2, "d2", "192.0.2.2", NOW, NOW, NOW + 3600, written_at=NOW)


def test_one_per_person() -> None:
    """A second sign-in of somebody takes the place of the first (R-SEC-4)."""
    attendance = Attendance()
    for live in (ONE, TWO, replace(ONE, id="s3", digest="d3")):
        attendance.put(replace(live))
    assert attendance.present() == {1, 2}
    assert attendance.by_digest("d1") is attendance.by_id("s1") is None
    attendance.drop("s3")
    attendance.drop("s3")
    assert attendance.present() == {2}
    assert [live.id for live in attendance] == ["s2"]


def test_what_was_seen_here_stays() -> None:
    """Reading the database anew loses no activity that was not written yet, and keeps who holds the object right."""
    attendance = Attendance()
    attendance.put(mine := replace(ONE, seen_at=NOW + 20))
    attendance.replace([replace(ONE, locked_at=NOW + 5), replace(TWO)])
    assert attendance.by_digest("d1") is mine
    assert (mine.seen_at, mine.locked_at) == (NOW + 20, NOW + 5)
    attendance.replace([])
    assert attendance.present() == frozenset()


def test_rows(database: Database) -> None:
    """What is written is read back; each change says whether it found something to change."""
    with database.writing() as connection:
        write(connection, ONE)
        write(connection, TWO)
        assert standing(connection) == [ONE, TWO]
        assert standing(connection, "d2") == [TWO]
        write_seen(connection, {"s1": NOW + 9, "s2": NOW - 9})
        assert [live.seen_at for live in standing(connection)] == [NOW + 9, NOW]
        assert not write_lock(connection, "s1", NOW + 300, 300)
        assert write_lock(connection, "s2", NOW + 300, 300)
        assert not write_lock(connection, "s2", NOW + 301, 300)
        assert write_unlock(connection, "s2", NOW + 310)
        assert write_end(connection, "s2", "asked", NOW + 320)
        assert not write_end(connection, "s2", "asked", NOW + 321)
        assert not write_unlock(connection, "s2", NOW + 322)
        assert [live.id for live in standing(connection)] == ["s1"]
