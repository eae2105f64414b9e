"""The tables of the history (SQLAlchemy Core): visits, offers, spans, gaps, and a few facts about the record itself.

Times are seconds since the epoch on the exchange's clock, as in :mod:`floor.state.model`. The unique constraints are
what makes writing twice harmless: a replayed row meets itself.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from floor.history.columns import numbered, room_metadata

metadata = room_metadata()


visits = Table(
    "visits",
    metadata,
    numbered(),
    Column("pbx", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("uniqueid", Text, nullable=False),
    # Whole milliseconds of joined_at, 0 when it is not known. A second would be too coarse: a dialplan that loops
    # over an empty queue makes several visits of one call within one second, and each counts.
    Column("joined_ms", BigInteger, nullable=False),
    # The moment that decides to which interval the visit belongs: joined, else answered, else ended.
    Column("moment", Double, nullable=False),
    Column("stage", Text, nullable=False),
    Column("joined_at", Double),
    Column("linkedid", Text),
    Column("number", Text),
    Column("name", Text),
    Column("position", BigInteger),
    Column("priority", BigInteger),
    Column("agent", Text),
    Column("answered_at", Double),
    Column("wait_s", BigInteger),
    Column("ring_s", BigInteger),
    Column("talk_s", BigInteger),
    Column("hold_s", Double, nullable=False),
    Column("holds", BigInteger, nullable=False),
    Column("ended_at", Double),
    Column("ending", Text),
    Column("completed_by", Text),
    Column("transfer", Text),
    Column("abandon_seen", Boolean, nullable=False),
    Column("review_at", Double),
    Column("healed", Boolean, nullable=False),
    Column("gap", Boolean, nullable=False),
    UniqueConstraint("pbx", "queue", "uniqueid", "joined_ms"),
    Index("ix_visits_moment", "moment"),
    Index("ix_visits_uniqueid", "uniqueid"),
    # Most callers are the first channel of their call, whose id is the call's, and are found by it.
    Index(
        "ix_visits_linkedid",
        "linkedid",
        sqlite_where=text("linkedid <> uniqueid"),
        postgresql_where=text("linkedid <> uniqueid"),
    ),
    Index("ix_visits_pbx_queue_moment", "pbx", "queue", "moment"),
    Index("ix_visits_pbx_agent_moment", "pbx", "agent", "moment"),
    Index(
        "ix_visits_open",
        "pbx",
        sqlite_where=text("stage <> 'ended'"),
        postgresql_where=text("stage <> 'ended'"),
    ),
)

offers = Table(
    "offers",
    metadata,
    numbered(),
    Column("pbx", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("ended_at", Double, nullable=False),
    Column("result", Text, nullable=False),
    Column("ring_ms", BigInteger),
    Column("healed", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("call", "pbx", "queue", "agent", "began_at", "ended_at"),
    Index("ix_offers_began_at", "began_at"),
    Index("ix_offers_pbx_agent_began_at", "pbx", "agent", "began_at"),
)

spans = Table(
    "spans",
    metadata,
    numbered(),
    Column("pbx", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("ended_at", Double, nullable=False),
    Column("reason", Text),
    Column("queue", Text),
    Column("call", Text),
    Column("kind", Text),
    Column("gap", Boolean, nullable=False),
    UniqueConstraint("pbx", "agent", "began_at", "ended_at", "state"),
    Index("ix_spans_began_at", "began_at"),
)

gaps = Table(
    "gaps",
    metadata,
    numbered(),
    Column("pbx", Text, nullable=False),
    Column("began_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("reason", Text, nullable=False),
    Column("healed", Boolean, nullable=False),
    UniqueConstraint("pbx", "began_at"),
)

days = Table(
    "days",
    metadata,
    # A day that is over, from its beginning up to, not including, its end; no two overlap.
    Column("began_at", Double, primary_key=True),
    Column("ended_at", Double, nullable=False),
    # What counted as "in time" when it was added up.
    Column("limits", Text, nullable=False),
)
"""Days whose figures are in ``day_figures``; whatever changes one of its rows takes the day away from here."""

day_figures = Table(
    "day_figures",
    metadata,
    Column("began_at", Double, primary_key=True),
    # JSON: [[[kind, pbx, name], [a value for each field of Figures, in their order]], ...]; a number comes back as the
    # same number. The total is by exchange.
    Column("figures", Text, nullable=False),
)
"""The figures of each of ``days``."""

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""``seen:PBX``: the last moment of that exchange that is on record; what came later before a restart is a gap."""
