"""Fixtures of the audit: databases of both kinds, a clock that is told, a record on them."""

from __future__ import annotations

from pathlib import Path

import pytest

from floor.audit.record import AuditRecord
from floor.history.database import Database
from tests.history.conftest import database, database_url, sqlite_database
from tests.history.entities import ManualClock
from tests.support.postgres import postgres_server, postgres_url, ready_postgres_url

__all__ = ["database", "database_url", "postgres_server", "postgres_url", "ready_postgres_url", "sqlite_database"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def record(database: Database, tmp_path: Path, clock: ManualClock) -> AuditRecord:
    """Not opened yet."""
    return AuditRecord(database, tmp_path, clock)
