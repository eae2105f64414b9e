"""The tables of the audit (SQLAlchemy Core). Times are seconds since the epoch on our own clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Table, Text, UniqueConstraint

from floor.history.columns import numbered, room_metadata

metadata = room_metadata()

audit = Table(
    "audit",
    metadata,
    numbered(),
    # Random: an entry that is taken in again from the spill file meets itself.
    Column("key", Text, nullable=False),
    Column("at", Double, nullable=False),
    # Joins the entries of one act.
    Column("thread", Text, nullable=False),
    Column("act", Text, nullable=False),
    # A Stage.
    Column("stage", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("by_person", BigInteger),
    Column("by_role", Text, nullable=False),
    Column("by_address", Text, nullable=False),
    Column("pbx", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("said", Text, nullable=False),
    # A JSON object.
    Column("more", Text, nullable=False),
    UniqueConstraint("key"),
    Index("ix_audit_at", "at"),
    Index("ix_audit_thread", "thread"),
    Index("ix_audit_agent_at", "agent", "at"),
    Index("ix_audit_by_person_at", "by_person", "at"),
)
"""Only ever added to; the database itself refuses to change a row, and to delete one that the door does not let out."""

audit_door = Table(
    "audit_door",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    # Rows with an earlier ``at`` may be deleted: 0 but for the moment of pruning, never within the last six months.
    Column("before", Double, nullable=False),
)
"""One row. The retention job opens it, deletes and shuts it in one transaction (C-19, R-SEC-13)."""
