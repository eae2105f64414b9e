"""The database behind the history: SQLite in the data folder by default, PostgreSQL by URL; opened, upgraded, checked.

Writing and reading use separate engines: a SQLite writer takes its lock at the beginning of a transaction, so that
what it read cannot change before it writes, while readers never lock anybody out.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from floor.history.errors import DatabaseUnusableError

_one_upgrade = threading.Lock()
"""Alembic keeps its context in its module, so one process upgrades one database at a time."""

UPGRADE_LOCK = 0x466C6F6F72
"""Advisory lock under which PostgreSQL schemas are upgraded; any constant of our own."""


class Database:
    """One database; ``busy_s`` is how long a writer waits for another program's SQLite lock."""

    def __init__(self, url: str, *, busy_s: float = 2.0) -> None:
        self.url = _parsed(url)
        self.busy_s = busy_s
        self._engines: dict[str, Engine] = {}
        self._inode: int | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file; ``None`` for memory and servers."""
        name = self.url.database
        return Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @property
    def shown(self) -> str:
        """The URL as it may be shown: without its password."""
        return self.url.render_as_string(hide_password=True)

    def upgrade(self) -> None:
        """Bring the schema to this version; raises :class:`DatabaseUnusableError` with a sentence."""
        try:
            if self.file is not None:
                self.file.parent.mkdir(parents=True, exist_ok=True)
            with _one_upgrade, self.writing() as connection:
                if not self.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
                _upgrade(connection)
            self._inode = self._inode_now()
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseUnusableError(f"database: {self.shown} cannot be used: {reason(error)}") from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back on an error."""
        with self._engine("write").begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads, each statement by itself."""
        with self._engine("read").connect() as connection:
            yield connection

    @contextmanager
    def viewing(self) -> Iterator[Connection]:
        """A connection that only reads, and sees the database as it was at its first question."""
        with self._engine("read").connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
                yield connection
            else:
                yield connection.execution_options(isolation_level="REPEATABLE READ")
            connection.rollback()

    def moved(self) -> bool:
        """Whether the SQLite file was deleted or replaced under us: writes would succeed into nowhere."""
        return self._inode is not None and self._inode != self._inode_now()

    def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        while self._engines:
            _, engine = self._engines.popitem()
            engine.dispose()

    def _inode_now(self) -> int | None:
        try:
            return os.stat(self.file).st_ino if self.file is not None else None
        except OSError:
            return -1

    def _engine(self, use: str) -> Engine:
        if use not in self._engines:
            self._engines[use] = self._built(use)
        return self._engines[use]

    def _built(self, use: str) -> Engine:
        try:
            if self.is_sqlite:
                return _sqlite_engine(self.url, self.busy_s, use)
            return _server_engine(self.url)
        except ModuleNotFoundError as error:
            raise DatabaseUnusableError(
                f"database: the driver for {self.shown} is not installed ({error.name}); "
                "install Floorwatch with its postgres extra"
            ) from error


def reason(error: BaseException) -> str:
    """One line on what went wrong, without statements, rows or passwords."""
    if isinstance(error, DatabaseUnusableError) and error.__cause__ is not None:
        return reason(error.__cause__)
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    lines = str(cause).strip().splitlines()
    return lines[0][:200] if lines else type(cause).__name__


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnusableError("database: this is no SQLAlchemy URL; see the example of the key") from error
    if backend in ("postgresql", "postgres") and "+" not in parsed.drivername:
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        parsed.get_dialect()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseUnusableError(f"database: {parsed.drivername} is not known; use sqlite or postgresql") from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnusableError(f"database: {backend} is not supported; use sqlite or postgresql")
    return parsed


def _sqlite_engine(url: URL, busy_s: float, use: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": busy_s})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # A finished call survives a power cut; at two flushes a second that costs little.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    if use == "write":

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _server_engine(url: URL) -> Engine:
    """A server that has vanished must be found out in seconds, not in the kernel's quarter of an hour."""
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=2,
        connect_args={
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            "application_name": "floorwatch",
            "options": "-c statement_timeout=30000 -c lock_timeout=5000",
        },
    )


def _upgrade(connection: Connection) -> None:
    config = Config()
    folder = str(Path(__file__).with_name("migrations"))
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnusableError(
            f"database: its tables are of another version of Floorwatch, probably a newer one ({error}); "
            "install that version or name another database"
        ) from error
