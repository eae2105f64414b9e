"""The tables of alerts (SQLAlchemy Core): alerts, their steps, breaches, silences, messages, and who may act.

Times are seconds since the epoch on our own clock.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from floor.history.columns import numbered, room_metadata

metadata = room_metadata()
_ALIVE = text("stage <> 'resolved'")

alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("pbx", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("raised_at", Double, nullable=False),
    Column("resolved_at", Double),
    Column("drill", Text),
    # Closed by a person although it stands.
    Column("held", Boolean, nullable=False),
    # Of two writers' words on one alert the later counts.
    Column("stamp", Double, nullable=False),
    # The whole alert and its clocks as JSON: read back as one, never in parts.
    Column("body", Text, nullable=False),
    Column("pace", Text, nullable=False),
    Index("ix_alerts_raised_at", "raised_at"),
    Index("ix_alerts_resolved_at", "resolved_at"),
    # Never two alive of one identity, whoever writes.
    Index("ux_alerts_alive", "key", unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE),
)

transitions = Table(
    "transitions",
    metadata,
    numbered(),
    Column("alert", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("before", Text),
    Column("after", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("value", Double),
    Column("reason", Text),
    # What is written twice after a crash meets itself.
    UniqueConstraint("alert", "at", "event"),
    Index("ix_transitions_at", "at"),
)

breaches = Table(
    "breaches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("pbx", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("limit_value", Double),
    Column("value", Double),
    Column("queue", Text),
    Column("call", Text),
    Column("agent", Text),
    Column("group_name", Text),
    Column("evidence", Text, nullable=False),
    Column("excused_by", Text),
    Column("excused_at", Double),
    Column("excuse", Text),
    Column("disputed_at", Double),
    Column("dispute", Text),
    Column("drill", Text),
    Index("ix_breaches_began_at", "began_at"),
    Index("ix_breaches_pbx_agent_began_at", "pbx", "agent", "began_at"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text),
    Column("subject", Text),
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("until", Double, nullable=False),
    Index("ix_silences_until", "until"),
)

deliveries = Table(
    "deliveries",
    metadata,
    # Message.id, the de-duplication key.
    Column("id", Text, primary_key=True),
    Column("alert", Text),
    # Further alerts of a joined message, each between blanks.
    Column("also", Text, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("at", Double, nullable=False),
    Column("message", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Double, nullable=False),
    Column("sent_at", Double),
    Column("error", Text),
    Column("claimed_by", Text),
    Column("claimed_until", Double),
    Index("ix_deliveries_state_next_at", "state", "next_at"),
    Index("ix_deliveries_alert", "alert"),
    Index("ix_deliveries_at", "at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Double, nullable=False),
    # Counts up with every new holding: what carries an older number came too late.
    Column("fence", BigInteger, nullable=False),
)
