"""The tables of alerts: alerts, transitions, breaches, silences, deliveries, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _alerts()
    _transitions()
    _breaches()
    _silences()
    _deliveries()
    op.create_table(
        "leases",
        *_text("name", "holder"),
        _moment("until"),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def _text(*names: str, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _moment(name: str, *, null: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=null)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _alerts() -> None:
    op.create_table(
        "alerts",
        *_text("id", "key", "rule", "kind", "pbx", "name", "stage", "severity"),
        _moment("raised_at"),
        _moment("resolved_at", null=True),
        *_text("drill", null=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        _moment("stamp"),
        *_text("body", "pace"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_raised_at", "alerts", ["raised_at"])
    op.create_index("ix_alerts_resolved_at", "alerts", ["resolved_at"])
    alive = sa.text("stage <> 'resolved'")
    op.create_index("ux_alerts_alive", "alerts", ["key"], unique=True, sqlite_where=alive, postgresql_where=alive)


def _transitions() -> None:
    op.create_table(
        "transitions",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        *_text("alert"),
        _moment("at"),
        *_text("before", null=True),
        *_text("after", "event", "actor"),
        _moment("value", null=True),
        *_text("reason", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_transitions"),
        sa.UniqueConstraint("alert", "at", "event", name="uq_transitions_alert_at_event"),
    )
    op.create_index("ix_transitions_at", "transitions", ["at"])


def _breaches() -> None:
    op.create_table(
        "breaches",
        *_text("id", "rule", "kind", "pbx", "name", "severity"),
        _moment("began_at"),
        *(_moment(name, null=True) for name in ("ended_at", "limit_value", "value")),
        *_text("queue", "call", "agent", "group_name", null=True),
        *_text("evidence"),
        *_text("excused_by", null=True),
        _moment("excused_at", null=True),
        *_text("excuse", null=True),
        _moment("disputed_at", null=True),
        *_text("dispute", "drill", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_breaches"),
    )
    op.create_index("ix_breaches_began_at", "breaches", ["began_at"])
    op.create_index("ix_breaches_pbx_agent_began_at", "breaches", ["pbx", "agent", "began_at"])


def _silences() -> None:
    op.create_table(
        "silences",
        *_text("id"),
        *_text("rule", "subject", null=True),
        *_text("author", "reason"),
        _moment("began_at"),
        _moment("until"),
        sa.PrimaryKeyConstraint("id", name="pk_silences"),
    )
    op.create_index("ix_silences_until", "silences", ["until"])


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        *_text("id"),
        *_text("alert", null=True),
        *_text("also"),
        _whole("weight"),
        _moment("at"),
        *_text("message", "state"),
        _whole("attempts"),
        _moment("next_at"),
        _moment("sent_at", null=True),
        *_text("error", "claimed_by", null=True),
        _moment("claimed_until", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_state_next_at", "deliveries", ["state", "next_at"])
    op.create_index("ix_deliveries_alert", "deliveries", ["alert"])
    op.create_index("ix_deliveries_at", "deliveries", ["at"])
