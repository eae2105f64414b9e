"""Forgets who signed in and what was done about people when it is too old (C-19), a little at a time."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Table, delete, select

from floor.people.tables import deeds, sign_ins

BATCH = 500


def prune(connection: Connection, before: float, limit: int = BATCH) -> int:
    """Delete up to ``limit`` rows of each kind that were over before the moment; how many went, 0 when all is done.

    A sign-in that stands stays, however old; so do the people themselves. The database itself refuses to let go of
    deeds of the last half year (migration 0007).
    """
    gone = _prune(connection, sign_ins, sign_ins.c.ended_at, before, limit)
    return gone + _prune(connection, deeds, deeds.c.at, before, limit)


def _prune(connection: Connection, table: Table, age: Column[float], before: float, limit: int) -> int:
    old = select(table.c.id).where(age < before).order_by(age).limit(limit)
    return connection.execute(delete(table).where(table.c.id.in_(old))).rowcount
