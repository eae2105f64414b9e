"""What one test does to the logs is nobody else's."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """The command line configures logs for the whole process."""
    before, level = structlog.get_config(), logging.getLogger().level
    yield
    structlog.configure(**before)
    logging.getLogger().setLevel(level)
