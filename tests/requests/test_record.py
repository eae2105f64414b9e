"""Steps on record: in order, whole, never changed, kept while the database is away."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from floor.history.database import Database
from floor.requests.life import closed, given
from floor.requests.model import About, Asker, EndReason, Help, Leave, Notice, Someone, Way
from floor.requests.record import RequestRecord
from floor.requests.tables import request_steps
from tests.history.entities import NOW

BY = Asker("pbx1", "Ann", 1, "Ann Li", "1001", "early")
HELP = Help("h", BY, About.ABUSIVE, Way.PHONE, NOW, text="求助")
LEAVE = Leave("l", BY, "toilet", 5, Way.PAGE, NOW)
OWED = EndReason("r", BY, "support", "1.1", NOW, talk_s=12.0)
NOTICE = Notice("n", {"zh": "公告"}, "warn", NOW, NOW + 60, Someone(4, "Wang Li"), boards=None, groups=("early",))


async def test_each_comes_back_as_it_stands(database: Database) -> None:
    """Its last step, whole, the latest first; what had no step since then is left out."""
    record = RequestRecord(database)
    record.put(LEAVE, NOW - 1000, "open")
    for one in (HELP, OWED, NOTICE):
        record.put(one, NOW, "open")
    done = closed(HELP, Someone(4, "Wang Li"), NOW + 5)
    record.put(done, NOW + 5, done.stage, "Wang Li")
    record.put(given(OWED, "noise", Way.PAGE, NOW + 6), NOW + 6, "given")
    found = await record.latest(NOW - 500)
    assert found == [given(OWED, "noise", Way.PAGE, NOW + 6), done, NOTICE]


async def test_every_step_stays(database: Database) -> None:
    """Steps are added; the database refuses to change one."""
    record = RequestRecord(database)
    record.put(HELP, NOW, "open", "Ann Li")
    record.put(HELP, NOW + 1, "closed", "Wang Li")
    assert await record.flush()
    with database.reading() as connection:
        rows = list(connection.execute(select(request_steps).order_by(request_steps.c.id)))
    told = [(row.stage, row.by_name, row.kind, row.agent) for row in rows]
    assert told == [("open", "Ann Li", "help", "Ann"), ("closed", "Wang Li", "help", "Ann")]
    with pytest.raises(DBAPIError, match="only added"), database.writing() as connection:
        connection.execute(text("UPDATE request_steps SET by_name = 'x'"))


async def test_reads_are_counted_once(database: Database) -> None:
    """The same person reads the same notice once."""
    record = RequestRecord(database)
    for person in (1, 2, 1):
        record.put_read("n", person, NOW)
    record.put_read("other", 3, NOW)
    assert await record.reads(["n"]) == {"n": {1, 2}}


async def test_a_database_that_is_away(sqlite_database: Database) -> None:
    """What cannot be written waits, in order, and is written once it can be; then nothing waits."""
    record = RequestRecord(sqlite_database)
    with sqlite_database.writing():  # another program holds the lock
        record.put(HELP, NOW, "open")
        assert not await record.flush()
        assert record.waiting == 1
    assert await record.flush()
    assert (record.waiting, await record.latest(0.0)) == (0, [HELP])


async def test_full(sqlite_database: Database) -> None:
    """Beyond its capacity the oldest go, and are counted: the audit has them too."""
    record = RequestRecord(sqlite_database, capacity=2)
    for one in (HELP, LEAVE, OWED):
        record.put(one, NOW, "open")
    assert (record.lost, record.waiting) == (1, 2)
    assert {one.id for one in await record.latest(0.0)} == {"l", "r"}


async def test_what_is_too_old_goes(database: Database) -> None:
    """Kept until then, and not a moment longer."""
    record = RequestRecord(database)
    record.put(HELP, NOW - 1, "open")
    record.put(LEAVE, NOW, "open")
    record.put_read("n", 1, NOW - 1)
    await record.flush()
    assert await record.prune(NOW) == 1
    assert await record.latest(0.0) == [LEAVE]
    assert await record.reads(["n"]) == {}


async def test_a_row_of_another_version(sqlite_database: Database) -> None:
    """What is not understood is left alone, and hides nothing else."""
    record = RequestRecord(sqlite_database)
    record.put(HELP, NOW, "open")
    await record.flush()
    with sqlite_database.writing() as connection:
        row = {
            "key": "k",
            "request": "x",
            "kind": "wish",
            "at": NOW,
            "stage": "",
            "pbx": "",
            "agent": "",
            "by_name": "",
            "body": "{}",
        }
        connection.execute(request_steps.insert().values(**row))
    assert await record.latest(0.0) == [HELP]
