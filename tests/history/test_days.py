"""Days that are added up once: whatever is kept, a report is what a recount of the rows would be."""

from __future__ import annotations

import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError

from floor.day import Day
from floor.history.database import Database
from floor.history.days import count_day, count_next, kept_days, report
from floor.history.queries import Interval, figures_by_interval
from floor.history.retention import prune
from floor.history.rows import Entry
from floor.history.tables import day_figures, visits
from floor.history.upsert import insert_visits, replace_visit, write
from floor.state.figures import TOTAL, Limits, Subject, values
from floor.state.model import AgentState, Ending
from tests.history.entities import NOW, finished, lost, offer, span, talking, waiting
from tests.support.ready import put_sqlite

HOUR = 3600.0
DAY = 86400.0
UTC = Day("UTC")
BEGIN = UTC.begin(NOW)
WEEK = [BEGIN + n * DAY for n in range(-3, 5)]
Told = dict[tuple[float, Subject], tuple[float, ...]]


def recounted(database: Database, bounds: list[float], limits: Limits) -> Told:
    """Row by row, by the functions that define the figures."""
    told: Told = {}
    with database.reading() as connection:
        for since, until in pairwise(bounds):
            found = figures_by_interval(connection, Interval(since, until), limits)
            told |= {(since, subject): values(figures) for (subject, _), figures in found.items() if figures}
    return told


def reported(database: Database, bounds: list[float], limits: Limits) -> Told:
    with database.viewing() as connection:
        found = report(connection, bounds, limits)
    return {part: values(figures) for part, figures in found.items() if figures}


def _count_all(database: Database, now: float, limits: Limits | None = None) -> int:
    counted = 0
    with database.writing() as connection:
        while count_next(connection, UTC, limits or Limits(), now):
            counted += 1
    return counted


def _write(database: Database, *entries: Entry) -> None:
    with database.writing() as connection:
        write(connection, entries)


def _entries(n: int, at: float) -> list[Entry]:
    visit = waiting(f"{n}.1", at, queue=f"queue{n % 2}")
    stories: list[list[Entry]] = [
        [visit],
        [finished(talking(visit, n % 30))],
        [lost(visit, wait_s=n % 30)],
        [offer(f"{n}.1", at + 1), span(at + 2, AgentState.ACW)],
    ]
    return stories[n % 4]


numbers = st.integers(0, 40)
acts = st.one_of(
    st.tuples(st.just("write"), numbers, st.integers(-60, 60).map(lambda n: NOW + n * HOUR)),
    st.tuples(st.just("heal"), numbers, st.just(0.0)),
    st.tuples(st.just("count"), st.integers(1, 4), st.just(0.0)),
    st.tuples(st.just("count otherwise"), st.integers(1, 4), st.just(0.0)),
    st.tuples(st.just("prune"), st.just(0), st.integers(-60, 0).map(lambda n: NOW + n * HOUR)),
)


def _heal(database: Database, n: int) -> None:
    """As backfill does: completes one, adds another."""
    before = waiting(f"{n}.1", NOW - n * HOUR)
    with database.writing() as connection:
        insert_visits(connection, [before])
        replace_visit(connection, before, lost(before, Ending.TIMED_OUT, n))


def _do(database: Database, act: str, n: int, at: float) -> None:
    if act == "write":
        _write(database, *_entries(n, at))
    elif act == "heal":
        _heal(database, n)
    elif act == "prune":
        with database.writing() as connection:
            prune(connection, at, limit=3)
    else:
        day = Day("UTC" if act == "count" else "Asia/Kolkata")
        with database.writing() as connection:
            for _ in range(n):
                count_next(connection, day, Limits(), NOW + 2 * DAY)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, max_size=25), st.sampled_from([WEEK, [WEEK[0], WEEK[-1]], [WEEK[0] + HOUR, NOW, NOW + DAY]]))
def test_a_report_is_a_recount(tmp_path: Path, doings: list[tuple[str, int, float]], bounds: list[float]) -> None:
    """Written, counted, ended the day after, healed, forgotten, counted by another day, in any order: always equal."""
    path = tmp_path / "floor.sqlite3"
    path.unlink(missing_ok=True)
    database = Database(put_sqlite(path))
    for act, n, at in doings:
        _do(database, act, n, at)
    assert reported(database, bounds, Limits()) == recounted(database, bounds, Limits())
    database.close()


def _spread(database: Database) -> None:
    """Two dozen visits and their work over five days."""
    for n in range(24):
        _write(database, *_entries(n, NOW + (n - 12) * 5 * HOUR))


def test_every_day_that_is_over_is_kept(database: Database) -> None:
    """Counted newest first, each once; the day that lasts is not."""
    _spread(database)
    assert _count_all(database, NOW) == 3
    assert _count_all(database, NOW) == 0
    with database.reading() as connection:
        kept = kept_days(connection, 0, 2 * NOW, Limits())
    assert [day.ended_at for day in kept] == [BEGIN - 2 * DAY, BEGIN - DAY, BEGIN]
    assert reported(database, WEEK, Limits()) == recounted(database, WEEK, Limits())


def test_kept_days_are_read(database: Database) -> None:
    """A report takes what was kept: it does not look at the rows of such a day any more."""
    _spread(database)
    _count_all(database, NOW + 9 * DAY)
    before = reported(database, WEEK, Limits())
    with database.writing() as connection:
        connection.execute(delete(visits))
    assert reported(database, WEEK, Limits()) == before != {}


@pytest.mark.parametrize("late", [0, 1, 2])
def test_what_comes_late_is_counted(database: Database, late: int) -> None:
    """A call that ends the day after, a ring found later, a healed call: the day is counted anew."""
    joined = waiting("1.1", BEGIN - HOUR)
    _write(database, joined)
    _count_all(database, NOW)
    if late == 0:
        _write(database, finished(talking(joined)))
    elif late == 1:
        _write(database, offer(began_at=BEGIN - HOUR))
    else:
        with database.writing() as connection:
            assert replace_visit(connection, joined, lost(joined))
    assert reported(database, WEEK, Limits()) == recounted(database, WEEK, Limits())
    assert _count_all(database, NOW) == 1
    assert reported(database, WEEK, Limits()) == recounted(database, WEEK, Limits())


def test_other_limits(database: Database) -> None:
    """When "in time" means something else a report is right at once, and the days are counted again."""
    _spread(database)
    _count_all(database, NOW)
    other = Limits(answer_s=3, late_ring_s=1, short_abandon_s=1)
    assert reported(database, WEEK, other) == recounted(database, WEEK, other) != reported(database, WEEK, Limits())
    assert _count_all(database, NOW, other) == 3
    assert reported(database, WEEK, other) == recounted(database, WEEK, other)
    assert reported(database, WEEK, Limits()) == recounted(database, WEEK, Limits())


def test_what_is_forgotten_is_in_no_report(database: Database) -> None:
    """Figures of a day go with its rows."""
    _spread(database)
    _count_all(database, NOW)
    with database.writing() as connection:
        assert prune(connection, BEGIN - DAY)
        assert connection.execute(select(func.min(day_figures.c.began_at))).scalar() == BEGIN - DAY
    assert reported(database, WEEK, Limits()) == recounted(database, WEEK, Limits())


def test_exchanges_and_days_are_told_apart(database: Database) -> None:
    """Each exchange's subjects are its own, the total is of all of them; a day of 23 hours has its own bounds."""
    berlin = Day("Europe/Berlin")
    spring = 1_774_738_800.0  # 2026-03-29 00:00 in Berlin, the day of 23 hours
    visit = finished(talking(waiting("1.1", spring + HOUR)))
    _write(database, visit, replace(visit, pbx="other", joined_at=spring + 22.5 * HOUR))
    _write(database, replace(visit, uniqueid="2.2", joined_at=spring + 23.5 * HOUR))
    with database.writing() as connection:
        while count_next(connection, berlin, Limits(), spring + 9 * DAY):
            pass
    bounds = [spring, spring + 23 * HOUR, spring + 47 * HOUR]
    told = reported(database, bounds, Limits())
    assert told == recounted(database, bounds, Limits())
    assert told[spring, TOTAL][0] == 2
    assert told[spring, ("queue", "other", "support")][0] == 1
    assert told[spring + 23 * HOUR, TOTAL][0] == 1


@pytest.mark.postgres
def test_counting_waits_for_who_writes(ready_postgres_url: str) -> None:
    """On a server others write meanwhile: a row that is not yet committed is in the day, or the day is counted anew."""
    database = Database(ready_postgres_url)
    _write(database, waiting("1.1", BEGIN - HOUR))
    counter = threading.Thread(target=_count_all, args=(database, NOW))
    with database.writing() as connection:
        write(connection, [waiting("2.2", BEGIN - HOUR)])
        counter.start()
        counter.join(0.2)
        assert counter.is_alive()
    counter.join(20)
    assert reported(database, WEEK, Limits())[BEGIN - DAY, TOTAL][0] == 2
    assert _count_all(database, NOW) == 0
    database.close()


def test_one_view(database: Database) -> None:
    """Who views sees one state of the database, whatever is written meanwhile."""
    _spread(database)
    with database.viewing() as connection:
        before = connection.execute(select(func.count()).select_from(visits)).scalar()
        try:
            _write(database, waiting("99.9"))
        except OperationalError:  # pragma: no cover - a reader holds nobody up
            pytest.fail("a reader held up a writer")
        assert connection.execute(select(func.count()).select_from(visits)).scalar() == before
    with database.viewing() as connection:
        assert connection.execute(select(func.count()).select_from(visits)).scalar() == (before or 0) + 1


def test_days_never_overlap(database: Database) -> None:
    """Counted by another day, days that were kept before are gone."""
    _spread(database)
    _count_all(database, NOW)
    with database.writing() as connection:
        count_day(connection, BEGIN - 1.5 * DAY, BEGIN - 0.5 * DAY, Limits())
        kept = kept_days(connection, 0, 2 * NOW, Limits())
    assert all(one.ended_at <= other.began_at for one, other in pairwise(kept))
    assert reported(database, WEEK, Limits()) == recounted(database, WEEK, Limits())
