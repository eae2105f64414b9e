"""Rows on their way to the database: put at once, written when it takes them, in order, each at most once.

A floor that has lost its database still has incidents to record. What cannot be written waits here, up to
``CAPACITY`` rows; beyond that the newest are refused, counted and logged, for the beginning of an incident says more
than its thousandth line.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from alerts.news import kind_of
from alerts.refusals import WrongMomentError
from floor.history.database import Database, reason
from floor.history.errors import DatabaseUnusableError

CAPACITY = 20_000
PORTION = 500

T = TypeVar("T")
Row = tuple[Table, dict[str, Any]]

log = structlog.get_logger(__name__)


class Shelf:
    """Rows only ever added: there is no way to change or remove one."""

    def __init__(
        self, database: Database, capacity: int = CAPACITY, *, acting: Callable[[], bool] = lambda: True,
        tell: Callable[[str], None] = lambda _kind: None,
    ) -> None:  # fmt: skip
        """``acting``: whether this Floorwatch is the one of several that writes; ``tell`` hears of every row, by kind
        (:data:`alerts.news.KINDS`)."""
        self.lost = 0
        """Rows refused because too many waited."""
        self._database = database
        self._capacity = capacity
        self._acting, self._tell = acting, tell
        self._rows: deque[Row] = deque()
        self._writing = asyncio.Lock()

    @property
    def waiting(self) -> int:
        return len(self._rows)

    def put(self, table: Table, **values: Any) -> None:
        """Keep a row; one with the same key that is there already stays as it is. Raises
        :class:`alerts.refusals.WrongMomentError` when another Floorwatch acts, for it numbers the rows."""
        if not self._acting():
            raise WrongMomentError("another Floorwatch acts on this floor at present; ask that one")
        if len(self._rows) >= self._capacity:
            self.lost += 1
            log.error("record full, row refused", table=table.name, lost=self.lost)
            return
        self._rows.append((table, values))
        self._tell(kind_of(table.name))

    async def flush(self) -> bool:
        """Write what waits; whether everything is written. Never raises because of the database."""
        async with self._writing:
            while self._rows:
                rows = [self._rows[n] for n in range(min(PORTION, len(self._rows)))]
                try:
                    await asyncio.to_thread(self._write, rows)
                except (SQLAlchemyError, DatabaseUnusableError) as error:
                    log.error("record not written, kept for later", rows=len(self._rows), reason=reason(error))
                    return False
                for _ in rows:
                    self._rows.popleft()
        return True

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """Read, after what waits is written as far as possible; raises ``DatabaseUnusableError`` with a sentence."""
        await self.flush()
        try:
            return await asyncio.to_thread(self._read, question)
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(f"database: {self._database.shown} does not answer: {reason(error)}") from error

    def _read(self, question: Callable[[Connection], T]) -> T:
        with self._database.reading() as connection:
            return question(connection)

    def _write(self, rows: list[Row]) -> None:
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        with self._database.writing() as connection:
            for table, values in rows:
                connection.execute(insert(table).values(**values).on_conflict_do_nothing())
