"""The writer never drops a call: whatever happens to the database, the disk or the process."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError, OperationalError

from floor.backoff import Backoff
from floor.clock import SystemClock
from floor.history import upsert
from floor.history import writer as module
from floor.history.database import Database
from floor.history.rows import Entry
from floor.history.writer import Writer, WriterLimits
from floor.state.model import Caller
from tests.history.entities import (
    NOW,
    ManualClock,
    finished,
    lost,
    offer,
    span,
    stored,
    stored_visits,
    talking,
    waiting,
)
from tests.support.postgres import PostgresServer

PROMPT = WriterLimits(batch=10, linger_s=0.5, spill_rows=50, spill_after_s=2.0, keep_rows=100, retry=Backoff(1, 2, 4))
CALLS: list[Caller] = [waiting(f"{n}.0", NOW + n) for n in range(300)]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def writer(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> Writer:
    """A writer on SQLite that moves only when told."""
    return Writer(sqlite_database, tmp_path, clock, limits=PROMPT)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another program holds SQLite's write lock."""
    assert database.file is not None
    other = sqlite3.connect(database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def let_pass(writer: Writer, clock: ManualClock, seconds: float) -> None:
    """Time goes by in half seconds, the writer awake at each."""
    for _ in range(int(seconds * 2)):
        clock.pass_by(0.5)
        writer.step()


def test_batches(writer: Writer, clock: ManualClock) -> None:
    """A full batch goes at once, a smaller one after half a second."""
    writer.put(CALLS[:10])
    writer.step()
    assert len(stored_visits(writer.database)) == 10
    writer.put(CALLS[10:12])
    writer.step()
    assert writer.depth == 2
    let_pass(writer, clock, 0.5)
    assert (writer.depth, writer.written, writer.failing) == (0, 12, False)


def test_a_burst_goes_in_few_transactions(
    sqlite_database: Database, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has gathered is written many at a time, up to a bound, and in order."""
    sizes: list[int] = []

    def write(connection: Connection, batch: list[Entry]) -> None:
        sizes.append(len(batch))
        upsert.write(connection, batch)

    monkeypatch.setattr(module, "write", write)
    writer = Writer(sqlite_database, tmp_path, clock, limits=WriterLimits(batch=10, most=70))
    writer.put(CALLS[:200])
    writer.step()
    let_pass(writer, clock, 0.5)
    assert sizes == [70, 70, 60]
    assert stored_visits(writer.database) == CALLS[:200]


def test_locked(writer: Writer, clock: ManualClock) -> None:
    """While another program holds the lock calls wait, then on disk; when it lets go all are there, in order."""
    with locked(writer.database):
        writer.put([waiting(), talking(waiting())])
        let_pass(writer, clock, 10)
        assert writer.failing
        writer.put([finished(waiting())])
        let_pass(writer, clock, 1)
        assert writer.depth == 3
        assert len(writer.spill) == 2
        trouble = writer.trouble()
        assert "locked" in trouble.reason
        assert trouble.failing_s == pytest.approx(10.5)
    let_pass(writer, clock, 5)
    assert stored_visits(writer.database) == [finished(waiting())]
    assert (writer.depth, writer.trouble().quiet) == (0, True)


def test_memory_bound(writer: Writer, clock: ManualClock) -> None:
    """A burst while the database is away moves to disk as soon as the memory bound is reached, and none is lost."""
    with locked(writer.database):
        writer.put(CALLS[:1])
        let_pass(writer, clock, 0.5)
        for n in range(1, 300, 60):
            writer.put(CALLS[n : n + 60])
            writer.step()
        assert len(writer.spill) >= 240
    let_pass(writer, clock, 10)
    assert stored_visits(writer.database) == CALLS
    assert writer.backlog.lost == 0


def test_file_deleted(writer: Writer, clock: ManualClock) -> None:
    """A database file deleted under us is made anew: writes do not vanish into the deleted one."""
    writer.put(CALLS[:1])
    let_pass(writer, clock, 1)
    assert writer.database.file is not None
    writer.database.file.unlink()
    writer.put(CALLS[1:2])
    let_pass(writer, clock, 1)
    assert stored_visits(writer.database) == CALLS[1:2]


def test_tables_gone(writer: Writer, clock: ManualClock) -> None:
    """A database restored empty gets its tables back, and what was waiting gets in."""
    with writer.database.writing() as connection:
        for table in inspect(connection).get_table_names():
            connection.execute(text(f'DROP TABLE "{table}"'))
    writer.put([*CALLS[:2], offer()])
    let_pass(writer, clock, 5)
    assert stored_visits(writer.database) == CALLS[:2]


def test_read_only(writer: Writer, clock: ManualClock) -> None:
    """A read-only database is an outage like any other."""
    assert writer.database.file is not None
    writer.database.close()
    with sqlite3.connect(writer.database.file) as other:
        other.execute("PRAGMA journal_mode=DELETE")
    other.close()
    writer.database.url = writer.database.url.set(
        database=f"file:{writer.database.file}", query={"mode": "ro", "uri": "true"}
    )
    writer.put(CALLS[:3])
    let_pass(writer, clock, 5)
    assert writer.failing
    assert len(writer.spill) == 3


def test_full_disk(writer: Writer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk full for database and spill file alike: it keeps running, keeps the newest, counts what it lost, says so."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with locked(writer.database), monkeypatch.context() as patch:
        patch.setattr("floor.lines._write_through", full)
        for n in range(300):
            writer.put(CALLS[n : n + 1])
            clock.pass_by(0.1)
            writer.step()
        trouble = writer.trouble()
        assert (trouble.disk, trouble.waiting, trouble.lost) == ("No space left on device", 100, 200)
    let_pass(writer, clock, 6)
    assert stored_visits(writer.database) == CALLS[200:]
    assert (writer.trouble().disk, writer.trouble().lost) == (None, 200)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_really_full_disk(tmp_path: Path, clock: ManualClock) -> None:
    """The same with a real disk of 2 MiB: it fills up, refuses, and takes everything when there is room again."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.system(f"mount -t tmpfs -o size=2m floor-test {folder} 2>/dev/null"):
        pytest.skip("this machine does not let us mount")
    try:
        database = Database(f"sqlite:///{folder / 'floor.sqlite3'}", busy_s=0.05)
        database.upgrade()
        writer = Writer(database, folder, clock, limits=PROMPT)
        ballast = folder / "ballast"
        ballast.write_bytes(b"x" * (shutil.disk_usage(folder).free - 40_000))
        for n in range(300):
            writer.put(CALLS[n : n + 1])
            let_pass(writer, clock, 0.5)
        assert writer.failing
        assert "full" in writer.trouble().reason
        assert writer.trouble().disk == "No space left on device"
        held = writer.backlog.lost + writer.depth + len(stored_visits(database))
        assert held >= 300
        ballast.unlink()
        let_pass(writer, clock, 6)
        assert not writer.failing
        assert CALLS[-100:] == stored_visits(database)[-100:]
        database.close()
    finally:
        os.system(f"umount -l {folder}")


def test_refused_row(writer: Writer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row no database would take is put aside, and holds up nobody."""
    write = upsert.write

    def picky(connection: Connection, entries: list[Entry]) -> None:
        if CALLS[3] in entries:
            raise IntegrityError("INSERT", {}, Exception("refused"))
        write(connection, entries)

    monkeypatch.setattr(module, "write", picky)
    writer.put(CALLS[:10])
    writer.step()
    assert stored_visits(writer.database) == [*CALLS[:3], *CALLS[4:10]]
    assert (writer.trouble().refused, writer.failing, writer.depth) == (1, False, 0)
    assert b'"3.0"' in writer.aside.path.read_bytes()


def test_met_another_writer(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two programs that insert the same visit at once: the second try finds it and writes it."""
    write, tried = upsert.write, []

    def once(connection: Connection, entries: list[Entry]) -> None:
        tried.append(entries)
        if len(tried) == 1:
            raise IntegrityError("INSERT", {}, Exception("unique"))
        write(connection, entries)

    monkeypatch.setattr(module, "write", once)
    writer.put(CALLS[:10])
    writer.step()
    assert stored_visits(writer.database) == CALLS[:10]
    assert writer.trouble().quiet


def test_broken_spill_line(writer: Writer, clock: ManualClock) -> None:
    """A line of the spill file that cannot be read is put aside; the others are written."""
    writer.spill.append_lines([b"nonsense\n"])
    writer.spill.append(CALLS[:1])
    writer.step()
    assert stored_visits(writer.database) == CALLS[:1]
    assert writer.aside.path.read_bytes() == b"nonsense\n"


def test_spill_removed(writer: Writer) -> None:
    """A spill file removed by hand is counted as lost, and writing goes on."""
    writer.spill.append(CALLS[:2])
    writer.spill.path.unlink()
    writer.put(CALLS[2:12])
    writer.step()
    assert (writer.backlog.lost, writer.depth, writer.failing) == (2, 0, False)
    assert stored_visits(writer.database) == CALLS[2:12]


def test_defect_of_ours(writer: Writer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even an error nobody thought of loses nothing: it is tried again."""
    with monkeypatch.context() as patch:
        patch.setattr(module, "write", Mock(side_effect=KeyError("nothing")))
        writer.put(CALLS[:10])
        let_pass(writer, clock, 3)
        assert writer.failing
    let_pass(writer, clock, 5)
    assert stored_visits(writer.database) == CALLS[:10]


def test_chore_after_writing(sqlite_database: Database, tmp_path: Path, clock: ManualClock) -> None:
    """Chores come after writing, not while the database refuses; one that fails stops nothing."""
    done: list[float] = []

    def chore(now: float) -> None:
        done.append(now)
        raise OSError("no matter")

    writer = Writer(sqlite_database, tmp_path, clock, limits=PROMPT, chore=chore)
    with locked(sqlite_database):
        writer.put(CALLS[:10])
        writer.step()
        assert done == []
    let_pass(writer, clock, 2)
    assert done
    assert stored_visits(sqlite_database) == CALLS[:10]


class Killed(BaseException):
    """The process ends here: nothing after it runs."""


@settings(deadline=None, max_examples=25)
@given(
    script=st.lists(
        st.sampled_from(
            ["put", "put", "step", "wait", "fail", "work", "kill in the database", "kill before forgetting"]
        ),
        min_size=5,
        max_size=30,
    )
)
def test_killed_anywhere(tmp_path_factory: pytest.TempPathFactory, script: list[str]) -> None:
    """Killed at any moment between spill and replay: what was on disk is in the database once, none twice, none lost.

    Only what was still in memory, younger than the spill's delay, may go with the process.
    """
    folder, clock = tmp_path_factory.mktemp("killed"), ManualClock()
    database = FlakyDatabase(f"sqlite:///{folder / 'floor.sqlite3'}")
    database.upgrade()
    writer = Writer(database, folder, clock, limits=PROMPT)
    put: list[Entry] = []
    gone: set[str] = set()
    for word in script:
        if word == "put":
            call = lost(waiting(f"{len(put)}.0", NOW + len(put)))
            put.append(call)
            writer.put([waiting(call.uniqueid, call.joined_at), call])
        elif word in ("fail", "work"):
            database.fails = word == "fail"
        else:
            database.dies = {"kill in the database": "before", "kill before forgetting": "after"}.get(word)
            clock.pass_by(3.0)
            try:
                writer.step()
            except Killed:
                gone |= {
                    one.uniqueid
                    for one in [*writer.backlog._waiting, *writer.backlog._in_flight]
                    if isinstance(one, Caller)
                }
                writer = Writer(database, folder, clock, limits=PROMPT)
                writer.spill.open()
    database.fails, database.dies = False, None
    let_pass(writer, clock, 10)
    found = stored_visits(database)
    database.close()
    assert len({visit.uniqueid for visit in found}) == len(found)
    assert [visit for visit in found if visit.uniqueid not in gone] == [
        visit for visit in put if isinstance(visit, Caller) and visit.uniqueid not in gone
    ]
    assert all(visit in put or visit.uniqueid in gone for visit in found)


class FlakyDatabase(Database):
    """A database that refuses, or whose process dies right before or right after it has committed."""

    fails = False
    dies: str | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        if self.dies == "before":
            self.dies = None
            raise Killed
        if self.fails:
            raise OperationalError("BEGIN", {}, Exception("gone"))
        with super().writing() as connection:
            yield connection
        if self.dies == "after":
            self.dies = None
            raise Killed


# From here on with its own thread.


@pytest.fixture
def running(database: Database, tmp_path: Path) -> Iterator[Writer]:
    """A writer at work, on either kind of database."""
    writer = Writer(database, tmp_path / "data", SystemClock())
    (tmp_path / "data").mkdir()
    writer.start()
    yield writer
    writer.stop(5.0)


def test_flush(running: Writer) -> None:
    """After a flush everything put before is in the database."""
    running.put([*CALLS, offer(), span()])
    assert running.flush(10.0)
    assert [len(rows) for rows in stored(running.database)] == [300, 1, 1, 0]


def test_stop_writes(running: Writer) -> None:
    """Stopping writes what waits."""
    running.put(CALLS[:5])
    running.stop(5.0)
    assert stored_visits(running.database) == CALLS[:5]


def test_stop_while_locked(sqlite_database: Database, tmp_path: Path) -> None:
    """Stopping while the database refuses leaves everything in the spill file, for the next start."""
    writer = Writer(sqlite_database, tmp_path, SystemClock(), limits=WriterLimits(spill_after_s=60.0))
    writer.start()
    with locked(sqlite_database):
        writer.put(CALLS[:5])
        assert not writer.flush(2.0)
        writer.stop(5.0)
    assert len(writer.spill) == 5
    again = Writer(sqlite_database, tmp_path, SystemClock())
    again.spill.open()
    again.step()
    assert stored_visits(sqlite_database) == CALLS[:5]


def test_stop_while_it_hangs(sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that neither answers nor refuses delays the end only as long as it may, and loses nothing."""
    release = threading.Event()
    write: Callable[..., None] = upsert.write

    def hang(connection: Connection, entries: list[Entry]) -> None:
        release.wait(20)
        write(connection, entries)

    monkeypatch.setattr(module, "write", hang)
    writer = Writer(sqlite_database, tmp_path, SystemClock())
    writer.start()
    writer.put(CALLS[:5])
    began = time.monotonic()
    writer.stop(0.7)
    assert time.monotonic() - began < 3
    assert len(writer.spill) == 5
    release.set()
    assert writer._thread is not None
    writer._thread.join(5)
    writer.spill.open()
    writer.step()
    assert stored_visits(sqlite_database) == CALLS[:5]


@pytest.mark.postgres
def test_server_fails_and_returns(postgres_server: PostgresServer, postgres_url: str, tmp_path: Path) -> None:
    """PostgreSQL crashes in the middle and comes back: every call is there, once."""
    database = Database(postgres_url)
    database.upgrade()
    writer = Writer(
        database, tmp_path, SystemClock(), limits=WriterLimits(spill_after_s=0.2, retry=Backoff(0.1, 2, 0.3))
    )
    writer.start()
    writer.put(CALLS[:100])
    assert writer.flush(10)
    postgres_server.stop()
    try:
        writer.put(CALLS[100:200])
        assert not writer.flush(10)
        assert writer.trouble().failing_s is not None
    finally:
        postgres_server.start()
    writer.put(CALLS[200:])
    deadline = time.monotonic() + 20
    while not writer.flush(1.0):
        assert time.monotonic() < deadline
    writer.stop(5.0)
    assert stored_visits(database) == CALLS
    database.close()


def test_speed(running: Writer, capsys: pytest.CaptureFixture[str]) -> None:
    """Thousands of rows a second, a hundred times what 500 agents make."""
    rows: list[Entry] = [finished(waiting(f"{n}.0", NOW + n)) for n in range(2000)]
    rows += [offer(f"{n}.0", NOW + n) for n in range(2000)]
    began = time.monotonic()
    running.put(rows)
    assert running.flush(60)
    took = time.monotonic() - began
    with capsys.disabled():
        print(f"\nhistory: {len(rows) / took:.0f} rows/s into {running.database.url.get_backend_name()}")
    assert len(rows) / took > 300
