"""Days that are over are added up once; a call is found by its Linkedid without looking through all visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

WHOLE = (
    *("offered", "answered", "abandoned", "timed_out", "exited", "unknown", "transferred", "blind_transferred"),
    *("ring_no_answer", "offers", "late_answers", "answered_in_time", "abandoned_in_time", "short_abandoned"),
    *("wait_answered_s", "wait_abandoned_s", "wait_other_s", "talk_s"),
)


def upgrade() -> None:
    """The tables are filled by the program as it runs, the newest day first."""
    others = sa.text("linkedid <> uniqueid")
    op.create_index("ix_visits_linkedid", "visits", ["linkedid"], sqlite_where=others, postgresql_where=others)
    op.create_table(
        "days",
        _moment("began_at"),
        _moment("ended_at"),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("began_at", name="pk_days"),
    )
    op.create_table(
        "day_figures",
        _moment("began_at"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "pbx", "name")),
        *(_whole(name) for name in WHOLE),
        *(_moment("hold_s"), _whole("held"), _moment("acw_s")),
        *(_whole("completed_by_agent"), _whole("completed_by_caller")),
        sa.PrimaryKeyConstraint("began_at", "kind", "pbx", "name", name="pk_day_figures"),
    )


def _moment(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
