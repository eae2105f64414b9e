"""The first schema: visits, offers, spans, gaps, meta."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _visits()
    _offers()
    _spans()
    _gaps()
    op.create_table("meta", _text("name"), _text("value"), sa.PrimaryKeyConstraint("name", name="pk_meta"))


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _whole(name: str, *, null: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=null)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", ROW_ID, autoincrement=True, nullable=False)


def _visits() -> None:
    op.create_table(
        "visits",
        _id(),
        *(_text(name) for name in ("pbx", "queue", "uniqueid")),
        _whole("joined_ms", null=False),
        _moment("moment"),
        _text("stage"),
        _moment("joined_at", null=True),
        *(_text(name, null=True) for name in ("linkedid", "number", "name")),
        *(_whole(name) for name in ("position", "priority")),
        _text("agent", null=True),
        _moment("answered_at", null=True),
        *(_whole(name) for name in ("wait_s", "ring_s", "talk_s")),
        _moment("hold_s"),
        _whole("holds", null=False),
        _moment("ended_at", null=True),
        *(_text(name, null=True) for name in ("ending", "completed_by", "transfer")),
        _flag("abandon_seen"),
        _moment("review_at", null=True),
        *(_flag(name) for name in ("healed", "gap")),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.UniqueConstraint("pbx", "queue", "uniqueid", "joined_ms", name="uq_visits_pbx_queue_uniqueid_joined_ms"),
    )
    op.create_index("ix_visits_moment", "visits", ["moment"])
    op.create_index("ix_visits_uniqueid", "visits", ["uniqueid"])
    op.create_index("ix_visits_pbx_queue_moment", "visits", ["pbx", "queue", "moment"])
    op.create_index("ix_visits_pbx_agent_moment", "visits", ["pbx", "agent", "moment"])
    still_open = sa.text("stage <> 'ended'")
    op.create_index("ix_visits_open", "visits", ["pbx"], sqlite_where=still_open, postgresql_where=still_open)


def _offers() -> None:
    identity = ("call", "pbx", "queue", "agent", "began_at", "ended_at")
    op.create_table(
        "offers",
        _id(),
        *(_text(name) for name in ("pbx", "queue", "agent", "call")),
        *(_moment(name) for name in ("began_at", "ended_at")),
        _text("result"),
        _whole("ring_ms"),
        sa.Column("healed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
        sa.UniqueConstraint(*identity, name="uq_offers_" + "_".join(identity)),
    )
    op.create_index("ix_offers_began_at", "offers", ["began_at"])
    op.create_index("ix_offers_pbx_agent_began_at", "offers", ["pbx", "agent", "began_at"])


def _spans() -> None:
    identity = ("pbx", "agent", "began_at", "ended_at", "state")
    op.create_table(
        "spans",
        _id(),
        *(_text(name) for name in ("pbx", "agent", "state")),
        *(_moment(name) for name in ("began_at", "ended_at")),
        *(_text(name, null=True) for name in ("reason", "queue", "call", "kind")),
        _flag("gap"),
        sa.PrimaryKeyConstraint("id", name="pk_spans"),
        sa.UniqueConstraint(*identity, name="uq_spans_" + "_".join(identity)),
    )
    op.create_index("ix_spans_began_at", "spans", ["began_at"])


def _gaps() -> None:
    op.create_table(
        "gaps",
        _id(),
        _text("pbx"),
        _moment("began_at"),
        _moment("ended_at", null=True),
        _text("reason"),
        _flag("healed"),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
        sa.UniqueConstraint("pbx", "began_at", name="uq_gaps_pbx_began_at"),
    )
