"""Fixtures of the alerts room: a PostgreSQL server of its own."""

from __future__ import annotations

from tests.support.postgres import postgres_server, postgres_url, ready_postgres_url

__all__ = ["postgres_server", "postgres_url", "ready_postgres_url"]
