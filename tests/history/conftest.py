"""Fixtures of the history room: databases of both kinds, empty or ready."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from floor.history.database import Database
from tests.support.postgres import postgres_server, postgres_url, ready_postgres_url
from tests.support.ready import put_sqlite

__all__ = ["postgres_server", "postgres_url", "ready_postgres_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind: what passes on one must pass on the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'floor.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty history of either kind, of the newest version."""
    if request.param == "sqlite":
        url = put_sqlite(tmp_path / "floor.sqlite3")
    else:
        url = request.getfixturevalue("ready_postgres_url")
    database = Database(url, busy_s=0.1)
    database.upgrade()  # finds nothing to do
    yield database
    database.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite history that gives up on a lock at once."""
    database = Database(put_sqlite(tmp_path / "floor.sqlite3"), busy_s=0.05)
    database.upgrade()
    yield database
    database.close()
