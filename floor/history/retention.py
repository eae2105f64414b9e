"""Forgets what is older than the days it is to be kept (C-19), a little at a time so that writing never waits."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Table, delete, select

from floor.history.days import forget_before
from floor.history.tables import gaps, offers, spans, visits
from floor.state.model import CallerStage

BATCH = 500
_AGES: tuple[tuple[Table, Column[float]], ...] = (
    (visits, visits.c.moment),
    (offers, offers.c.began_at),
    (spans, spans.c.began_at),
    (gaps, gaps.c.began_at),
)


def prune(connection: Connection, before: float, limit: int = BATCH) -> int:
    """Delete up to ``limit`` rows per table that began before the moment; how many went, 0 when all is done.

    A visit that still lasts and a gap that is still open stay, however old.
    """
    gone = sum(_prune(connection, table, age, before, limit) for table, age in _AGES)
    if gone:
        forget_before(connection, before)
    return gone


def _prune(connection: Connection, table: Table, age: Column[float], before: float, limit: int) -> int:
    old = select(table.c.id).where(age < before)
    if table is visits:
        old = old.where(visits.c.stage == CallerStage.ENDED.value)
    if table is gaps:
        old = old.where(gaps.c.ended_at.is_not(None))
    return connection.execute(delete(table).where(table.c.id.in_(old.order_by(age).limit(limit)))).rowcount
