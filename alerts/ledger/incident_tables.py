"""The tables of incidents, plans and drills (SQLAlchemy Core). Rows are only ever added: what changes gets a new
version, what was wrong gets a correction beside it. Times are seconds since the epoch on our clock; columns named
``body``, ``text`` and ``data`` hold JSON."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, Table, Text, UniqueConstraint

from floor.history.columns import RowId, numbered, room_metadata

metadata = room_metadata()


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _moment(name: str) -> Column[float]:
    return Column(name, Double, nullable=False)


incidents = Table(
    "incidents",
    metadata,
    Column("id", Text, primary_key=True),
    _moment("opened_at"),
    _text("drill", null=True),
    Index("ix_incidents_opened_at", "opened_at"),
)

incident_versions = Table(
    "incident_versions",
    metadata,
    Column("incident", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _moment("at"),
    _text("actor"),
    _text("body"),
)
"""The incident as it was after each change; the last one is how it is."""

incident_entries = Table(
    "incident_entries",
    metadata,
    Column("incident", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _moment("at"),
    _text("kind"),
    _text("actor"),
    _text("text"),
    _text("data"),
    # What the line stands for (a transition, a message), so that writing it twice is harmless; NULL for people's words.
    _text("mark", null=True),
    UniqueConstraint("incident", "mark"),
)
"""The timeline: numbered lines that are never changed."""

incident_callbacks = Table(
    "incident_callbacks",
    metadata,
    numbered(),
    _text("incident"),
    _text("pbx"),
    _text("queue"),
    _text("uniqueid"),
    _moment("at"),
    _text("actor"),
    _text("result"),
    Index("ix_incident_callbacks_incident", "incident"),
)
"""What came of calling somebody back. His number is not here: it stays with his visit, and goes with it."""

plan_versions = Table(
    "plan_versions",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _moment("at"),
    _text("author"),
    _text("note"),
    _text("body"),
)

plan_approvals = Table(
    "plan_approvals",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _moment("at"),
    _text("name"),
)

plan_reads = Table(
    "plan_reads",
    metadata,
    Column("plan", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("person", RowId, primary_key=True, autoincrement=False),
    _moment("at"),
    _text("name"),
)

plan_reviews = Table(
    "plan_reviews",
    metadata,
    numbered(),
    _text("plan"),
    _moment("at"),
    _text("actor"),
    _text("what"),
    _text("why"),
    Index("ix_plan_reviews_plan", "plan"),
)

drills = Table(
    "drills",
    metadata,
    Column("id", Text, primary_key=True),
    _moment("began_at"),
    _text("body"),
    Index("ix_drills_began_at", "began_at"),
)

drill_log = Table(
    "drill_log",
    metadata,
    numbered(),
    _text("drill"),
    _moment("at"),
    _text("kind"),
    _text("actor"),
    _text("text"),
    _text("data"),
    Index("ix_drill_log_drill", "drill"),
)
"""Steps, notes, deviations, and the end."""

evaluations = Table(
    "evaluations",
    metadata,
    numbered(),
    _text("about"),
    _moment("at"),
    _text("body"),
    Index("ix_evaluations_about", "about"),
)

improvements = Table(
    "improvements",
    metadata,
    Column("id", Text, primary_key=True),
    _moment("made_at"),
    _text("body"),
)

improvement_results = Table(
    "improvement_results",
    metadata,
    Column("improvement", Text, primary_key=True),
    _moment("at"),
    _text("actor"),
    _text("how"),
)
