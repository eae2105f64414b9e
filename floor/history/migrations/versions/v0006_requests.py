"""The tables of requests and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    texts = "key request kind stage pbx agent by_name body".split()
    op.create_table(
        "request_steps",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.PrimaryKeyConstraint("id", name="pk_request_steps"),
        sa.UniqueConstraint("key", name="uq_request_steps_key"),
    )
    op.create_index("ix_request_steps_at", "request_steps", ["at"])
    op.create_index("ix_request_steps_request", "request_steps", ["request"])
    op.create_table(
        "notice_reads",
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("notice", "person", name="pk_notice_reads"),
    )
    for refusal in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(refusal)


_SQLITE = (
    "CREATE TRIGGER request_steps_no_update BEFORE UPDATE ON request_steps "
    "BEGIN SELECT RAISE(ABORT, 'steps of requests are only added'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION request_steps_are_only_added() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'steps of requests are only added'; END $$",
    "CREATE TRIGGER request_steps_only_added BEFORE UPDATE ON request_steps "
    "FOR EACH ROW EXECUTE FUNCTION request_steps_are_only_added()",
)
"""What is on record stays as it was written (R-SEC-12); the retention job deletes what is too old."""
