"""The database is opened, upgraded and checked, and what is wrong is said in a sentence."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from alerts.ledger.incident_tables import metadata as incident_tables
from alerts.ledger.tables import metadata as alert_tables
from floor.audit.tables import metadata as audit_tables
from floor.history import database as module
from floor.history.database import Database
from floor.history.errors import DatabaseUnusableError
from floor.history.tables import metadata as history_tables
from floor.people.tables import metadata as people_tables
from floor.requests.tables import metadata as request_tables

DECLARED = [history_tables, people_tables, alert_tables, incident_tables, audit_tables, request_tables]
"""The tables of every room that keeps records."""
TABLES = [table for metadata in DECLARED for table in metadata.sorted_tables]


def test_upgrade_from_empty(database_url: str) -> None:
    """An empty database comes out with exactly the tables the code declares; upgrading again changes nothing."""
    database = Database(database_url)
    database.upgrade()
    database.upgrade()
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, DECLARED) == []
        found = {table.name: {i["name"] for i in inspect(connection).get_indexes(table.name)} for table in TABLES}
    database.close()
    for table in TABLES:
        assert {index.name for index in table.indexes} <= found[table.name]


def test_one_line_of_versions() -> None:
    """The upgrades form one line without branches; each is a module of the package, so a wheel carries them."""
    script = ScriptDirectory(str(Path(module.__file__).with_name("migrations")))
    revisions = list(script.walk_revisions())
    assert len(script.get_heads()) == 1
    assert all(revision.module.__doc__ for revision in revisions)


def test_two_start_at_once(database_url: str) -> None:
    """Two programs that upgrade the same empty database at the same time both succeed."""
    databases = [Database(database_url, busy_s=10) for _ in range(2)]
    failures: list[BaseException] = []

    def upgrade(database: Database) -> None:
        try:
            database.upgrade()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=upgrade, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert failures == []


def test_newer_database(database: Database) -> None:
    """A database of a version we do not know is refused, not guessed at."""
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusableError, match=r"database: .*newer"):
        database.upgrade()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "no SQLAlchemy URL"),
        ("oracle://x@h/d", "oracle"),
        ("mysql+nothing://x@h/d", "not known"),
        ("sqlite:////proc/nowhere/floor.sqlite3", "cannot be used"),
        ("postgresql://u:geheim@/d?host=/nowhere", "cannot be used"),
    ],
)
def test_unusable(url: str, says: str) -> None:
    """Whatever is wrong with the key ``database``, the sentence names it and shows no password."""
    with pytest.raises(DatabaseUnusableError) as caught:
        Database(url).upgrade()
    assert str(caught.value).startswith("database: ")
    assert says in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_not_a_database(tmp_path: Path) -> None:
    """A file that is something else is refused and left as it is."""
    file = tmp_path / "floor.sqlite3"
    file.write_text("shopping list " * 100)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseUnusableError, match="not a database"):
        database.upgrade()
    database.close()
    assert file.read_text().startswith("shopping list")


def test_folder_is_made(tmp_path: Path) -> None:
    """SQLite's folder is created, a blank in its name included."""
    database = Database(f"sqlite:///{tmp_path / 'a b' / 'floor.sqlite3'}")
    database.upgrade()
    database.close()
    assert (tmp_path / "a b" / "floor.sqlite3").exists()


def test_moved(sqlite_database: Database) -> None:
    """A file deleted under us is noticed, and upgrading makes a new one."""
    assert not sqlite_database.moved()
    assert sqlite_database.file is not None
    sqlite_database.file.unlink()
    assert sqlite_database.moved()
    sqlite_database.close()
    sqlite_database.upgrade()
    assert not sqlite_database.moved()


def test_survives_power_cut(sqlite_database: Database) -> None:
    """Writes are in a log of their own and reach the disk at every commit."""
    with sqlite_database.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_readers_do_not_wait(sqlite_database: Database) -> None:
    """Reading goes on while somebody writes."""
    assert sqlite_database.file is not None
    other = sqlite3.connect(sqlite_database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with sqlite_database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM visits")).scalar() == 0
    other.close()
