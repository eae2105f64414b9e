"""The tables of requests and notices (SQLAlchemy Core). Times are seconds since the epoch on our own clock."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, Table, Text, UniqueConstraint

from floor.history.columns import numbered, room_metadata

metadata = room_metadata()

request_steps = Table(
    "request_steps",
    metadata,
    numbered(),
    # Random: a row whose first attempt was in doubt meets itself.
    Column("key", Text, nullable=False),
    # Of the request or notice.
    Column("request", Text, nullable=False),
    # help, leave, reason, notice
    Column("kind", Text, nullable=False),
    Column("at", Double, nullable=False),
    # The stage it stepped into.
    Column("stage", Text, nullable=False),
    Column("pbx", Text, nullable=False),
    Column("agent", Text, nullable=False),
    # Who did it: a person's name; empty: time, or the exchange.
    Column("by_name", Text, nullable=False),
    # The whole of it as it stands then, as a JSON object.
    Column("body", Text, nullable=False),
    UniqueConstraint("key"),
    Index("ix_request_steps_at", "at"),
    Index("ix_request_steps_request", "request"),
)
"""One row per step; only ever added to, the database itself refuses to change one (R-SEC-12)."""

notice_reads = Table(
    "notice_reads",
    metadata,
    Column("notice", Text, primary_key=True),
    Column("person", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
)
"""Who has read which notice (R-SUP-10)."""
