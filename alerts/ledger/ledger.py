"""The ledger: takes every step of the alerts without ever holding one up, lets messages be claimed, answers questions.

Works on the database that the history has opened and upgraded. All that asks or waits is a coroutine that works in a
thread of its own.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from alerts.case import Case, Effects
from alerts.ledger import claims, leases, queries, retention, store
from alerts.ledger.health import sentence
from alerts.ledger.leases import ENGINE, Lease
from alerts.ledger.outbox import KEEP_S, Outbox
from alerts.ledger.retention import KeepDays
from alerts.ledger.rows import Mark, Page, page_of
from alerts.ledger.writer import PageLimits, PageWriter
from alerts.model import Alert, Breach, Delivery, DeliveryState, Silence, Transition
from floor.history.database import Database, reason
from floor.history.errors import DatabaseUnusableError, HistoryError
from floor.history.trouble import Trouble
from floor.ports import Clock

log = structlog.get_logger(__name__)

FLUSH_S = 2.0
"""How long a question waits for what was just said to be on record."""

T = TypeVar("T")


class Ledger:
    """The record of alerts; ``holder`` names this Floorwatch among those that share a database."""

    def __init__(
        self,
        database: Database,
        data_dir: Path,
        clock: Clock,
        *,
        keep: KeepDays | None = None,
        holder: str | None = None,
        limits: PageLimits | None = None,
    ) -> None:
        self.holder = holder or f"{socket.gethostname()}:{os.path.abspath(data_dir)}"
        self._database = database
        self._clock = clock
        self._keep = keep or KeepDays()
        self._writer = PageWriter(database, data_dir, clock, limits)
        self._outbox = Outbox()
        self._waiting = asyncio.Event()

    async def open(self) -> None:
        """Write what an earlier run left on disk. Raises ``HistoryError`` with a sentence."""
        try:
            await asyncio.to_thread(self._writer.open)
        except OSError as error:
            raise HistoryError(f"data_dir: the spill file of alerts cannot be used: {reason(error)}") from error
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(self._unusable(error)) from error

    async def run(self) -> None:
        """Write what comes, for ever."""
        await self._writer.run()

    async def close(self, timeout_s: float = 3.0) -> None:
        """Write or spill what waits; let another engine take over at once."""
        await self._writer.stop(timeout_s)
        try:
            await self._write(leases.give_up, ENGINE, self.holder, self._clock.now())
        except DatabaseUnusableError as error:
            log.warning("alerts: the lease could not be given up; it runs out by itself", reason=str(error))

    def record(self, effects: Effects, now: float, fence: int | None = None) -> None:
        """Keep one step with its messages; never waits, never fails."""
        page = page_of(effects, now, fence)
        self._outbox.put(page.deliveries)
        self._writer.put(page)
        if page.deliveries:
            self._waiting.set()

    def put_breach(self, breach: Breach) -> None:
        """Keep the newest word on a breach."""
        self._writer.put(Page(breaches=(breach,)))

    def put_messages(self, deliveries: Sequence[Delivery]) -> None:
        """Messages that belong to no step: tests, notices of other rooms."""
        self._outbox.put(deliveries)
        self._writer.put(Page(deliveries=tuple(deliveries)))
        self._waiting.set()

    async def flush(self, timeout_s: float = FLUSH_S) -> bool:
        """Whether everything recorded so far is in the database."""
        return await self._writer.flushed(timeout_s)

    # What deliverers ask (alerts.ledger.Deliveries)

    @property
    def waiting(self) -> asyncio.Event:
        return self._waiting

    async def claim_deliveries(self, holder: str, now: float, limit: int = 20) -> Sequence[Delivery]:
        """From the database once all is in it, else from memory, so that messages go out whatever it does."""
        if await self._writer.flushed(FLUSH_S):
            try:
                taken = await self._write(claims.claim, holder, now, limit)
            except DatabaseUnusableError as error:
                log.warning("alerts: messages are claimed from memory", reason=str(error))
            else:
                self._outbox.note(taken)
                self._outbox.forget(now - KEEP_S)
                return taken
        return self._outbox.claim(holder, now, limit)

    async def next_delivery_at(self) -> float | None:
        if self._writer.failing:
            return self._outbox.next_at()
        try:
            return await self._ask(claims.next_at)
        except DatabaseUnusableError:
            return self._outbox.next_at()

    async def delivered(self, id: str, at: float) -> None:
        self._mark(Mark(id, DeliveryState.SENT, sent_at=at))

    async def failed(self, id: str, error: str, next_at: float | None) -> None:
        if next_at is None:
            self._mark(Mark(id, DeliveryState.FAILED, error=error))
            return
        self._mark(Mark(id, DeliveryState.WAITING, next_at=next_at, error=error))
        self._waiting.set()

    def _mark(self, mark: Mark) -> None:
        self._outbox.mark(mark)
        self._writer.put(Page(marks=(mark,)))

    # What the engine asks

    async def lease(self, for_s: float, *, anew: bool = False) -> Lease | None:
        """Take or renew the engine's lease; ``None``: another has it. Raises ``DatabaseUnusableError``."""
        return await self._write(leases.take, ENGINE, self.holder, self._clock.now(), for_s, anew=anew)

    async def let_go(self) -> None:
        """Claims of whoever acted before are over. Raises ``DatabaseUnusableError``."""
        await self._write(claims.let_go, self._clock.now())
        self._waiting.set()

    async def living(self, reopen_s: float) -> tuple[list[Case], list[Silence]]:
        """Alerts to take up, and silences in force. Raises ``DatabaseUnusableError``."""
        now = self._clock.now()
        cases = await self._ask(store.living, now - reopen_s)
        return cases, await self._ask(store.silences_after, now)

    async def recorded_breaches(self, since: float) -> Sequence[Breach]:
        """Those on record that began since then; what still waits to be written is not among them. Raises
        ``DatabaseUnusableError``."""
        return await self._ask(queries.breaches_between, since, None, None, None)

    async def prune(self) -> int:
        """Forget a little of what is too old; how many rows went. Raises ``DatabaseUnusableError``."""
        return await self._write(retention.prune, self._clock.now(), self._keep)

    # What pages ask; raises ``DatabaseUnusableError``

    async def history(self, since: float, until: float | None, limit: int) -> Sequence[Alert]:
        return await self._fresh(queries.alerts_between, since, until, limit)

    async def transitions(self, alert: str) -> Sequence[Transition]:
        return await self._fresh(queries.transitions_of, alert)

    async def deliveries(self, alert: str) -> Sequence[Delivery]:
        return await self._fresh(queries.deliveries_of, alert)

    async def breaches(
        self, since: float, until: float | None, agent: tuple[str, str] | None, rule: str | None
    ) -> Sequence[Breach]:
        return await self._fresh(queries.breaches_between, since, until, agent, rule)

    async def excuse(self, breach: str, by: str, at: float, reason: str) -> Breach | None:
        """``None``: there is no such breach."""
        await self.flush()
        return await self._write(queries.excuse, breach, by, at, reason)

    async def dispute(self, breach: str, at: float, text: str) -> Breach | None:
        await self.flush()
        return await self._write(queries.dispute, breach, at, text)

    def trouble(self) -> Trouble:
        """What is wrong at this moment."""
        writer = self._writer
        since = writer.failing_since
        return Trouble(
            failing_s=None if since is None else max(0.0, self._clock.monotonic() - since),
            reason=writer.why,
            waiting=writer.in_memory,
            spilled=len(writer.spill),
            disk=writer.disk,
            lost=writer.lost,
            refused=writer.refused,
        )

    def health(self, language: str = "en") -> str | None:
        """A sentence when something is wrong with the record, ``None`` when all is well."""
        return sentence(self.trouble(), language)

    async def _fresh(self, question: Callable[..., T], *arguments: object) -> T:
        await self.flush()
        return await self._ask(question, *arguments)

    async def _ask(self, question: Callable[..., T], *arguments: object) -> T:
        def asked() -> T:
            with self._database.reading() as connection:
                return question(connection, *arguments)

        return await self._guarded(asked)

    async def _write(self, work: Callable[..., T], *arguments: object, **named: object) -> T:
        def written() -> T:
            with self._database.writing() as connection:
                return work(connection, *arguments, **named)

        return await self._guarded(written)

    async def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except SQLAlchemyError as error:
            raise DatabaseUnusableError(self._unusable(error)) from error

    def _unusable(self, error: BaseException) -> str:
        return f"database: {self._database.shown} does not answer: {reason(error)}"
