"""Deeds about people may leave once they are older than half a year; until then nobody takes one away."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

LEAST_S = 180 * 86400
"""Whatever the settings say, and by the database's own clock."""


def upgrade() -> None:
    """Put the refusal anew."""
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


_SQLITE = (
    "DROP TRIGGER deeds_no_delete",
    "CREATE TRIGGER deeds_no_delete BEFORE DELETE ON deeds "
    f"WHEN OLD.at > CAST(strftime('%s', 'now') AS INTEGER) - {LEAST_S} "
    "BEGIN SELECT RAISE(ABORT, 'deeds are only added'); END",
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION deeds_are_only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'DELETE' THEN IF OLD.at <= extract(epoch FROM now()) - {LEAST_S} THEN RETURN OLD; END IF; END IF; "
    "RAISE EXCEPTION 'deeds are only added'; END $$",
)
"""What is on record stays as it was written (R-SEC-12)."""
