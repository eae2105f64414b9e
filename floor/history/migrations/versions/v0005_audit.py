"""The table of the audit, and the door through which the retention job alone lets old rows out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LEAST_S = 180 * 86400
"""Monitoring records stay six months at least (R-QA-15), whatever the settings or a clock say."""


def upgrade() -> None:
    """Create it."""
    texts = "thread act stage by_name by_role by_address pbx agent queue call reason said more".split()
    op.create_table(
        "audit",
        sa.Column("id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("by_person", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sa.UniqueConstraint("key", name="uq_audit_key"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_thread", "audit", ["thread"])
    op.create_index("ix_audit_agent_at", "audit", ["agent", "at"])
    op.create_index("ix_audit_by_person_at", "audit", ["by_person", "at"])
    door = op.create_table(
        "audit_door",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("before", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_door"),
    )
    op.bulk_insert(door, [{"id": 1, "before": 0.0}])
    for refusal in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(refusal)


_SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit "
    "BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit "
    "WHEN OLD.at >= coalesce((SELECT max(before) FROM audit_door), 0) "
    "BEGIN SELECT RAISE(ABORT, 'the audit is only added to'); END",
    # INSERT OR REPLACE deletes without asking the trigger above.
    "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit "
    "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM audit WHERE key = NEW.key) "
    "BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER audit_door_not_wide BEFORE UPDATE ON audit_door "
    f"WHEN NEW.before > CAST(strftime('%s', 'now') AS INTEGER) - {LEAST_S} "
    "BEGIN SELECT RAISE(ABORT, 'the audit is kept six months at least'); END",
    "CREATE TRIGGER audit_door_one BEFORE INSERT ON audit_door "
    "BEGIN SELECT RAISE(ABORT, 'the audit has one door'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'DELETE' THEN "
    "IF OLD.at < coalesce((SELECT max(before) FROM audit_door), 0) THEN RETURN OLD; END IF; END IF; "
    "RAISE EXCEPTION 'the audit is only added to'; END $$",
    "CREATE TRIGGER audit_only_added_to BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_is_only_added_to()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()",
    "CREATE FUNCTION audit_door_is_narrow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'INSERT' OR NEW.before > extract(epoch FROM now()) - {LEAST_S} THEN "
    "RAISE EXCEPTION 'the audit is kept six months at least'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_door_narrow BEFORE INSERT OR UPDATE ON audit_door "
    "FOR EACH ROW EXECUTE FUNCTION audit_door_is_narrow()",
)
"""What is on record stays as it was written (R-SEC-1, -12)."""
