"""Many rows in one statement: SQLite takes them one after the other in its own loop, PostgreSQL as one JSON text.

A statement per row costs PostgreSQL a message and a plan each; one text that the server takes apart itself costs a
fifth of that (``tests/bench/history.py``). Numbers arrive as they were: the shortest decimal form of a double is read
back as the same double.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import JSON, BigInteger, Column, Connection, Table, Text, bindparam, cast, column, func, update
from sqlalchemy import select as select_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import TableValuedAlias

Row = dict[str, Any]


def insert_new(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that have the same columns; one that is there already (a unique constraint) stays as it is."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)
    else:
        connection.execute(_from_text(postgresql.insert(table), table, rows).on_conflict_do_nothing(), _text(rows))


def insert_all(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that have the same columns; raises ``IntegrityError`` when one is there already."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(table.insert(), rows)
    else:
        connection.execute(_from_text(postgresql.insert(table), table, rows), _text(rows))


def update_each(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Set all columns a row names, of the row whose number is its ``row_id``."""
    if not rows:
        return
    names = [name for name in rows[0] if name != "row_id"]
    if connection.dialect.name == "sqlite":
        connection.execute(update(table).where(table.c.id == bindparam("row_id")), rows)
    else:
        new = _recordset([*(table.c[name] for name in names), Column("row_id", BigInteger)])
        changed = update(table).values({table.c[name]: new.c[name] for name in names})
        connection.execute(changed.where(table.c.id == new.c.row_id), _text(rows))


def _from_text(insert: postgresql.Insert, table: Table, rows: Sequence[Row]) -> postgresql.Insert:
    new = _recordset([table.c[name] for name in rows[0]])
    return insert.from_select(list(rows[0]), select_(*new.c))


def _recordset(columns: Sequence[Column[Any]]) -> TableValuedAlias:
    text = cast(bindparam("rows", type_=Text()), JSON)
    shape = [column(one.name, one.type) for one in columns]
    return func.json_to_recordset(text).table_valued(*shape, name="new").render_derived("new", with_types=True)


def _text(rows: Sequence[Row]) -> dict[str, str]:
    return {"rows": msgspec.json.encode(rows).decode()}
