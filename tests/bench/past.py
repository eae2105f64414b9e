"""A year on record, made by the database itself: as many calls as wanted, evenly over 365 days, within minutes.

Of the spans only after-call work is made, for no figure reads the others; the writer's own bench writes all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Index, text

from floor.history.database import Database
from floor.history.tables import offers, spans, visits

FIRST = 1_763_769_600.0
"""2025-11-22 00:00 UTC."""
DAY_S = 86_400.0
DAYS = 365
QUEUES = 200
AGENTS = 1000
CHUNK = 500_000

_AT = "(:first + i * :step)"
_WHO = "'pbx', 'queue' || (i * 7919 % :queues)"
_ID = f"CAST(CAST({_AT} AS BIGINT) AS TEXT) || '.' || CAST(i AS TEXT)"
_AGENT = "'agent' || (i * 104729 % :agents)"
_WAIT = "(i * 37 % 61)"
_TALK = "(i * 53 % 400)"
_TAKEN = "i % 10 <> 0"

STATEMENTS = (
    f"""
    INSERT INTO visits (pbx, queue, uniqueid, joined_ms, moment, stage, joined_at, linkedid, number, name, priority,
      agent, answered_at, wait_s, ring_s, talk_s, hold_s, holds, ended_at, ending, completed_by, abandon_seen, healed,
      gap)
    SELECT {_WHO}, {_ID}, CAST({_AT} * 1000 AS BIGINT), {_AT}, 'ended', {_AT}, {_ID}, '13800004711', 'Zhang', 0,
      CASE WHEN {_TAKEN} THEN {_AGENT} END, CASE WHEN {_TAKEN} THEN {_AT} + {_WAIT} END, {_WAIT},
      CASE WHEN {_TAKEN} THEN i % 23 END, CASE WHEN {_TAKEN} THEN {_TALK} END,
      i % 7 * 0.5, CASE WHEN i % 7 > 0 THEN 1 ELSE 0 END,
      {_AT} + {_WAIT} + {_TALK},
      CASE WHEN {_TAKEN} THEN 'answered' WHEN i % 50 = 0 THEN 'timed_out' ELSE 'abandoned' END,
      CASE WHEN NOT {_TAKEN} THEN NULL WHEN i % 3 = 0 THEN 'agent' ELSE 'caller' END, (1 = 0), (1 = 0), (1 = 0)
    FROM numbers
    """,
    f"""
    INSERT INTO offers (pbx, queue, agent, call, began_at, ended_at, result, ring_ms)
    SELECT {_WHO}, {_AGENT}, {_ID}, {_AT} + {_WAIT} - 3, {_AT} + {_WAIT},
      CASE WHEN {_TAKEN} THEN 'answered' ELSE 'no_answer' END, 3000
    FROM numbers
    """,
    f"""
    INSERT INTO spans (pbx, agent, state, began_at, ended_at, queue, call, gap)
    SELECT 'pbx', {_AGENT}, 'acw', {_AT} + {_WAIT} + {_TALK}, {_AT} + {_WAIT} + {_TALK} + i % 40,
      'queue' || (i * 7919 % :queues), {_ID}, (1 = 0)
    FROM numbers
    """,
)
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers (i) AS (SELECT :low UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < :high)",
    "postgresql": "WITH numbers AS (SELECT i FROM generate_series(CAST(:low AS BIGINT), :high - 1) AS i)",
}


def fill(database: Database, calls: int) -> None:
    """Put ``calls`` finished calls into an empty history."""
    with _hurried(database) as connection:
        # Sorting once at the end is a fraction of the work of keeping an index in order row by row.
        for index in _indexes():
            index.drop(connection)
    for low in range(0, calls, CHUNK):
        with _hurried(database) as connection:
            for statement in STATEMENTS:
                _insert(connection, statement, low, min(low + CHUNK, calls), DAYS * DAY_S / calls)
    with _hurried(database) as connection:
        for index in _indexes():
            index.create(connection)
        connection.execute(text("ANALYZE"))
    database.close()  # from here on as a floor uses it


def _indexes() -> list[Index]:
    return sorted(
        (index for table in (visits, offers, spans) for index in table.indexes), key=lambda one: str(one.name)
    )


@contextmanager
def _hurried(database: Database) -> Iterator[Connection]:
    """A transaction with what room and time it wants."""
    with database.writing() as connection:
        hurry = (
            "PRAGMA cache_size=-1000000"
            if database.is_sqlite
            else "SET LOCAL statement_timeout=0; SET LOCAL maintenance_work_mem='1GB'; SET LOCAL synchronous_commit=off"
        )
        connection.exec_driver_sql(hurry)
        yield connection


def _insert(connection: Connection, statement: str, low: int, high: int, step: float) -> None:
    into, _, source = statement.partition(")\n")
    values = {"low": low, "high": high, "first": FIRST, "step": step, "queues": QUEUES, "agents": AGENTS}
    connection.execute(text(f"{into}) {_NUMBERS[connection.dialect.name]} {source}"), values)
