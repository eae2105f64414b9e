"""Pages on their way into the database: in order, bounded, never in the way of an alarm.

``put`` never waits. Pages gather for a moment, so that a busy floor pays for few transactions. What somebody waits for
(a message is claimed, a person is answered, a page is read), and every page with a message in it, is written at once,
with all that came before it: nothing is told that is not on record. While the database refuses, pages wait in memory,
after half a second on disk in ``alerts-spill.jsonl``, and are written first when it is back. Whatever is written may be
written twice. Only when database *and* disk refuse, and memory is full, does the oldest page go, counted and told.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from alerts.ledger.rows import Page, line_of, page_on
from alerts.ledger.store import write
from floor.backoff import Backoff
from floor.history.database import Database, reason
from floor.history.errors import HistoryError
from floor.lines import LineFile
from floor.ports import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PageLimits:
    """Sizes in pages, times in seconds."""

    batch: int = 100
    gather_s: float = 0.1
    """So long a page that nobody waits for may wait for others."""
    spill_after_s: float = 0.5
    keep: int = 20_000
    retry: Backoff = field(default_factory=lambda: Backoff(0.2, cap_s=5.0))


class PageWriter:
    """``put`` from the event loop; ``run`` writes."""

    def __init__(self, database: Database, folder: Path, clock: Clock, limits: PageLimits | None = None) -> None:
        self.limits = limits or PageLimits()
        self.spill = LineFile(folder / "alerts-spill.jsonl")
        self.aside = LineFile(folder / "alerts-refused.jsonl")
        self.lost = 0
        self.refused = 0
        self.failing_since: float | None = None
        """Monotonic."""
        self.why = ""
        self.disk: str | None = None
        self.settled = asyncio.Event()
        """Nothing waits: all is in the database."""
        self.settled.set()
        self._database = database
        self._clock = clock
        self._waiting: deque[Page] = deque()
        self._since: float | None = None
        self._number = 0
        """Pages put so far."""
        self._wake = asyncio.Event()
        self._wanted = asyncio.Event()
        """Somebody waits: what has gathered is written now."""
        self._attempt_over = asyncio.Event()
        self._delays: Iterator[float] = iter(())
        self._writing = asyncio.Lock()

    def __len__(self) -> int:
        """Pages not in the database, in memory and on disk."""
        return len(self._waiting) + len(self.spill)

    @property
    def in_memory(self) -> int:
        return len(self._waiting)

    @property
    def failing(self) -> bool:
        return self.failing_since is not None

    def open(self) -> None:
        """Write what an earlier run had to leave on disk; in a thread. Raises what the database raises."""
        self.spill.open()
        self.aside.open()
        self._replay()

    def put(self, page: Page) -> None:
        """Accept a page; never waits and never fails."""
        if self._since is None:
            self._since = self._clock.monotonic()
        self._waiting.append(page)
        self._number += 1
        if page.deliveries or len(self._waiting) >= self.limits.batch:
            self._wanted.set()
        while len(self._waiting) > self.limits.keep:
            self._waiting.popleft()
            self.lost += 1
        self.settled.clear()
        self._wake.set()

    async def run(self) -> None:
        """Write what comes, for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while len(self):
                await self._gather()
                if not await self.attempt():
                    await self._pause(next(self._delays))

    async def _gather(self) -> None:
        """Let more pages come before the next transaction, unless somebody waits for these."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.0 if self.failing else self.limits.gather_s):
                await self._wanted.wait()

    async def flushed(self, timeout_s: float) -> bool:
        """Wait until everything put so far is written, or the database has refused; whether it is written."""
        until = self._number
        while not self.settled.is_set():
            self._attempt_over.clear()
            self._wanted.set()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._attempt_over.wait()
            except TimeoutError:
                return False
            if self.failing:
                return False
            if len(self) <= self._number - until:
                return True  # what came meanwhile is not waited for
        return True

    async def attempt(self) -> bool:
        """Write what waits now; whether the database took it."""
        async with self._writing:
            pages = [self._waiting.popleft() for _ in range(min(self.limits.batch, len(self._waiting)))]
            if not self._waiting:
                self._wanted.clear()
            try:
                await asyncio.to_thread(self._write_all, pages)
            except Exception as error:  # the loop's edge: whatever it was, the pages are kept and tried again
                self._waiting.extendleft(reversed(pages))
                self._refused_by(error)
                await self._relieve()
            except BaseException:  # stopped in the middle: should it come through after all, it is the same rows
                self._waiting.extendleft(reversed(pages))
                raise
            else:
                self._taken()
            self._attempt_over.set()
            return not self.failing

    async def stop(self, timeout_s: float) -> None:
        """Write what waits, else make it safe on disk."""
        try:
            async with asyncio.timeout(timeout_s):
                while self._waiting and await self.attempt():
                    pass
        except TimeoutError:
            log.error("alerts: the database does not answer; what waits is spilled")
        await asyncio.to_thread(self._spill_all)

    def _write_all(self, pages: Sequence[Page]) -> None:
        if self.failing or self._database.moved():
            self._database.upgrade()
        self._replay()
        self._store(pages)

    def _replay(self) -> None:
        while waiting := len(self.spill):
            lines, token = self.spill.first_lines(self.limits.batch)
            if not lines:
                log.error("alerts: the spill file is gone", pages=waiting)
                self.lost += waiting
            pages, broken = _sorted(lines)
            self._store(pages)
            self._set_aside(broken, "not a page")
            self.spill.done(len(lines) or waiting, token)

    def _store(self, pages: Sequence[Page]) -> None:
        try:
            self._write(pages)
        except Exception as error:
            if not _refuses_rows(error):
                raise
            for page in pages:
                self._store_one(page)

    def _store_one(self, page: Page) -> None:
        """One bad page must not hold up the others."""
        try:
            self._write([page])
        except Exception as error:
            if not _refuses_rows(error):
                raise
            self._set_aside([line_of(page)], reason(error))

    def _write(self, pages: Sequence[Page]) -> None:
        if pages:
            with self._database.writing() as connection:
                write(connection, pages)

    def _set_aside(self, lines: Sequence[bytes], why: str) -> None:
        if not lines:
            return
        log.error("alerts: pages refused for good", pages=len(lines), reason=why)
        try:
            self.aside.append_lines(lines)
        except OSError:
            self.lost += len(lines)
        else:
            self.refused += len(lines)

    def _refused_by(self, error: Exception) -> None:
        why = reason(error)
        if self.failing_since is None:
            self.failing_since = self._clock.monotonic()
            self._delays = self.limits.retry.delays(random.random)  # spreads attempts, guards nothing
        if why != self.why:
            log.error("alerts: the database cannot be written; alerts live on in memory", reason=why)
        self.why = why

    def _taken(self) -> None:
        if self.failing_since is not None:
            log.info("alerts: the database is written again")
        self.failing_since, self.why, self.disk = None, "", None
        if not len(self):
            self._since = None
            self.settled.set()

    async def _relieve(self) -> None:
        """While the database refuses: make safe on disk what has waited."""
        if self._since is not None and self._clock.monotonic() - self._since >= self.limits.spill_after_s:
            await asyncio.to_thread(self._spill_all)

    def _spill_all(self) -> None:
        pages = list(self._waiting)
        try:
            self.spill.append_lines([line_of(page) for page in pages])
        except OSError as error:
            if self.disk is None:
                log.error("alerts: the spill file cannot be written", reason=reason(error))
            self.disk = reason(error)
        else:
            self.disk = None
            for page in pages:
                if self._waiting and self._waiting[0] is page:
                    self._waiting.popleft()

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _sorted(lines: Sequence[bytes]) -> tuple[list[Page], list[bytes]]:
    pages: list[Page] = []
    broken: list[bytes] = []
    for line in lines:
        try:
            pages.append(page_on(line))
        except ValueError:
            broken.append(line)
    return pages, broken


def _refuses_rows(error: Exception) -> bool:
    """Whether it is the rows themselves, so that trying again is no use; a defect of ours included."""
    if isinstance(error, SQLAlchemyError):
        of_rows = isinstance(error, IntegrityError | DataError)
        return of_rows or (isinstance(error, StatementError) and not isinstance(error, DBAPIError))
    return not isinstance(error, OSError | HistoryError)
