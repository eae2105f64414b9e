"""History: takes every outcome of the floor without ever blocking it, and answers what is on record.

``record`` is a listener of the floor's store: it picks what is to be kept and hands it to the writer's thread. All
that asks or waits is a coroutine that works in a thread of its own.
"""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from floor.day import Day
from floor.history import days, healing, queries, retention
from floor.history.arrivals import arrivals_in
from floor.history.backfill import Healing
from floor.history.calls import call_in
from floor.history.database import Database, reason
from floor.history.errors import DatabaseUnusableError, HistoryError
from floor.history.health import sentence
from floor.history.keeping import worth_keeping
from floor.history.presence import Presence
from floor.history.queries import Interval
from floor.history.rows import Entry, born
from floor.history.trouble import Trouble
from floor.history.writer import Writer, WriterLimits
from floor.ports import Arrivals, CallRecord, Clock, Outcome
from floor.state.figures import Figures, Limits, Subject
from floor.state.model import Caller, CallerKey, Correction, Gap, Key, Offer, Record, Span

DAY_S = 86400.0
PULSE_S = 10.0
PRUNE_S = 3600.0
COUNT_S = 60.0
"""How often it is looked whether a day is over, or was changed afterwards."""
BUSY = 1000
"""With more entries waiting to be written, no day is added up."""

P = ParamSpec("P")
T = TypeVar("T")


class History:
    """The record of one floor in one database; ``keep_days`` is how long rows live (C-19), ``None``: for ever.

    ``day``: the floor's day; with it, days that are over are added up for reports, by the limits ``in_time``.
    """

    def __init__(
        self,
        url: str,
        data_dir: Path,
        clock: Clock,
        *,
        keep_days: int | None = None,
        limits: WriterLimits | None = None,
        day: Day | None = None,
        in_time: Limits | None = None,
    ) -> None:
        self.database = Database(url)
        self._folder = data_dir
        self._clock = clock
        self._keep_days = keep_days
        self._writer = Writer(self.database, data_dir, clock, limits=limits, chore=self._chore)
        self._presence = Presence({}, ())
        self._pulse_at = 0.0
        self._prune_at = 0.0
        self._day = day
        self._in_time = in_time or Limits()
        self._count_at = 0.0
        self._lock: BinaryIO | None = None

    async def open(self) -> None:
        """Upgrade the database, write what an earlier run had to leave in the spill file, begin to write.

        Raises ``HistoryError`` with a sentence that names the key ``database`` or ``data_dir``.
        """
        try:
            await asyncio.to_thread(self._open)
        except BaseException:
            self._let_go()
            raise

    def record(self, outcome: Outcome) -> None:
        """Keep what one fact did; called from the event loop for every outcome, never blocks, never fails."""
        entries: list[Entry] = [after for change in outcome.changes if (after := worth_keeping(change)) is not None]
        entries.extend(one.after if isinstance(one, Correction) else one for one in outcome.records)
        entries.extend(self._presence.note(outcome))
        self._writer.put(entries)

    async def flush(self, timeout_s: float = 5.0) -> bool:
        """Write what waits now; whether everything recorded so far is in the database."""
        return await asyncio.to_thread(self._writer.flush, timeout_s)

    async def close(self, timeout_s: float = 5.0) -> None:
        """Write or spill what waits and let go of everything, within about ``timeout_s``."""
        self._writer.put(self._presence.pulse(self._clock.now()))
        await asyncio.to_thread(self._writer.stop, timeout_s)
        self._let_go()

    def health(self, language: str = "en") -> str | None:
        """A sentence when something is wrong with the record (``en`` or ``zh``), ``None`` when all is well."""
        return sentence(self._writer.trouble(), language)

    def trouble(self) -> Trouble:
        """The same in numbers."""
        return self._writer.trouble()

    def left_off(self) -> dict[str, float]:
        """Per exchange the moment (its clock) from which our record is missing; empty at the very first start."""
        return self._presence.left_off()

    @property
    def depth(self) -> int:
        """Entries on their way to the database, in memory and in the spill file."""
        return self._writer.depth

    @property
    def written(self) -> int:
        """Entries the database has taken since the start."""
        return self._writer.written

    async def visits_since(self, since: float) -> list[Caller]:
        """Visits that joined at or after the moment (exchange clock), the open ones included, oldest first."""
        return await self._ask(lambda connection: list(queries.visits_in(connection, Interval(since))))

    async def visits_between(self, since: float, until: float) -> list[Caller]:
        """Visits that joined in the time between (exchange clock), the open ones included, oldest first."""
        return await self._ask(lambda connection: list(queries.visits_in(connection, Interval(since, until))))

    async def arrivals(
        self,
        stretches: Sequence[tuple[float, float]],
        queues: Sequence[tuple[str, str]],
        offsets: Mapping[str, float] | None = None,
    ) -> Arrivals:
        """Callers who joined in these stretches of our time, for forecasts; of these queues also since when known."""
        return await self._ask(arrivals_in, stretches, queues, offsets)

    async def spans_between(self, since: float, until: float) -> list[Span]:
        """Finished spans that lie at least partly in the time between (exchange clock), oldest first."""
        return await self._ask(lambda connection: list(queries.spans_touching(connection, Interval(since, until))))

    async def offers_since(self, since: float) -> list[Offer]:
        """Finished rings that began at or after the moment, oldest first."""
        return await self._ask(lambda connection: list(queries.offers_in(connection, Interval(since))))

    async def spans_since(self, since: float) -> list[Span]:
        """Finished spans that began at or after the moment, oldest first."""
        return await self._ask(lambda connection: list(queries.spans_in(connection, Interval(since))))

    async def spans_of(self, agent: Key, since: float) -> list[Span]:
        """One agent's finished spans that began at or after the moment (his exchange's clock), oldest first."""
        return await self._ask(
            lambda connection: list(queries.spans_in(connection, Interval(since), ("agent", *agent)))
        )

    async def offers_of(self, agent: Key, since: float) -> list[Offer]:
        """His finished rings, likewise."""
        return await self._ask(
            lambda connection: list(queries.offers_in(connection, Interval(since), ("agent", *agent)))
        )

    async def visits_of(self, agent: Key, since: float) -> list[Caller]:
        """The visits he answered, likewise, by when they joined."""
        return await self._ask(
            lambda connection: list(queries.visits_in(connection, Interval(since), ("agent", *agent)))
        )

    async def call(self, pbx: str, call: str) -> CallRecord:
        """What is on record of one call, by its Linkedid or the Uniqueid of a caller."""
        return await self._ask(call_in, pbx, call, born(call))

    async def records_since(self, since: float) -> list[Record]:
        """Rings and spans that began at or after the moment, and gaps that touch what follows it."""

        def records(connection: Connection) -> list[Record]:
            interval = Interval(since)
            return [
                *queries.offers_in(connection, interval),
                *queries.spans_in(connection, interval),
                *queries.gaps_in(connection, interval),
            ]

        return await self._ask(records)

    async def open_visits(self, pbx: str | None = None) -> list[Caller]:
        """Visits without an ending: callers to look for on the floor after a restart."""
        return await self._ask(queries.open_visits, pbx)

    async def gaps_in(self, since: float, until: float | None = None, pbx: str | None = None) -> list[Gap]:
        """Gaps that touch the time between, healed and open ones included."""
        return await self._ask(queries.gaps_in, Interval(since, until), pbx)

    async def figures_since(
        self, since: float, limits: Limits, offsets: Mapping[str, float] | None = None
    ) -> dict[Subject, Figures]:
        """Figures per subject since the moment (our clock), equal to what the living floor has summed."""
        return await self._ask(queries.figures_since, since, limits, offsets)

    async def report(self, bounds: Sequence[float]) -> dict[tuple[float, Subject], Figures]:
        """Figures per subject of each stretch between two neighbouring bounds (exchange clock), by its beginning.

        Where the bounds are those of the floor's days, a month takes no longer than its days have subjects.
        """

        def asked() -> dict[tuple[float, Subject], Figures]:
            with self.database.viewing() as connection:
                return days.report(connection, bounds, self._in_time)

        return await self._guarded(asked)

    async def backfill(
        self,
        pbx: str,
        source: str,
        *,
        zone: tzinfo | None = None,
        since: float = 0.0,
        followed: Collection[CallerKey] = (),
    ) -> Healing:
        """Heal the gaps of one exchange from its queue_log; raises ``HistoryError``.

        ``followed``: keys of the visits now on the floor, which will tell their endings themselves.
        """
        return await self._guarded(
            healing.backfill, self.database, pbx, source, zone=zone, since=since, followed=followed
        )

    async def _ask(self, question: Callable[..., T], *arguments: object) -> T:
        def asked() -> T:
            with self.database.reading() as connection:
                return question(connection, *arguments)

        return await self._guarded(asked)

    async def _guarded(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        try:
            return await asyncio.to_thread(work, *arguments, **named)
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(f"database: {self.database.shown} does not answer: {reason(error)}") from error

    def _open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self._folder)
            self._writer.spill.open()
        except OSError as error:
            raise HistoryError(f"data_dir: {self._folder} cannot be used: {reason(error)}") from error
        self.database.upgrade()
        self._writer.step()  # what an earlier run left must be counted before anybody asks
        with self.database.reading() as connection:
            self._presence = Presence(queries.seen(connection), queries.open_gaps(connection))
        self._writer.start()

    def _let_go(self) -> None:
        self.database.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _chore(self, now: float) -> None:
        """After writing: the pulse, forgetting a little of what is too old, and adding up a day that is over."""
        if now >= self._pulse_at:
            self._pulse_at = now + PULSE_S
            self._writer.put(self._presence.pulse(self._clock.now()))
        if self._keep_days is not None and now >= self._prune_at and not self._writer.failing:
            with self.database.writing() as connection:
                gone = retention.prune(connection, self._clock.now() - self._keep_days * DAY_S)
            self._prune_at = now + (0.0 if gone else PRUNE_S)
        if self._day is not None and now >= self._count_at and self._writer.depth < BUSY:
            with self.database.writing() as connection:
                counted = days.count_next(connection, self._day, self._in_time, self._clock.now())
            self._count_at = now + (0.0 if counted else COUNT_S)


def _locked(folder: Path) -> BinaryIO:
    """Two programs on one spill file would cut off each other's lines; the lock ends with the process."""
    file = (folder / "history.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise HistoryError(f"data_dir: another Floorwatch is using {folder}; give this one its own") from error
    return file
