"""Databases of the newest version at once: upgraded the whole way for one test run, then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from floor.history.database import Database
from tests.support.postgres import PostgresServer


@cache
def _upgraded() -> bytes:
    """The file of an empty SQLite history."""
    with tempfile.TemporaryDirectory(prefix="floor-ready-") as folder:
        path = Path(folder) / "floor.sqlite3"
        database = Database(f"sqlite:///{path}")
        database.upgrade()
        database.close()
        assert [one.name for one in Path(folder).iterdir()] == [path.name], "a journal was left behind"
        return path.read_bytes()


def put_sqlite(path: Path) -> str:
    """An empty history at this path; its URL."""
    path.write_bytes(_upgraded())
    return f"sqlite:///{path}"


_templates: dict[Path, str] = {}


def new_postgres(server: PostgresServer) -> str:
    """The URL of an empty history on this server."""
    if server.folder not in _templates:
        url = server.new_database()
        database = Database(url)
        database.upgrade()
        database.close()
        _templates[server.folder] = url
    return server.new_database(_templates[server.folder])
