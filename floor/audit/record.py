"""The audit as it is kept: every entry in the database or, while that is away, on disk, before anything is done.

What the disk took is taken in again, in order, before anything newer; an entry that comes twice meets itself by its
key. While the database refuses, it is tried again only now and then, so that nobody waits at every click.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from floor.audit import retention
from floor.audit.model import Entry
from floor.audit.ports import AuditUnwritableError
from floor.audit.rows import Row, entry_of, line_of, row_in, row_of
from floor.audit.tables import audit
from floor.backoff import Backoff
from floor.history.database import Database, reason
from floor.history.errors import DatabaseUnusableError, HistoryError
from floor.lines import LineFile
from floor.ports import Clock

PORTION = 500
LOOK_EVERY_S = 5.0
PRUNE_EVERY = 720
"""Looks between two rounds of forgetting what is too old: an hour."""
MOST = 5000

log = structlog.get_logger(__name__)


class AuditRecord:
    """Implements :class:`floor.audit.ports.Audit`. ``open`` before anything is written, then ``keep`` as long as it
    lasts; ``keep_days``: how long entries are kept, six months at least."""

    def __init__(self, database: Database, data_dir: Path, clock: Clock, *, keep_days: int = 1100) -> None:
        self.spill = LineFile(data_dir / "audit-spill.jsonl")
        self.aside = LineFile(data_dir / "audit-refused.jsonl")
        self._database, self._clock, self._keep_days = database, clock, keep_days
        self._turn = threading.Lock()
        self._delays: Iterator[float] | None = None
        self._retry_at = 0.0

    @property
    def failing(self) -> bool:
        """Whether the database refused the last attempt."""
        return self._delays is not None

    async def open(self) -> None:
        """Take in what an earlier run had to leave on disk; raises :class:`HistoryError` with a sentence."""
        try:
            await asyncio.to_thread(self.spill.open)
        except OSError as error:
            raise HistoryError(f"data_dir: the spill file of the audit cannot be used: {reason(error)}") from error
        await self.take_in()

    async def write(self, *entries: Entry) -> None:
        """In the order given; raises :class:`AuditUnwritableError`."""
        rows = [row_of(entry, secrets.token_hex(16)) for entry in entries]
        await asyncio.to_thread(self._write, rows)

    async def take_in(self) -> bool:
        """Bring what waits on disk into the database; whether nothing waits any more."""
        return await asyncio.to_thread(self._take_in)

    async def keep(self) -> None:
        """Take in what waits, and forget what is too old, for ever."""
        looks = 0
        while True:
            await self.take_in()
            if looks % PRUNE_EVERY == 0:
                await self.prune()
            looks += 1
            await asyncio.sleep(LOOK_EVERY_S)

    async def prune(self) -> int:
        """Forget what is older than it is to be kept; how many entries went. Never raises."""
        before = self._clock.now() - self._keep_days * retention.DAY_S
        gone = 0
        try:
            while some := await asyncio.to_thread(self._prune, before):
                gone += some
        except (SQLAlchemyError, DatabaseUnusableError) as error:
            log.warning("audit: what is too old stays for now", reason=reason(error))
        return gone

    async def read(
        self,
        *,
        since: float,
        until: float,
        act: str = "",
        agent: str = "",
        person: int | None = None,
        after: int = 0,
        before: int | None = None,
        limit: int = 500,
    ) -> Sequence[tuple[int, Entry]]:
        """As :meth:`floor.audit.ports.Audit.read`; what still waits on disk is not among them."""
        asked = select(audit).where(audit.c.at >= since, audit.c.at < until, audit.c.id > after)
        for column, value in ((audit.c.act, act), (audit.c.agent, agent)):
            asked = asked.where(column == value) if value else asked
        asked = asked.where(audit.c.by_person == person) if person is not None else asked
        asked = asked.where(audit.c.id < before) if before is not None else asked
        order = audit.c.id.asc() if before is None else audit.c.id.desc()
        asked = asked.order_by(order).limit(min(limit, MOST))
        return await self._ask(
            lambda connection: [(row["id"], entry_of(dict(row))) for row in connection.execute(asked).mappings()]
        )

    async def _ask(self, question: Callable[[Connection], list[tuple[int, Entry]]]) -> list[tuple[int, Entry]]:
        def asked() -> list[tuple[int, Entry]]:
            with self._database.reading() as connection:
                return question(connection)

        try:
            return await asyncio.to_thread(asked)
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(f"database: {self._database.shown} does not answer: {reason(error)}") from error

    # In a thread

    def _write(self, rows: list[Row]) -> None:
        with self._turn:
            if self._replayed() and self._stored(rows):
                return
            try:
                self.spill.append_lines([line_of(row) for row in rows])
            except OSError as error:
                log.error("audit: neither database nor disk takes an entry", reason=reason(error))
                raise AuditUnwritableError("the audit can be written neither to the database nor to disk") from error

    def _take_in(self) -> bool:
        with self._turn:
            return self._replayed()

    def _replayed(self) -> bool:
        """Whether nothing waits on disk (any more)."""
        if self.failing and self._clock.monotonic() < self._retry_at:
            return False
        try:
            return self._emptied()
        except OSError as error:
            log.error("audit: the spill file cannot be read", reason=reason(error))
            return False

    def _emptied(self) -> bool:
        """Whether all that was on disk is in the database; what could not be struck off the file comes again."""
        while waiting := len(self.spill):
            lines, token = self.spill.first_lines(PORTION)
            if not lines:
                log.error("audit: the spill file is gone", entries=waiting)
            if not self._stored(self._rows_of(lines)):
                return False
            self.spill.done(len(lines) or waiting, token)
        return True

    def _rows_of(self, lines: Sequence[bytes]) -> list[Row]:
        rows: list[Row] = []
        for line in lines:
            try:
                rows.append(row_in(line))
            except ValueError:
                log.error("audit: a line of the spill file is none of ours; it is set aside")
                self.aside.append_lines([line])
        return rows

    def _stored(self, rows: list[Row]) -> bool:
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        try:
            if self.failing and self._database.moved():
                self._database.close()
                self._database.upgrade()
            if rows:
                with self._database.writing() as connection:
                    connection.execute(insert(audit).on_conflict_do_nothing(), rows)
        except (SQLAlchemyError, DatabaseUnusableError) as error:
            self._failed(reason(error))
            return False
        if self.failing and rows:
            log.info("audit: the database is written again")
        self._delays = None
        return True

    def _failed(self, why: str) -> None:
        if self._delays is None:
            log.error("audit: the database cannot be written; entries wait on disk", reason=why)
            self._delays = Backoff().delays(random.random)
        self._retry_at = self._clock.monotonic() + next(self._delays)

    def _prune(self, before: float) -> int:
        with self._turn, self._database.writing() as connection:
            return retention.prune(connection, before)
