"""The tables of people: persons, groups, memberships, sign-ins, failed attempts, deeds, versions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _persons()
    op.create_table("groups", _text("name"), sa.PrimaryKeyConstraint("name", name="pk_groups"))
    _memberships()
    _sign_ins()
    _attempts()
    _deeds()
    _versions()


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _moment(name: str, *, null: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=null)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", ROW_ID, autoincrement=True, nullable=False)


def _persons() -> None:
    op.create_table(
        "persons",
        _id(),
        *(_text(name) for name in ("login", "name", "role")),
        _text("number", null=True),
        *(_text(name) for name in ("queues", "agents", "contacts")),
        _whole("reports_to", null=True),
        _text("language"),
        _text("shift_end", null=True),
        _flag("active"),
        _text("password", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_persons"),
        sa.UniqueConstraint("login", name="uq_persons_login"),
        sa.UniqueConstraint("number", name="uq_persons_number"),
    )


def _memberships() -> None:
    op.create_table(
        "memberships",
        _whole("person"),
        _text("group_name"),
        _flag("leads"),
        _whole("place"),
        sa.PrimaryKeyConstraint("person", "group_name", name="pk_memberships"),
    )


def _sign_ins() -> None:
    op.create_table(
        "sign_ins",
        _text("id"),
        _whole("person"),
        *(_text(name) for name in ("secret", "address")),
        *(_moment(name) for name in ("began_at", "seen_at", "until")),
        *(_moment(name, null=True) for name in ("locked_at", "ended_at")),
        _text("why", null=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ins"),
        sa.UniqueConstraint("secret", name="uq_sign_ins_secret"),
    )
    op.create_index("ix_sign_ins_person_ended_at", "sign_ins", ["person", "ended_at"])
    op.create_index("ix_sign_ins_ended_at", "sign_ins", ["ended_at"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        *(_text(name) for name in ("kind", "name")),
        _whole("failures"),
        _moment("last_at"),
        _moment("locked_until", null=True),
        sa.PrimaryKeyConstraint("kind", "name", name="pk_attempts"),
    )
    op.create_index("ix_attempts_last_at", "attempts", ["last_at"])


def _deeds() -> None:
    op.create_table(
        "deeds",
        _id(),
        _moment("at"),
        _text("what"),
        _whole("actor", null=True),
        *(_text(name) for name in ("actor_name", "address")),
        _whole("subject", null=True),
        *(_text(name, null=True) for name in ("before", "after")),
        sa.PrimaryKeyConstraint("id", name="pk_deeds"),
    )
    op.create_index("ix_deeds_at", "deeds", ["at"])
    op.create_index("ix_deeds_subject_at", "deeds", ["subject", "at"])
    refusals = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for refusal in refusals:
        op.execute(refusal)


_SQLITE = tuple(
    f"CREATE TRIGGER deeds_no_{verb} BEFORE {verb} ON deeds BEGIN SELECT RAISE(ABORT, 'deeds are only added'); END"
    for verb in ("update", "delete")
)
_POSTGRESQL = (
    "CREATE FUNCTION deeds_are_only_added() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'deeds are only added'; END $$",
    "CREATE TRIGGER deeds_only_added BEFORE UPDATE OR DELETE ON deeds "
    "FOR EACH ROW EXECUTE FUNCTION deeds_are_only_added()",
)
"""What is on record stays as it was written (R-SEC-12)."""


def _versions() -> None:
    table = op.create_table(
        "people_versions",
        _text("name"),
        _whole("version"),
        sa.PrimaryKeyConstraint("name", name="pk_people_versions"),
    )
    op.bulk_insert(table, [{"name": name, "version": 0} for name in ("register", "sign_ins", "attempts")])
