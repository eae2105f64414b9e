"""Writing may be repeated: the contract of the writer's batches over SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.history.database import Database
from floor.history.queries import seen
from floor.history.rows import Entry, Seen
from floor.history.upsert import insert_visits, replace_visit, write
from floor.state.model import AgentState, Ending
from tests.history.entities import NOW, finished, gap, lost, offer, span, stored, stored_visits, talking, waiting


def _write(database: Database, *entries: Entry) -> None:
    with database.writing() as connection:
        write(connection, entries)


def test_one_row_per_visit(database: Database) -> None:
    """Joined, answered, ended: one visit, at its last stage, whether in one batch or in three."""
    one, other = waiting("1.1"), waiting("2.2")
    _write(database, one, talking(one), finished(one), other)
    _write(database, talking(other))
    _write(database, finished(other))
    assert stored_visits(database) == [finished(one), finished(other)]


def test_twice_is_once(database: Database) -> None:
    """The same batch again changes nothing at all."""
    batch: list[Entry] = [finished(waiting()), offer(), span(), span(state=AgentState.READY), gap(), Seen("pbx", NOW)]
    _write(database, *batch)
    before = stored(database)
    _write(database, *batch)
    _write(database, waiting(), *batch)
    assert stored(database) == before
    assert [len(rows) for rows in before] == [1, 1, 2, 1]


def test_back_in_the_same_queue(database: Database) -> None:
    """A caller who timed out and joined again at once is two visits, however the batches fall."""
    first = lost(waiting(joined_at=NOW + 0.2), Ending.TIMED_OUT, wait_s=1)
    second = waiting(joined_at=NOW + 1.25)
    _write(database, first, second)
    _write(database, first, finished(second))
    assert [visit.ending for visit in stored_visits(database)] == [Ending.TIMED_OUT, Ending.ANSWERED]


def test_many_visits_within_a_second(database: Database) -> None:
    """A dialplan that loops over an empty queue makes a visit each time, and each is kept."""
    loops = [
        replace(lost(waiting(joined_at=NOW + n / 50), Ending.EXIT_EMPTY, wait_s=0), ended_at=NOW + n / 50 + 0.01)
        for n in range(20)
    ]
    for visit in loops:
        _write(database, replace(waiting(joined_at=visit.joined_at)), visit)
    assert len(stored_visits(database)) == 20


def test_found_again_after_a_restart(database: Database) -> None:
    """A caller found again with his wait counted back in whole seconds is the same caller."""
    _write(database, waiting(joined_at=NOW + 0.7))
    _write(database, finished(waiting(joined_at=NOW + 1.5)))
    (visit,) = stored_visits(database)
    assert visit.joined_at == NOW + 0.7
    assert visit.ending is Ending.ANSWERED


def test_same_call_elsewhere(database: Database) -> None:
    """One call in two queues, and one Uniqueid on two exchanges, are different visits."""
    _write(database, waiting(queue="support"), waiting(queue="sales"), waiting(pbx="other"))
    assert len(stored_visits(database)) == 3


def test_gap_ends_once(database: Database) -> None:
    """A gap is one row from its beginning to its end and its healing; neither is taken back."""
    _write(database, gap(ended_at=None))
    _write(database, gap(ended_at=NOW + 29))
    _write(database, gap(ended_at=NOW + 29, healed=True))
    _write(database, gap(ended_at=None))
    assert stored(database)[3] == [gap(ended_at=NOW + 29, healed=True)]


def test_seen(database: Database) -> None:
    """Per exchange, the last moment on record."""
    _write(database, Seen("a_b", NOW), Seen("a_b", NOW + 1), Seen("c%", 1.0))
    _write(database, Seen("a_b", NOW + 2.5))
    with database.reading() as connection:
        assert seen(connection) == {"a_b": NOW + 2.5, "c%": 1.0}


def test_insert_visits(database: Database) -> None:
    """Healed visits go beside what is there and never onto it, not even when they are as near as can be."""
    kept = finished(waiting(joined_at=NOW + 0.4))
    _write(database, kept)
    healed = replace(lost(waiting(joined_at=NOW)), healed=True)
    for _ in range(2):
        with database.writing() as connection:
            insert_visits(connection, [healed])
    assert stored_visits(database) == [healed, kept]


@pytest.mark.parametrize("same", [True, False])
def test_replace_visit(database: Database, same: bool) -> None:
    """A stored visit is completed only while it still is what we decided upon."""
    before = lost(waiting(), Ending.UNKNOWN)
    _write(database, before if same else finished(waiting()))
    after = replace(lost(waiting()), healed=True)
    with database.writing() as connection:
        assert replace_visit(connection, before, after) is same
    assert stored_visits(database) == [after if same else finished(waiting())]
