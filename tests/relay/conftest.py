"""A real Redis for whoever asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.redis_server import BINARY, RedisServer


@pytest.fixture
async def redis_server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    """One of its own, running; it keeps nothing over a restart unless told to before."""
    if BINARY is None:
        pytest.skip("no redis-server on this machine")
    server = RedisServer(tmp_path)
    await server.start()
    yield server
    await server.stop()
