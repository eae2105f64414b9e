"""What the database adds up is what the definition of the figures says, row by row."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from floor.history.database import Database
from floor.history.queries import Interval, figures_by_interval
from floor.history.rows import Entry
from floor.history.sums import folded, sums_in
from floor.history.upsert import write
from floor.state.figures import Limits, Subject, values
from floor.state.model import (
    AgentState,
    Caller,
    CallerStage,
    CompletedBy,
    Ending,
    Offer,
    OfferResult,
    Span,
)
from tests.history.entities import NOW
from tests.support.ready import put_sqlite

names = st.sampled_from(["a", "b"])
moments = st.integers(0, 8000).map(lambda n: NOW + n / 4)
seconds = st.none() | st.integers(0, 40)

callers = st.builds(
    Caller,
    pbx=names,
    queue=names,
    uniqueid=st.integers(0, 10**6).map(str),
    stage=st.sampled_from([CallerStage.WAITING, CallerStage.ENDED]),
    joined_at=st.none() | moments,
    agent=st.none() | names,
    answered_at=st.none() | moments,
    wait_s=seconds,
    ring_s=seconds,
    talk_s=seconds,
    hold_s=st.integers(0, 40).map(lambda n: n / 4),
    holds=st.integers(0, 2),
    ended_at=st.none() | moments,
    ending=st.none() | st.sampled_from(Ending),
    completed_by=st.none() | st.sampled_from(CompletedBy),
    transfer=st.sampled_from([None, "blind", "attended"]),
)
rings = st.builds(Offer, names, names, names, names, moments, moments, st.sampled_from(OfferResult), seconds)
works = st.builds(
    Span,
    names,
    names,
    st.sampled_from([AgentState.ACW, AgentState.READY]),
    moments,
    moments,
    queue=st.none() | names,
    gap=st.booleans(),
)
days = st.lists(callers | rings | works, max_size=40, unique_by=str)
limits = st.builds(Limits, st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))


def recounted(
    database: Database, since: float, until: float, given_limits: Limits, step_s: float | None = None
) -> dict[tuple[float, Subject], tuple[float, ...]]:
    """Row by row, with the functions that define the figures; what is nothing left out."""
    with database.reading() as connection:
        found = figures_by_interval(connection, Interval(since, until), given_limits, step_s=step_s)
    return {(at, subject): values(figures) for (subject, at), figures in found.items() if figures}


def added_up(
    database: Database, since: float, until: float, given_limits: Limits, step_s: float | None = None
) -> dict[tuple[float, Subject], tuple[float, ...]]:
    """By the database."""
    with database.reading() as connection:
        found = folded(sums_in(connection, since, until, given_limits, step_s).items())
    return {part: values(figures) for part, figures in found.items() if figures}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days, limits, moments, st.sampled_from([None, 900.0, 60.0]))
def test_any_day(tmp_path: Path, day: list[Entry], given_limits: Limits, since: float, step_s: float | None) -> None:
    """Whatever is on record, whatever counts as in time, whatever the step: every figure of every subject is equal."""
    path = tmp_path / "floor.sqlite3"
    path.unlink(missing_ok=True)
    database = Database(put_sqlite(path))
    with database.writing() as connection:
        write(connection, day)
    until = since + 900
    assert added_up(database, since, until, given_limits, step_s) == recounted(
        database, since, until, given_limits, step_s
    )
    database.close()


def test_a_day_on_either_database(database: Database) -> None:
    """A day that has everything in it, on SQLite and on PostgreSQL."""
    day: list[Entry] = [
        Caller(
            *("a", queue, f"{n}", CallerStage.ENDED, NOW + n * 7.25),
            agent=f"agent{n % 3}",
            answered_at=None if n % 3 else NOW + n * 7.25 + n % 31,
            wait_s=n % 31,
            ring_s=n % 23,
            talk_s=n,
            hold_s=n / 8,
            holds=n % 2,
            ending=list(Ending)[n % len(Ending)],
            completed_by=list(CompletedBy)[n % len(CompletedBy)],
            transfer=[None, "blind", "attended"][n % 3],
        )
        for n, queue in enumerate("abcd" * 50)
    ]
    day += [Offer("a", "b", f"agent{n % 3}", f"{n}", NOW + n, NOW + n + 3, list(OfferResult)[n % 3]) for n in range(40)]
    day += [Span("a", f"agent{n % 3}", AgentState.ACW, NOW + n, NOW + n + 9.5, queue="b") for n in range(30)]
    with database.writing() as connection:
        write(connection, day)
    for step_s in (None, 900.0, 37.0):
        found = added_up(database, NOW, NOW + 1000, Limits(), step_s)
        assert found == recounted(database, NOW, NOW + 1000, Limits(), step_s)
        assert len(found) >= 8
