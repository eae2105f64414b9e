"""What the tables of all rooms have in common: how constraints are named, and columns that number their rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData

# SQLite numbers rows by itself only in a column that is exactly INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")


def room_metadata() -> MetaData:
    """Of one room's tables; names are those the migrations give."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def numbered() -> Column[int]:
    """``id``, numbered by the database."""
    return Column("id", RowId, primary_key=True, autoincrement=True)
