"""queue_log as a database table, as Asterisk's realtime (or a distribution around it) writes it.

The column ``time`` is met as whole seconds, as seconds in a text, as a text date with or without a fraction, and as a
real date; the newest value found says which. Dates without a zone are in ``zone``, by default the machine's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, MetaData, Table, create_engine, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from floor.history.database import reason
from floor.history.errors import QueueLogUnreadableError
from floor.history.log_records import FIRST_MOMENT, LAST_MOMENT, LogRecord, Unclassified, parse_entry

TABLES = ("queue_log", "queuelog", "ast_queue_log")
NEEDED = ("time", "callid", "queuename", "agent", "event")
DATA = ("data1", "data2", "data3", "data4", "data5")
CHUNK = 1000


def read_table(
    source: str, since: float, until: float | None, zone: tzinfo | None
) -> tuple[float | None, list[LogRecord]]:
    """(moment of the first entry, records in order of time with ``since <= at < until``)."""
    engine, wanted = _engine(source)
    try:
        with engine.connect() as connection:
            table = _table(connection, wanted)
            first = _edge(connection, table, zone)
            records = [one for one in _records(connection, table, since, zone) if until is None or one.at < until]
            return first, [one for one in records if one.at >= since or not one.at]
    except SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise QueueLogUnreadableError(f"pbx.queue_log: {shown} cannot be read: {reason(error)}") from error
    finally:
        engine.dispose()


def _engine(source: str) -> tuple[Engine, str | None]:
    try:
        url = make_url(source)
        wanted = url.query.get("table")
        url = url.difference_update_query(["table"])
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        if url.drivername in ("mysql", "mariadb"):
            url = url.set(drivername="mysql+pymysql")
        if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
            raise QueueLogUnreadableError(f"pbx.queue_log: there is no {url.database}")
        engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    except (ArgumentError, ValueError, NoSuchModuleError) as error:
        raise QueueLogUnreadableError("pbx.queue_log: this is neither a path nor a database URL") from error
    except ModuleNotFoundError as error:
        raise QueueLogUnreadableError(f"pbx.queue_log: the database driver {error.name} is not installed") from error
    return engine, wanted if isinstance(wanted, str) else None


def _table(connection: Connection, wanted: str | None) -> Table:
    inspector = inspect(connection)
    there = set(inspector.get_table_names()) | set(inspector.get_view_names())
    names = (wanted,) if wanted else TABLES
    name = next((name for name in names if name in there), None)
    if name is None:
        raise QueueLogUnreadableError(
            f"pbx.queue_log: the database has no table {' or '.join(names)}; name it with ?table=… in the URL"
        )
    columns = {str(column["name"]).lower(): column for column in inspector.get_columns(name)}
    missing = [needed for needed in NEEDED if needed not in columns]
    if missing or not ("data1" in columns or "data" in columns):
        raise QueueLogUnreadableError(
            f"pbx.queue_log: the table {name} lacks {', '.join(missing) or 'data1 or data'}; these columns are needed"
        )
    used = [one for one in (*NEEDED, *DATA, "data", "id") if one in columns]
    return Table(name, MetaData(), *(Column(columns[one]["name"], columns[one]["type"], key=one) for one in used))


def _edge(connection: Connection, table: Table, zone: tzinfo | None) -> float | None:
    row = connection.execute(select(table.c.time).order_by(table.c.time).limit(1)).first()
    return None if row is None else _moment(row[0], zone)


def _records(connection: Connection, table: Table, since: float, zone: tzinfo | None) -> Iterator[LogRecord]:
    order = [table.c.time, *([table.c.id] if "id" in table.c else [])]
    sample = connection.execute(select(table.c.time).order_by(table.c.time.desc()).limit(1)).first()
    if sample is None:
        return
    query = select(table).order_by(*order)
    bound = _bound(sample[0], since - 1, zone)
    if bound is not None:
        query = query.where(table.c.time >= bound)
    for row in connection.execution_options(yield_per=CHUNK).execute(query):
        yield _record({column.key: value for column, value in zip(table.c, row, strict=True)}, zone)


def _record(row: dict[str, Any], zone: tzinfo | None) -> LogRecord:
    at = _moment(row["time"], zone)
    if at is None:
        return Unclassified(0.0, "", "", None, "", why=f"not a time: {str(row['time'])[:40]!r}")
    call, queue, agent, event = (_text(row[name]) for name in ("callid", "queuename", "agent", "event"))
    fields = [_text(row[name]) for name in DATA if name in row]
    if not any(fields) and row.get("data"):
        fields = _text(row["data"]).split("|")
    while fields and not fields[-1]:
        fields.pop()
    return parse_entry(at, call=call, queue=queue, agent=agent, event=event, data=tuple(fields))


def _text(value: object) -> str:
    return "" if value is None else str(value)[:1000]


def _bound(sample: object, since: float, zone: tzinfo | None) -> Any:
    """``since`` in the shape of the column, so that the database can skip what is older; ``None``: unknown shape."""
    if isinstance(sample, int | float):
        return int(since)
    local = datetime.fromtimestamp(since, zone)
    if isinstance(sample, datetime):
        return local if sample.tzinfo is not None else local.replace(tzinfo=None)
    text = str(sample)
    if text.replace(".", "", 1).isdigit():
        return str(int(since))
    return local.strftime("%Y-%m-%d %H:%M:%S") if text[4:5] == "-" and text[10:11] == " " else None


def _moment(value: object, zone: tzinfo | None) -> float | None:
    if not isinstance(value, datetime):
        text = str(value).strip()
        if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) <= 20:
            return _plausible(float(text))
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            return None
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return _plausible(value.astimezone(UTC).timestamp())


def _plausible(at: float) -> float | None:
    return at if FIRST_MOMENT <= at <= LAST_MOMENT else None
