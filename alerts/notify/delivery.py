"""Delivery: takes stored messages from the ledger and sees them through, at least once.

Nothing is lost by a crash: a message is claimed with a lease, told, and only then marked as told. A crash in between
lets the lease run out, and the message is told again under the same id. Nothing is told twice by one living process,
even where telling takes longer than the lease.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from types import MappingProxyType

import structlog

from alerts.ledger import Deliveries
from alerts.model import Delivery, Message
from alerts.notify.errors import NotToldError, PassingError
from alerts.notify.lanes import Lanes, Parcel
from alerts.notify.ration import Ration
from alerts.notify.table import PARALLEL, Notifier
from alerts.notify.templates import digest
from floor.backoff import Backoff, Draw
from floor.ports import Clock
from floor.sections.notify import NotifySettings
from floor.tasks import Tasks

log = structlog.get_logger(__name__)

CLAIMED = 20
AGAIN = Backoff(first_s=5.0, factor=2.0, cap_s=300.0)
CROWDED_S = 5.0
"""When to look again for a lane that is full."""
LONGEST_REST_S = 30.0
STAND_BY_S = 1.0
"""How often who stands by looks whether it is his turn."""
TELL_WITHIN_S = 300.0
"""No way takes longer; the ways bound themselves more tightly."""
TRIES_BEFORE_GIVING_UP = 5
"""However old a message is (quiet hours, a long outage), it is tried so often."""


class Courier:
    """Implements :class:`alerts.ports.Outgoing`; :meth:`run` it in a task."""

    def __init__(
        self,
        ledger: Deliveries,
        notifiers: Mapping[str, Notifier],
        settings: NotifySettings,
        clock: Clock,
        *,
        holder: str,
        acting: Callable[[], bool] = lambda: True,
        draw: Draw = random.random,
        again: Backoff = AGAIN,
    ) -> None:
        """``holder``: names this process among those that share the ledger; ``acting``: whether it is the one whose
        alerts people take over, for a key pressed on the phone must reach them."""
        self._ledger = ledger
        self._notifiers = notifiers
        self._settings = settings
        self._clock = clock
        self._holder = holder
        self._acting = acting
        self._draw = draw
        self._again = again
        self._ration = Ration(settings.burst, settings.digest_s)
        self._under_way: set[str] = set()
        self._told_of: dict[str, str] = {}
        """The last trouble by kind, so that it is logged when it changes."""

    @property
    def untold(self) -> Mapping[str, str]:
        """Ways by which nothing has got through since the last failure, with what was said."""
        return MappingProxyType(self._told_of)

    def send(self, messages: Sequence[Message]) -> None:
        """They are stored already; look for them now."""
        if messages:
            self._ledger.waiting.set()

    async def run(self) -> None:
        """Deliver until cancelled; what was claimed and not yet told is claimed anew by whoever comes next."""
        tasks = Tasks()
        lanes = Lanes(tasks, self._tell, PARALLEL)
        try:
            while True:
                self._ledger.waiting.clear()
                claimed = await self._claim()
                for delivery in claimed:
                    await self._take(delivery, lanes)
                for held in self._ration.collect(self._clock.now()):
                    message = digest([one.message for one in held]) if len(held) > 1 else held[0].message
                    await self._hand_over(Parcel(message, tuple(held)), lanes)
                if len(claimed) < CLAIMED:
                    await self._rest()
        finally:
            await tasks.stop()

    async def _claim(self) -> Sequence[Delivery]:
        if not self._acting():
            return ()
        return await self._ledger.claim_deliveries(self._holder, self._clock.now(), CLAIMED)

    async def _rest(self) -> None:
        """Until something new is stored, or the next moment something is due."""
        if not self._acting():
            await asyncio.sleep(STAND_BY_S)
            return
        dues = [due for due in (await self._ledger.next_delivery_at(), self._ration.next_due()) if due is not None]
        rest = min((due - self._clock.now() for due in dues), default=LONGEST_REST_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(max(rest, 0.02), LONGEST_REST_S)):
                await self._ledger.waiting.wait()

    async def _take(self, delivery: Delivery, lanes: Lanes) -> None:
        message, now = delivery.message, self._clock.now()
        if message.id in self._under_way:
            return  # its lease ran out while it is being told; the new claim only prolongs it
        if message.recipient.kind not in self._notifiers:
            await self._ledger.failed(message.id, "this way of telling is not set up", None)
            return
        self._under_way.add(message.id)
        if self._ration.admit(delivery, now):
            await self._hand_over(Parcel(message, (delivery,)), lanes)

    async def _hand_over(self, parcel: Parcel, lanes: Lanes) -> None:
        if not lanes.put(parcel):
            await self._put_back(parcel, "many messages wait for this way", self._clock.now() + CROWDED_S)

    async def _tell(self, parcel: Parcel) -> None:
        message = parcel.message
        try:
            async with asyncio.timeout(TELL_WITHIN_S):
                await self._notifiers[message.recipient.kind].tell(message)
        except NotToldError as error:
            await self._not_told(parcel, error)
        except Exception as error:
            # The edge of the lane: a defect of one way must not end the others.
            log.exception("telling failed", kind=message.recipient.kind, message=message.id)
            await self._not_told(parcel, PassingError(f"a defect of Floorwatch: {type(error).__name__}"))
        else:
            await self._told(parcel)

    async def _told(self, parcel: Parcel) -> None:
        message, now = parcel.message, self._clock.now()
        self._told_of.pop(message.recipient.kind, None)
        log.info("told", kind=message.recipient.kind, message=message.id, after_s=round(now - message.at, 1))
        for delivery in parcel.deliveries:
            await self._ledger.delivered(delivery.message.id, now)
            self._under_way.discard(delivery.message.id)

    async def _not_told(self, parcel: Parcel, error: NotToldError) -> None:
        kind, said = parcel.message.recipient.kind, str(error)
        next_at = self._next_at(parcel, error) if isinstance(error, PassingError) else None
        if self._told_of.get(kind) != said or next_at is None:
            self._told_of[kind] = said
            log.warning("not told", kind=kind, message=parcel.message.id, error=said, again=next_at is not None)
        await self._put_back(parcel, said, next_at)

    async def _put_back(self, parcel: Parcel, said: str, next_at: float | None) -> None:
        for delivery in parcel.deliveries:
            self._under_way.discard(delivery.message.id)
            await self._ledger.failed(delivery.message.id, said, next_at)
        self._ledger.waiting.set()  # its next moment may come before the one that is being waited for

    def _next_at(self, parcel: Parcel, error: PassingError) -> float | None:
        """When to try again; ``None``: never."""
        now, attempts = self._clock.now(), max(1, parcel.attempts)
        oldest = min(delivery.message.at for delivery in parcel.deliveries)
        if error.attempts is not None and attempts >= error.attempts:
            return None
        if attempts >= TRIES_BEFORE_GIVING_UP and now - oldest > self._settings.give_up_s:
            return None
        wait = next(islice(self._again.delays(self._draw), min(attempts, 20) - 1, None))
        return now + (wait if error.after_s is None else min(error.after_s, 3600.0))
