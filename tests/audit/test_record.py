"""Whatever is done is on record first: in the database, else on disk, else it is not done (R-SEC-1, -12)."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from floor.audit.model import Doer, Entry, Stage
from floor.audit.ports import Audit, AuditUnwritableError
from floor.audit.record import AuditRecord
from floor.audit.tables import audit
from floor.history.database import Database
from floor.history.errors import HistoryError
from tests.history.entities import NOW, ManualClock

LIN = Doer("Lin", 7, "leader", "192.0.2.7")
ASKED = Entry("t1", "hang_up", Stage.ASKED, NOW, LIN, "pbx", "Ann", "support", "1.1", "abusive", more={"wait_s": 3.5})


async def _all(record: Audit, **more: object) -> list[Entry]:
    return [entry for _, entry in await record.read(since=0, until=NOW * 2, **more)]  # type: ignore[arg-type]


async def test_written_and_read(record: AuditRecord) -> None:
    """What is written comes back the same, oldest first, numbered."""
    await record.open()
    done = replace(ASKED, stage=Stage.ANSWERED, at=NOW + 1, said="Channel hung up", more={})
    await record.write(ASKED, done)
    found = await record.read(since=NOW, until=NOW + 2)
    assert [entry for _, entry in found] == [ASKED, done]
    numbers = [number for number, _ in found]
    assert numbers == sorted(numbers)
    assert [entry for _, entry in await record.read(since=NOW, until=NOW + 2, after=numbers[0])] == [done]


async def test_newest_first(record: AuditRecord) -> None:
    """Below a number, from the latest back; the filters hold as ever."""
    await record.open()
    acts = [replace(ASKED, thread=f"t{n}", at=NOW + n) for n in range(4)]
    await record.write(*acts)
    numbers = [number for number, _ in await record.read(since=NOW, until=NOW + 9)]
    assert await _all(record, before=2**53) == acts[::-1]
    assert await _all(record, before=numbers[2], limit=1) == [acts[1]]
    assert await _all(record, before=numbers[2], act="listen") == []


async def test_filters(record: AuditRecord) -> None:
    """By time, act, agent and person, alone and together; no more than asked for."""
    await record.open()
    listen = Entry("t2", "listen", Stage.BEGAN, NOW + 5, Doer("Wu", 8), agent="Bob")
    await record.write(ASKED, listen)
    assert await _all(record, act="listen") == [listen]
    assert await _all(record, agent="Ann") == [ASKED]
    assert await _all(record, person=8, agent="Bob") == [listen]
    assert await _all(record, person=8, agent="Ann") == []
    assert [e for _, e in await record.read(since=NOW, until=NOW + 5)] == [ASKED]
    assert await _all(record, limit=1) == [ASKED]


@pytest.mark.parametrize(
    "attack",
    [
        delete(audit),
        update(audit).values(said="nothing happened"),
        text("DELETE FROM audit WHERE act = 'hang_up'"),
        text("INSERT INTO audit_door VALUES (2, 1e12)"),
        text("UPDATE audit_door SET before = 1e12"),
    ],
)
async def test_nobody_changes_the_audit(record: AuditRecord, database: Database, attack: object) -> None:
    """R-SEC-1: the database itself refuses, whoever asks; nor can its door be opened for what is recent."""
    await record.open()
    await record.write(ASKED)
    with pytest.raises(DatabaseError, match="audit"), database.writing() as connection:
        connection.execute(attack)  # type: ignore[call-overload]
    assert await _all(record) == [ASKED]


async def test_nobody_replaces_an_entry(record: AuditRecord, database: Database) -> None:
    """Writing another entry over one, which deletes without deleting, changes nothing; nor does emptying the table."""
    await record.open()
    await record.write(ASKED)
    names = "id, key, at, thread, act, stage, by_name, by_role, by_address, pbx, agent, queue, call, reason, said, more"
    forged = f"INTO audit ({names}) SELECT id, 'k', at, thread, 'listen', stage, '', '', '', '', '', '', '', '', '', ''"
    attack = f"INSERT OR REPLACE {forged} FROM audit" if database.is_sqlite else "TRUNCATE audit"
    with contextlib.suppress(DatabaseError), database.writing() as connection:
        connection.execute(text(attack))
    assert await _all(record) == [ASKED]


async def test_database_away(record: AuditRecord, database: Database, clock: ManualClock, tmp_path: Path) -> None:
    """Entries go to disk, survive a restart, and come into the database in order, once, when it is back."""
    await record.open()
    await record.write(ASKED)
    _break(database)
    second, third = replace(ASKED, at=NOW + 1), replace(ASKED, at=NOW + 2)
    await record.write(second)
    assert record.failing
    await record.write(third)
    assert len(record.spill) == 2
    again = AuditRecord(database, tmp_path, clock)
    await again.open()
    assert len(again.spill) == 2
    _mend(database)
    clock.pass_by(60)
    fourth = replace(ASKED, at=NOW + 3)
    await again.write(fourth)
    assert await _all(again) == [ASKED, second, third, fourth]
    assert len(again.spill) == 0
    assert not again.failing


async def test_taken_in_twice(record: AuditRecord, database: Database, clock: ManualClock, tmp_path: Path) -> None:
    """A crash between the database and the file's emptying repeats nothing."""
    await record.open()
    _break(database)
    await record.write(ASKED)
    spilled = record.spill.path.read_bytes()
    _mend(database)
    clock.pass_by(60)
    assert await record.take_in()
    record.spill.path.write_bytes(spilled + b'{"not": "ours"}\n')
    await AuditRecord(database, tmp_path, clock).open()
    assert await _all(record) == [ASKED]
    assert record.aside.path.read_bytes() == b'{"not": "ours"}\n'


async def test_spill_file_gone(record: AuditRecord, database: Database, clock: ManualClock) -> None:
    """Somebody deleted what waited on disk, or made it unreadable: it is told in the log, and recording goes on."""
    await record.open()
    _break(database)
    await record.write(ASKED)
    record.spill.path.unlink()
    _mend(database)
    clock.pass_by(60)
    assert await record.take_in()
    _break(database)
    clock.pass_by(60)
    await record.write(ASKED)
    record.spill.path.unlink()
    record.spill.path.mkdir()
    _mend(database)
    clock.pass_by(60)
    assert not await record.take_in()
    with pytest.raises(AuditUnwritableError):
        await record.write(ASKED)


async def test_neither_takes_it(record: AuditRecord, database: Database) -> None:
    """What cannot be recorded must not be done: the writer says so."""
    await record.open()
    _break(database)
    record.spill.path.mkdir()
    with pytest.raises(AuditUnwritableError):
        await record.write(ASKED)
    with pytest.raises(HistoryError):
        await record.read(since=0, until=NOW)


async def test_hostile_words(record: AuditRecord) -> None:
    """NUL, lone surrogates and novels are kept as far as a database keeps them, and hold up nothing."""
    await record.open()
    hostile = replace(ASKED, reason="a\0b\ud800" + "x" * 5000, more={"name": "\ud800\0<script>", "deep": "y" * 9000})
    await record.write(hostile, replace(ASKED, more={"name": "\ud800\0"}))
    first, second = await _all(record)
    assert first.reason.startswith("ab?x")
    assert 990 < len(first.reason) <= 1000
    assert first.more["too_long"] > 9000
    assert second.more == {"name": "?\0"}


def _break(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE audit RENAME TO audit_away"))


def _mend(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("ALTER TABLE audit_away RENAME TO audit"))
