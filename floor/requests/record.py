"""Steps of requests on their way to the database: put at once, written in order when it takes them.

A floor that has lost its database still asks for help. What cannot be written waits here, up to ``CAPACITY`` rows;
beyond that the oldest are let go, counted and logged, for the audit has them too.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec
import structlog
from sqlalchemy import Connection, Row, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from floor.history.database import Database, reason
from floor.history.errors import DatabaseUnusableError
from floor.requests.model import EndReason, Help, Kind, Leave, Notice, Request
from floor.requests.tables import notice_reads, request_steps

CAPACITY = 10_000
PORTION = 500
NOTICE = "notice"
KINDS: dict[str, type[Help] | type[Leave] | type[EndReason] | type[Notice]] = {
    Kind.HELP.value: Help,
    Kind.LEAVE.value: Leave,
    Kind.REASON.value: EndReason,
    NOTICE: Notice,
}

T = TypeVar("T")
log = structlog.get_logger(__name__)


class RequestRecord:
    """Rows only ever added, but for what is older than it is to be kept."""

    def __init__(self, database: Database, capacity: int = CAPACITY) -> None:
        self.lost = 0
        """Rows let go because too many waited."""
        self._database = database
        self._rows: deque[tuple[Table, dict[str, Any]]] = deque()
        self._capacity = capacity
        self._writing = asyncio.Lock()

    @property
    def waiting(self) -> int:
        return len(self._rows)

    def put(self, one: Request | Notice, at: float, stage: str, by: str = "") -> None:
        """One step: how it stands from ``at`` on."""
        asker = None if isinstance(one, Notice) else one.by
        self._add(
            request_steps,
            key=secrets.token_hex(16),
            request=one.id,
            kind=NOTICE if isinstance(one, Notice) else one.kind.value,
            at=at,
            stage=stage,
            pbx=asker.pbx if asker else "",
            agent=asker.agent if asker else "",
            by_name=by,
            body=msgspec.json.encode(one).decode(),
        )

    def put_read(self, notice: str, person: int, at: float) -> None:
        """Somebody has read a notice."""
        self._add(notice_reads, notice=notice, person=person, at=at)

    def _add(self, table: Table, **values: Any) -> None:
        if len(self._rows) >= self._capacity:
            self._rows.popleft()
            self.lost += 1
            log.error("record of requests full, the oldest row let go", lost=self.lost)
        self._rows.append((table, values))

    async def flush(self) -> bool:
        """Write what waits; whether nothing waits any more. Never raises because of the database."""
        async with self._writing:
            while self._rows:
                rows = [self._rows[n] for n in range(min(PORTION, len(self._rows)))]
                try:
                    await asyncio.to_thread(self._write, rows)
                except (SQLAlchemyError, DatabaseUnusableError) as error:
                    log.error("requests not written, kept for later", rows=len(self._rows), reason=reason(error))
                    return False
                for row in rows:
                    if self._rows and self._rows[0] is row:
                        self._rows.popleft()
        return True

    def _write(self, rows: list[tuple[Table, dict[str, Any]]]) -> None:
        insert: Any = sqlite.insert if self._database.is_sqlite else postgresql.insert
        with self._database.writing() as connection:
            for table, values in rows:
                connection.execute(insert(table).values(**values).on_conflict_do_nothing())

    # Reading; each raises DatabaseUnusableError with a sentence

    async def latest(self, since: float, limit: int = 5000) -> list[Request | Notice]:
        """Each as it stands on record, of those that had a step since then, the latest step first."""
        rows = await self._ask(lambda connection: _latest(connection, since, limit))
        return [one for one in map(_read, rows) if one is not None]

    async def reads(self, notices: Iterable[str]) -> dict[str, set[int]]:
        """Who has read them."""
        ids = list(notices)
        rows = await self._ask(
            lambda connection: list(connection.execute(select(notice_reads).where(notice_reads.c.notice.in_(ids))))
        )
        found: dict[str, set[int]] = {}
        for row in rows:
            found.setdefault(row.notice, set()).add(row.person)
        return found

    async def prune(self, before: float) -> int:
        """Forget up to 500 steps from before then; how many went."""

        def work() -> int:
            with self._database.writing() as connection:
                return _prune(connection, before)

        return await self._in_thread(work)

    async def _ask(self, question: Callable[[Connection], T]) -> T:
        await self.flush()

        def work() -> T:
            with self._database.reading() as connection:
                return question(connection)

        return await self._in_thread(work)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(f"database: {self._database.shown} does not answer: {reason(error)}") from error


def _latest(connection: Connection, since: float, limit: int) -> list[Row[Any]]:
    steps = request_steps.c
    last = select(func.max(steps.id).label("id")).where(steps.at >= since).group_by(steps.request).subquery()
    wanted = select(request_steps).join(last, steps.id == last.c.id).order_by(steps.id.desc()).limit(limit)
    return list(connection.execute(wanted))


def _read(row: Row[Any]) -> Request | Notice | None:
    """A row that a newer version wrote otherwise is left alone."""
    try:
        return msgspec.json.decode(row.body, type=KINDS[row.kind])
    except (msgspec.MsgspecError, KeyError):
        log.warning("request on record not understood", request=row.request, kind=row.kind)
        return None


def _prune(connection: Connection, before: float) -> int:
    old = select(request_steps.c.id).where(request_steps.c.at < before).limit(PORTION)
    ids = list(connection.execute(old).scalars())
    if ids:
        connection.execute(delete(request_steps).where(request_steps.c.id.in_(ids)))
    connection.execute(delete(notice_reads).where(notice_reads.c.at < before))
    return len(ids)
