"""Forgets entries that are older than they are to be kept (C-19, R-SEC-13), through the one door there is.

The database refuses every other deletion: the door (``audit_door.before``) is opened, used and shut in one transaction,
and can never be opened for the last six months.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from floor.audit.tables import audit, audit_door

DAY_S = 86400.0
BATCH = 500


def prune(connection: Connection, before: float, limit: int = BATCH) -> int:
    """Delete up to ``limit`` entries from before the moment; how many went, 0 when all is done."""
    old = list(connection.execute(select(audit.c.id).where(audit.c.at < before).limit(limit)).scalars())
    if old:
        connection.execute(update(audit_door).values(before=before))
        connection.execute(delete(audit).where(audit.c.id.in_(old)))
        connection.execute(update(audit_door).values(before=0.0))
    return len(old)
