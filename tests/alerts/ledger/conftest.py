"""Fixtures of the ledger: databases of both kinds, a clock that is told, a ledger on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from floor.history.database import Database
from tests.history.entities import ManualClock
from tests.support.ready import put_sqlite


@pytest.fixture
def clock() -> ManualClock:
    """Time stands still until told."""
    return ManualClock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database of either kind, of the newest version."""
    if request.param == "sqlite":
        url = put_sqlite(tmp_path / "floor.sqlite3")
    else:
        url = request.getfixturevalue("ready_postgres_url")
    database = Database(url, busy_s=0.1)
    database.upgrade()  # finds nothing to do
    yield database
    database.close()
