"""queue_log in a database: every shape of its time column, both layouts of its data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, String, Table, create_engine

from floor.history.errors import QueueLogUnreadableError
from floor.history.log_records import Completed, Entered, LogRecord, Unclassified
from floor.history.queue_log import read_queue_log

T = 1_795_315_000
CHINA = timezone(timedelta(hours=8))
DATA = ("data1", "data2", "data3", "data4", "data5")


def _fill(url: str, name: str, time: Any, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    table = Table(
        name,
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("time", time),
        *(Column(one, String(100)) for one in ("callid", "queuename", "agent", "event", *columns)),
    )
    engine = create_engine(url)
    table.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), rows)
    engine.dispose()


def _row(time: Any, event: str = "ENTERQUEUE", **data: str) -> dict[str, Any]:
    agent = "NONE" if event == "ENTERQUEUE" else "Ann"
    row = dict.fromkeys((*DATA, "data"))
    return row | {"time": time, "callid": "1.1", "queuename": "support", "agent": agent, "event": event} | data


def _read(url: str, since: float = T + 5, until: float = T + 15) -> tuple[LogRecord, ...]:
    return read_queue_log(url, since, until, CHINA).records


@pytest.mark.parametrize(
    ("column", "shape"),
    [
        (BigInteger(), lambda at: at),
        (String(26), str),
        (String(26), lambda at: f"{at}.250000"),
        (String(26), lambda at: datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M:%S")),
        (String(26), lambda at: datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d %H:%M:%S.%f")),
        (DateTime(), lambda at: datetime.fromtimestamp(at, CHINA).replace(tzinfo=None)),
    ],
    ids=["seconds", "text seconds", "text fraction", "text date", "text date fraction", "date"],
)
def test_times(database_url: str, column: Any, shape: Any) -> None:
    """Whatever the column holds, the window and the moments are right."""
    _fill(database_url, "queue_log", column, DATA, [_row(shape(T + at)) for at in (20, 10, 0)])
    (record,) = _read(database_url)
    assert int(record.at) == T + 10
    assert int(read_queue_log(database_url, T, zone=CHINA).reaches_back_to or 0) == T


@pytest.mark.postgres
def test_time_with_zone(postgres_url: str) -> None:
    """A column that knows its zone needs none from us."""
    moments = [datetime.fromtimestamp(T + at, UTC) for at in (20, 10, 0)]
    _fill(postgres_url, "queue_log", DateTime(timezone=True), DATA, [_row(moment) for moment in moments])
    assert [record.at for record in _read(postgres_url)] == [T + 10]


def test_columns(database_url: str) -> None:
    """Fields come from data1…data5, what Asterisk squeezed into the fifth included."""
    squeezed = {"data1": "LINK", "data2": "PJSIP/1-1", "data3": "PJSIP/2-2", "data4": "2", "data5": "11|1"}
    _fill(database_url, "queue_log", BigInteger(), DATA, [_row(T + 10, "ATTENDEDTRANSFER", **squeezed)])
    (record,) = _read(database_url)
    assert isinstance(record, Completed)
    assert (record.wait_s, record.talk_s, record.transfer) == (2, 11, "attended")


def test_one_data_column(database_url: str) -> None:
    """The older layout has all fields in one column."""
    row = {k: v for k, v in _row(T + 10, data="|1900|3").items() if k not in DATA}
    _fill(database_url, "queuelog", String(26), ("data",), [row | {"time": str(T + 10)}])
    (record,) = _read(database_url)
    assert isinstance(record, Entered)
    assert (record.number, record.position) == ("1900", 3)


def test_named_table(database_url: str) -> None:
    """A table of another name is named in the URL."""
    _fill(database_url, "calls_of_old", BigInteger(), DATA, [_row(T + 10)])
    with pytest.raises(QueueLogUnreadableError, match="no table queue_log or"):
        _read(database_url)
    sign = "&" if "?" in database_url else "?"
    assert len(_read(f"{database_url}{sign}table=calls_of_old")) == 1


def test_hostile_rows(database_url: str) -> None:
    """A time that is none and fields that are nothing are reported, and raise nothing."""
    rows = [
        _row("yesterday"),
        _row(str(T + 10), "\0".replace("\0", "CONNECT")),
        _row(str(T + 11)) | {"callid": None, "event": None},
    ]
    _fill(database_url, "queue_log", String(26), DATA, rows)
    records = read_queue_log(database_url, T, T + 15).records
    assert {type(record).__name__ for record in records} <= {"Unclassified", "Connected"}
    assert sum(isinstance(record, Unclassified) for record in records) >= 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////nowhere/queue.db", "there is no /nowhere/queue.db"),
        ("postgresql://u:geheim@/x?host=/nowhere", "cannot be read"),
        ("mysql://u:geheim@h/x", "driver"),
        ("gopher://h/x", "neither a path nor"),
    ],
)
def test_unreadable(url: str, says: str) -> None:
    """What is wrong is said without the password."""
    with pytest.raises(QueueLogUnreadableError) as caught:
        _read(url)
    assert says in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_missing_columns(database_url: str) -> None:
    """A table that is no queue_log is refused by naming what it lacks."""
    engine = create_engine(database_url)
    Table("queue_log", MetaData(), Column("time", Integer), Column("event", String(9))).create(engine)
    engine.dispose()
    with pytest.raises(QueueLogUnreadableError, match="lacks callid, queuename, agent"):
        _read(database_url)


def test_empty_table(database_url: str, tmp_path: Path) -> None:
    """An empty table reaches back to nowhere."""
    engine = create_engine(database_url)
    columns = [Column(name, String(9)) for name in ("time", "callid", "queuename", "agent", "event", "data1")]
    Table("queue_log", MetaData(), *columns).create(engine)
    engine.dispose()
    assert read_queue_log(database_url, 0).reaches_back_to is None
