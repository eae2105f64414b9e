"""Callers by quarters of an hour, as forecasts want them."""

from __future__ import annotations

from dataclasses import replace

from floor.history.arrivals import arrivals_in
from floor.history.database import Database
from floor.history.rows import Entry
from floor.history.upsert import write
from floor.ports import Arrivals
from floor.state.model import Ending
from tests.history.entities import NOW, finished, gap, lost, talking, waiting

QUARTER = int(NOW // 900)
BEGIN = QUARTER * 900.0


def asked(database: Database, *entries: Entry, offsets: dict[str, float] | None = None) -> Arrivals:
    with database.writing() as connection:
        write(connection, entries)
    stretches = [(BEGIN - 7 * 86400, BEGIN - 7 * 86400 + 900), (BEGIN, BEGIN + 1800)]
    with database.reading() as connection:
        return arrivals_in(connection, stretches, [("pbx", "support"), ("pbx", "new")], offsets)


def test_who_joined_when(database: Database) -> None:
    """Answered, lost and waiting callers alike, in the stretches asked for; not those turned away at the door."""
    full = replace(lost(waiting("9.0", BEGIN + 6), Ending.QUEUE_FULL), joined_at=None)
    found = asked(
        database,
        finished(talking(waiting("1.0", BEGIN - 7 * 86400 + 1))),
        waiting("2.0", BEGIN - 1),
        waiting("3.0", BEGIN),
        lost(waiting("4.0", BEGIN + 899)),
        waiting("5.0", BEGIN + 900),
        waiting("6.0", BEGIN + 901, queue="sales"),
        waiting("7.0", BEGIN + 1800),
        full,
    )
    queue = waiting("3.0", BEGIN).queue
    assert dict(found.counts) == {
        ("pbx", queue, QUARTER - 7 * 96): 1,
        ("pbx", queue, QUARTER): 2,
        ("pbx", queue, QUARTER + 1): 1,
        ("pbx", "sales", QUARTER + 1): 1,
    }


def test_since_when_a_queue_is_known(database: Database) -> None:
    """From its first caller on record, on our clock; a queue never heard of is not there."""
    found = asked(database, waiting("1.0", BEGIN - 9e6), waiting("2.0", BEGIN), offsets={"pbx": 100.0})
    assert found.first == {("pbx", "support"): BEGIN - 9e6 - 100}


def test_clock_of_the_exchange(database: Database) -> None:
    """An exchange ten minutes ahead: quarters are ours."""
    found = asked(database, waiting("1.0", BEGIN + 599), waiting("2.0", BEGIN + 2399), offsets={"pbx": 600.0})
    assert [quarter for _, _, quarter in found.counts] == [QUARTER + 1]


def test_gaps(database: Database) -> None:
    """Those that nobody healed, on our clock; open ones without an end."""
    open_gap = replace(gap(BEGIN + 10), ended_at=None)
    healed = replace(gap(BEGIN - 50), ended_at=BEGIN - 20, healed=True)
    found = asked(database, open_gap, healed, offsets={"pbx": 5.0})
    assert list(found.gaps) == [("pbx", BEGIN + 5, None)]
    with database.reading() as connection:
        assert arrivals_in(connection, [], []) == Arrivals({}, {}, [])
