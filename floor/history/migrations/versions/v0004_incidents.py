"""The tables of incidents, plans and drills."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _incidents()
    _plans()
    _drills()


def _text(*names: str, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=null) for name in names]


def _moment(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), autoincrement=False, nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", ROW_ID, autoincrement=True, nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])


def _incidents() -> None:
    op.create_table(
        "incidents", *_text("id"), _moment("opened_at"), *_text("drill", null=True), _key("incidents", "id")
    )
    _index("incidents", "opened_at")
    op.create_table(
        "incident_versions",
        *_text("incident"),
        _version(),
        _moment("at"),
        *_text("actor", "body"),
        _key("incident_versions", "incident", "version"),
    )
    op.create_table(
        "incident_entries",
        *_text("incident"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        _moment("at"),
        *_text("kind", "actor", "text", "data"),
        *_text("mark", null=True),
        _key("incident_entries", "incident", "number"),
        sa.UniqueConstraint("incident", "mark", name="uq_incident_entries_incident_mark"),
    )
    op.create_table(
        "incident_callbacks",
        _id(),
        *_text("incident", "pbx", "queue", "uniqueid"),
        _moment("at"),
        *_text("actor", "result"),
        _key("incident_callbacks", "id"),
    )
    _index("incident_callbacks", "incident")


def _plans() -> None:
    op.create_table(
        "plan_versions",
        *_text("plan"),
        _version(),
        _moment("at"),
        *_text("author", "note", "body"),
        _key("plan_versions", "plan", "version"),
    )
    op.create_table(
        "plan_approvals",
        *_text("plan"),
        _version(),
        _moment("at"),
        *_text("name"),
        _key("plan_approvals", "plan", "version"),
    )
    op.create_table(
        "plan_reads",
        *_text("plan"),
        _version(),
        sa.Column("person", ROW_ID, autoincrement=False, nullable=False),
        _moment("at"),
        *_text("name"),
        _key("plan_reads", "plan", "version", "person"),
    )
    op.create_table(
        "plan_reviews",
        _id(),
        *_text("plan"),
        _moment("at"),
        *_text("actor", "what", "why"),
        _key("plan_reviews", "id"),
    )
    _index("plan_reviews", "plan")


def _drills() -> None:
    op.create_table("drills", *_text("id"), _moment("began_at"), *_text("body"), _key("drills", "id"))
    _index("drills", "began_at")
    op.create_table(
        "drill_log",
        _id(),
        *_text("drill"),
        _moment("at"),
        *_text("kind", "actor", "text", "data"),
        _key("drill_log", "id"),
    )
    _index("drill_log", "drill")
    op.create_table("evaluations", _id(), *_text("about"), _moment("at"), *_text("body"), _key("evaluations", "id"))
    _index("evaluations", "about")
    op.create_table("improvements", *_text("id"), _moment("made_at"), *_text("body"), _key("improvements", "id"))
    op.create_table(
        "improvement_results",
        *_text("improvement"),
        _moment("at"),
        *_text("actor", "how"),
        _key("improvement_results", "improvement"),
    )
