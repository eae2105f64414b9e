"""Tables of all rooms are named and numbered alike."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite

from floor.history.columns import RowId, numbered, room_metadata


def test_names_follow_one_convention() -> None:
    """As the migrations write them."""
    table = Table(
        "calls", room_metadata(), numbered(), Column("pbx", Text), Column("at", Text),
        UniqueConstraint("pbx", "at"), Index(None, "at"),
    )  # fmt: skip
    assert table.primary_key.name == "pk_calls"
    assert {str(one.name) for one in table.constraints} == {"pk_calls", "uq_calls_pbx_at"}
    assert [one.name for one in table.indexes] == ["ix_calls_at"]


def test_rows_are_numbered_on_both_databases() -> None:
    """SQLite numbers by itself only what is exactly INTEGER."""
    assert RowId.compile(sqlite.dialect()) == "INTEGER"
    assert RowId.compile(postgresql.dialect()) == "BIGINT"
