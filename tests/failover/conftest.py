"""A PostgreSQL for whoever asks."""

from __future__ import annotations

import pytest

from tests.support.postgres import postgres_server, postgres_url, ready_postgres_url
from tests.support.redis_server import BINARY

__all__ = ["postgres_server", "postgres_url", "ready_postgres_url"]


@pytest.fixture(autouse=True)
def _redis() -> None:
    if BINARY is None:
        pytest.skip("no redis-server on this machine")
