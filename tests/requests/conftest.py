"""Fixtures of requests: databases of both kinds, and a room of requests on a floor that is told what happens."""

from __future__ import annotations

import pytest

from floor.history.database import Database
from tests.history.conftest import database, database_url, sqlite_database
from tests.requests.seats import Seats
from tests.support.postgres import postgres_server, postgres_url, ready_postgres_url

__all__ = ["database", "database_url", "postgres_server", "postgres_url", "ready_postgres_url", "sqlite_database"]


@pytest.fixture
def seats(sqlite_database: Database) -> Seats:
    """Ann and Bob of the group early, Cui of the group late; their leaders, a coach, a chief, a quality person."""
    return Seats(sqlite_database)
