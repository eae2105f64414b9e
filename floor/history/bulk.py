"""Many rows in one statement: SQLite takes them one after the other in its own loop, PostgreSQL as one stream.

A statement per row costs PostgreSQL a message and a plan each. New rows are copied in as it keeps them itself (COPY in
its binary form), and it sorts in the first while we still send the last; changes are one JSON text that the server
takes apart (``tests/bench/history.py``). Numbers arrive as they were: the shortest decimal form of a double is read
back as the same double.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Dialect,
    Double,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    cast,
    column,
    func,
    update,
)
from sqlalchemy import select as select_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.sql.selectable import TableValuedAlias

Row = dict[str, Any]

_COPIED: dict[type, str] = {Text: "text", BigInteger: "int8", Double: "float8", Boolean: "bool"}
"""What a column's values are called in a stream."""


def insert_new(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows that have the same columns; one that is there already (a unique constraint) stays as it is."""
    some = _Portion(rows)
    if some.empty:
        return
    if connection.dialect.name == "sqlite":
        _each(connection, sqlite.insert(table).on_conflict_do_nothing(), some.names, some.all())
        return
    try:
        # Hardly ever is one there already, and asking of every row costs the server as much as taking it.
        with connection.begin_nested():
            _copy(connection, table, some)
    except IntegrityError:
        insert = _from_text(postgresql.insert(table), table, some.names).on_conflict_do_nothing()
        connection.execute(insert, _text(some.all()))


def insert_all(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows that have the same columns; raises ``IntegrityError`` when one is there already."""
    some = _Portion(rows)
    if some.empty:
        return
    if connection.dialect.name == "sqlite":
        _each(connection, table.insert(), some.names, some.all())
    else:
        _copy(connection, table, some)


class _Portion:
    """Rows as they are made: PostgreSQL takes in the first while the last are not yet made. They are kept, to be told
    once more."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._to_come = iter(rows)
        self._made = list(islice(self._to_come, 1))
        self.empty = not self._made

    @property
    def names(self) -> list[str]:
        return list(self._made[0])

    def all(self) -> list[Row]:
        """All of them."""
        self._made.extend(self._to_come)
        return self._made

    def __iter__(self) -> Iterator[Row]:
        yield self._made[0]
        for row in self._to_come:
            self._made.append(row)
            yield row


def update_each(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Set all columns a row names, of the row whose number is its ``row_id``; a statement for each set of columns."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(row)
    for columns, some in alike.items():
        _update(connection, table, [name for name in columns if name != "row_id"], some)


def _update(connection: Connection, table: Table, names: list[str], rows: Sequence[Row]) -> None:
    if connection.dialect.name == "sqlite":
        _each(connection, update(table).where(table.c.id == bindparam("row_id")), names, rows)
    else:
        new = _recordset([*(table.c[name] for name in names), Column("row_id", BigInteger)])
        changed = update(table).values({table.c[name]: new.c[name] for name in names})
        connection.execute(changed.where(table.c.id == new.c.row_id), _text(rows))


def _copy(connection: Connection, table: Table, rows: _Portion) -> None:
    """Raises what a statement of SQLAlchemy's would: it knows nothing of COPY, and the driver's own errors come."""
    names = rows.names
    statement = _copy_statement(connection.dialect, table, names)
    driver: Any = connection.connection.driver_connection
    errors: Any = connection.dialect.loaded_dbapi
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as stream:
            stream.set_types([_COPIED[type(table.c[name].type)] for name in names])
            for row in rows:
                stream.write_row(tuple(row.values()))
    except errors.Error as error:
        raise DBAPIError.instance(statement, None, error, errors.Error, dialect=connection.dialect) from error


def _copy_statement(dialect: Dialect, table: Table, names: Sequence[str]) -> str:
    quote = dialect.identifier_preparer.quote
    return f"COPY {quote(table.name)} ({', '.join(map(quote, names))}) FROM STDIN (FORMAT BINARY)"


def _each(connection: Connection, statement: Insert | Update, names: list[str], rows: Sequence[Row]) -> None:
    """A statement for each row, with values as the driver takes them: asking SQLAlchemy for each value costs as much
    as SQLite's own work, and changes none (texts, numbers and flags)."""
    compiled = statement.compile(dialect=connection.dialect, column_keys=names)
    values = itemgetter(*(compiled.positiontup or ()))
    connection.exec_driver_sql(str(compiled), [values(row) for row in rows])


def _from_text(insert: postgresql.Insert, table: Table, names: list[str]) -> postgresql.Insert:
    new = _recordset([table.c[name] for name in names])
    return insert.from_select(names, select_(*new.c))


def _recordset(columns: Sequence[Column[Any]]) -> TableValuedAlias:
    text = cast(bindparam("rows", type_=Text()), JSON)
    shape = [column(one.name, one.type) for one in columns]
    return func.json_to_recordset(text).table_valued(*shape, name="new").render_derived("new", with_types=True)


def _text(rows: Sequence[Row]) -> dict[str, str]:
    return {"rows": msgspec.json.encode(rows).decode()}
