"""Fixtures of the history room: databases of both kinds, empty or ready."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from floor.history.database import Database
from tests.support.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind: what passes on one must pass on the other."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'floor.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty history of either kind, of the newest version."""
    database = Database(database_url, busy_s=0.1)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite history that gives up on a lock at once."""
    database = Database(f"sqlite:///{tmp_path / 'floor.sqlite3'}", busy_s=0.05)
    database.upgrade()
    yield database
    database.close()
