"""The one writer: batches what happened into the database from a thread of its own, and never drops a call.

A batch is written in one transaction, at 1,000 entries or half a second; when more waits, two thousand go in one.
While the database refuses, entries wait in memory and soon move to the spill file in the data folder, so that even a
kill loses nothing; when it is back the file is replayed first, in order. Whatever is written may be written twice
without being counted twice, so there is no moment at which a crash hurts. Only when database *and* disk refuse, and
memory is full, does the oldest entry go, counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from floor.backoff import Backoff
from floor.history.backlog import Backlog
from floor.history.database import Database, reason
from floor.history.outage import Outage
from floor.history.rows import Entry, line_of
from floor.history.spill import SpillFile
from floor.history.trouble import Trouble
from floor.history.upsert import write
from floor.ports import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WriterLimits:
    """Sizes in entries, times in seconds."""

    batch: int = 1000
    """So many are written at once, and do not wait for more: one costs half of what it costs among a hundred."""
    most: int = 2000
    """So many go in one transaction: what commits and statements cost is shared, and others wait for no longer."""
    linger_s: float = 0.5
    spill_rows: int = 10_000
    spill_after_s: float = 2.0
    keep_rows: int = 50_000
    retry: Backoff = field(default_factory=Backoff)


class Writer:
    """``put`` from anywhere; ``step`` (or the thread of ``start``) does the work."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        clock: Clock,
        *,
        limits: WriterLimits | None = None,
        chore: Callable[[float], None] | None = None,
    ) -> None:
        self.database = database
        self.spill = SpillFile(folder / "history-spill.jsonl")
        self.aside = SpillFile(folder / "history-refused.jsonl")
        self.limits = limits or WriterLimits()
        self.backlog = Backlog(self.limits.keep_rows, self.limits.batch)
        self.written = 0
        self._clock = clock
        self._chore = chore
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._hurry = False
        self._attempts = 0
        self._outage = Outage(self.limits.retry)
        self._disk: str | None = None
        self._refused = 0

    @property
    def depth(self) -> int:
        """Entries not yet in the database, in memory and on disk."""
        return len(self.backlog) + len(self.spill)

    @property
    def failing(self) -> bool:
        """Whether the database refused the last attempt."""
        return self._outage.lasts

    def trouble(self) -> Trouble:
        """What is wrong at this moment."""
        since = self._outage.since
        return Trouble(
            failing_s=None if since is None else max(0.0, self._clock.monotonic() - since),
            reason=self._outage.reason,
            waiting=len(self.backlog),
            spilled=len(self.spill),
            disk=self._disk,
            lost=self.backlog.lost,
            refused=self._refused,
        )

    def put(self, entries: Sequence[Entry]) -> None:
        """Accept entries, in order; never blocks and never fails."""
        if entries:
            self.backlog.put(entries, self._clock.monotonic())

    def start(self) -> None:
        """Begin to write, from a thread that ends with ``stop``."""
        self._thread = threading.Thread(target=self._run, name="floor-history", daemon=True)
        self._thread.start()

    def flush(self, timeout_s: float) -> bool:
        """Write now and wait for it; whether everything put so far is in the database."""
        changed = self.backlog.changed
        with changed:
            target, attempts = self.backlog.accepted, self._attempts
            self._hurry = True
            changed.notify_all()
            changed.wait_for(lambda: self._holds(target) or (self.failing and self._attempts > attempts), timeout_s)
            return self._holds(target)

    def _holds(self, target: int) -> bool:
        """Whether the database has the first ``target`` entries."""
        return self.backlog.settled >= target and not self.failing and len(self.spill) == 0

    def stop(self, timeout_s: float) -> None:
        """Write what waits, else spill it, and end within about ``timeout_s``, whatever the database does."""
        with self.backlog.changed:
            self._stopping = True
            self.backlog.changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout_s)
            if self._thread.is_alive():
                log.error("history: the database does not answer; what waits is spilled")
        # What a hanging transaction holds is spilled too: should it come through after all, it is the same rows.
        self.backlog.give_back()
        self._spill_all()

    def step(self) -> None:
        """Do what is due now."""
        now = self._clock.monotonic()
        if now < self._outage.retry_at and not self._hurry:
            self._relieve(now)
            return
        if self._due(now):
            self._attempt(now)
        if not self.failing:
            self._do_chore(now)

    def _run(self) -> None:
        while not self._stopping:
            with self.backlog.changed:
                if not self._awake():
                    self.backlog.changed.wait(self._rest())
            self.step()
        if not self.failing and self.depth:
            self._attempt(self._clock.monotonic())

    def _awake(self) -> bool:
        now = self._clock.monotonic()
        return self._stopping or self._hurry or (now >= self._outage.retry_at and self._due(now))

    def _rest(self) -> float:
        if self.failing:
            return max(0.05, min(self.limits.spill_after_s, self._outage.retry_at - self._clock.monotonic()))
        if len(self.backlog):
            return max(0.01, self.limits.linger_s - self.backlog.age(self._clock.monotonic()))
        return 1.0

    def _due(self, now: float) -> bool:
        waiting = len(self.backlog)
        full = waiting >= self.limits.batch or (waiting > 0 and self.backlog.age(now) >= self.limits.linger_s)
        return full or self.failing or self._hurry or len(self.spill) > 0

    def _attempt(self, now: float) -> None:
        self._hurry = False
        try:
            self._drain()
        except Exception as error:  # the loop's edge: whatever it was, the entries are kept and tried again
            self.backlog.give_back()
            self._outage.failed(reason(error), now)
            self._relieve(now)
        else:
            self._outage.over()
            self._disk = None
        with self.backlog.changed:
            self._attempts += 1
            self.backlog.changed.notify_all()

    def _drain(self) -> None:
        if self.failing or self.database.moved():
            self.database.close()
            self.database.upgrade()
        self._replay()
        while len(self.backlog):
            self._store(self.backlog.take(self.limits.most))
            self.backlog.settle(self._clock.monotonic())
            if len(self.backlog) < self.limits.batch and not self._stopping:
                return

    def _replay(self) -> None:
        while waiting := len(self.spill):
            entries, broken, token = self.spill.first(self.limits.most)
            if not entries and not broken:
                log.error("history: the spill file is gone", entries=waiting)
                self.backlog.lost += waiting
            self._store(entries)
            self._set_aside(broken, "not an entry")
            self.spill.done(len(entries) + len(broken) or waiting, token)

    def _store(self, entries: Sequence[Entry]) -> None:
        try:
            self._write(entries)
        except Exception as error:
            if not _refuses_rows(error):
                raise
            for entry in entries:
                self._store_one(entry)

    def _store_one(self, entry: Entry) -> None:
        """One bad row must not hold up the others. Tried again alone: it may only have met another writer's."""
        try:
            self._write([entry])
        except Exception as error:
            if not _refuses_rows(error):
                raise
            self._set_aside([line_of(entry)], reason(error))

    def _write(self, entries: Sequence[Entry]) -> None:
        with self.database.writing() as connection:
            write(connection, entries)
        self.written += len(entries)

    def _set_aside(self, lines: Sequence[bytes], why: str) -> None:
        """Keep what no database will take where a person can look at it."""
        if not lines:
            return
        log.error("history: entries refused for good", entries=len(lines), reason=why)
        try:
            self.aside.append_lines(lines)
        except OSError:
            self.backlog.lost += len(lines)
        else:
            self._refused += len(lines)

    def _relieve(self, now: float) -> None:
        """While the database refuses: make safe on disk what has waited long or is much."""
        if len(self.backlog) >= self.limits.spill_rows or self.backlog.age(now) >= self.limits.spill_after_s:
            self._spill_all()

    def _spill_all(self) -> None:
        entries = self.backlog.take()
        try:
            self.spill.append(entries)
        except OSError as error:
            if self._disk is None:
                log.error("history: the spill file cannot be written", reason=reason(error))
            self._disk = reason(error)
            self.backlog.give_back()
        else:
            self._disk = None
            self.backlog.settle(self._clock.monotonic())

    def _do_chore(self, now: float) -> None:
        if self._chore is None:
            return
        try:
            self._chore(now)
        except Exception as error:  # the loop's edge: a chore may fail, writing goes on
            log.warning("history: a chore failed", reason=reason(error))


def _refuses_rows(error: Exception) -> bool:
    """Whether the database objects to the rows themselves, so that trying again is no use."""
    if isinstance(error, IntegrityError | DataError | ValueError | TypeError | OverflowError):
        return True
    return isinstance(error, StatementError) and not isinstance(error, DBAPIError)
