"""One call on record: all its visits, rings and spans, and nobody else's."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import event

from floor.history.calls import LONGEST_S, call_in
from floor.history.database import Database
from floor.history.rows import Entry
from floor.history.upsert import write
from floor.state.model import AgentState, CallKind, Span
from tests.history.entities import NOW, finished, offer, talking, waiting

FIRST = f"{int(NOW)}.7"
LATER = f"{int(NOW) + 60}.9"


def _span(at: float, call: str | None, agent: str = "Ann") -> Span:
    return Span("pbx", agent, AgentState.HOLDING, at, at + 9, queue="support", call=call, kind=CallKind.QUEUE)


def _kept(database: Database, *entries: Entry) -> None:
    with database.writing() as connection:
        write(connection, list(entries))


def test_by_its_caller_or_by_its_call(database: Database) -> None:
    """A call that goes through two queues is found whole; what another agent or call did is not in it."""
    came = replace(finished(talking(waiting(FIRST, NOW + 1), wait_s=20, agent="Ann"), talk_s=33), linkedid=FIRST)
    moved = replace(waiting(LATER, NOW + 60, queue="sales"), linkedid=FIRST)
    other = waiting(f"{int(NOW)}.8", NOW + 1)
    mine = _span(NOW + 25, FIRST)
    noise = (_span(NOW + 26, "other"), offer("other", NOW + 2), other, replace(moved, pbx="second"))
    _kept(database, came, moved, mine, offer(FIRST, NOW + 2), *noise)
    with database.reading() as connection:
        record = call_in(connection, "pbx", FIRST, NOW)
        assert [visit.uniqueid for visit in record.visits] == [FIRST, LATER]
        assert [ring.call for ring in record.offers] == [FIRST]
        assert list(record.spans) == [mine]
        assert [visit.uniqueid for visit in call_in(connection, "pbx", LATER, NOW + 60).visits] == [LATER]


def test_nothing_is_looked_for_for_ever(database: Database) -> None:
    """Of hours later only what is the caller's own by his id is taken; an unknown call has no record."""
    late = replace(waiting(LATER, NOW + LONGEST_S + 100), linkedid=FIRST)
    _kept(database, late)
    with database.reading() as connection:
        assert not call_in(connection, "pbx", FIRST, NOW).visits
        assert call_in(connection, "pbx", LATER, 0.0).visits
        assert not any((*(call_in(connection, "pbx", "'; --", 0.0).visits),))


def test_call_without_a_queue(database: Database) -> None:
    """What its agent did is all there is."""
    _kept(database, _span(NOW + 5, FIRST))
    with database.reading() as connection:
        record = call_in(connection, "pbx", FIRST, NOW)
        assert (len(record.visits), len(record.spans)) == (0, 1)


def test_found_without_looking_through_all(sqlite_database: Database) -> None:
    """By the one id and by the other: SQLite looks into an index for each, however many visits there are."""
    asked: list[str] = []
    with sqlite_database.reading() as connection:
        listens = event.listens_for(connection, "before_cursor_execute")
        listens(lambda _c, _cursor, statement, *_: asked.append(statement))
        call_in(connection, "pbx", FIRST, NOW)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", (FIRST, FIRST, NOW, NOW, 500, 0))
        steps = " ".join(row[3] for row in plan)
    assert "ix_visits_linkedid" in steps
    assert "ix_visits_uniqueid" in steps
    assert "SCAN" not in steps
