"""``floor collect`` as a whole: links, floor, record and tapes of some exchanges, and everything told to the relay."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack

import structlog

from floor.assembly import STOP_WITHIN_S, bounded, day_of, first_of, limits_of
from floor.assembly_exchanges import Exchanges, untold
from floor.assembly_orders import OrdersHere
from floor.clock import SystemClock
from floor.garbage import tidied
from floor.history import History
from floor.past import Archive
from floor.ports import Change, Clock, Outcome
from floor.relay.aside import found_in
from floor.relay.codec import GarbledError
from floor.relay.ports import Relay, RelayAwayError
from floor.relay.publisher import Publisher
from floor.reviews import keep_reviewing
from floor.settings import Settings
from floor.state.facts import RecordHealed
from floor.state.model import Caller, Correction, Record
from floor.store import FloorStore
from floor.tasks import Tasks

log = structlog.get_logger(__name__)

TAKE_UP_WITHIN_S = 5.0
"""Longer nobody waits for what the relay still knows from before; the record knows enough."""


class Mending:
    """Nodes are told that the record was mended; figures are theirs."""

    def __init__(self, store: FloorStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def heal(self, healed: Iterable[tuple[Caller | None, Caller]], records: Iterable[Record]) -> None:
        told = (*(after for _, after in healed), *(one for one in records if not isinstance(one, Correction)))
        for pbx in sorted({one.pbx for one in told}):
            self._store.apply(RecordHealed(pbx, self._clock.now()))


class Collector:
    """The one writer of its exchanges' record, and the one who tells of them."""

    def __init__(
        self, settings: Settings, relay: Relay, clock: Clock | None = None, *, orders: OrdersHere | None = None
    ) -> None:
        """``orders``: how nodes' orders come; ``None``: they cannot order anything."""
        self.settings, self.relay, self._orders = settings, relay, orders
        self.clock = clock or SystemClock()
        self.store = FloorStore(self.clock, settings.presence.emergency_numbers)
        self.history = History(settings.database_url, settings.data_dir, self.clock, keep_days=settings.keep_days)
        day = day_of(settings)
        self.archive = Archive(settings, self.history, self.clock, day, limits_of(settings))
        news = orders.herald.tell if orders is not None else untold
        self.exchanges = Exchanges(settings, self.store, self.history, self.archive, self.clock, news=news)
        self.health, self.trouble = self.exchanges.health, self.history.trouble
        names = [pbx.name for pbx in settings.pbx]
        self.publisher = Publisher(
            relay,
            self.store,
            names,
            self.clock,
            heartbeat_s=settings.relay.heartbeat_s,
            checkpoint_every=settings.relay.checkpoint_every,
            trouble=self.trouble,
        )
        self._day = day
        self._fatal = asyncio.Event()

    async def run(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Run until ``stop``.

        :raises FloorError: something could not be started; a sentence says what and which setting.
        """
        async with AsyncExitStack() as stack:
            stack.push_async_callback(bounded, "relay", self.relay.close)
            if self._orders is not None:
                stack.push_async_callback(bounded, "orders", self._orders.close)
            await self.history.open()
            stack.push_async_callback(bounded, "history", self.history.close)
            await self._remember()
            tasks = Tasks(died=self._died)
            stack.push_async_callback(tasks.stop, STOP_WITHIN_S)
            tasks.start("publisher", self.publisher.run())
            tasks.start("flight recorder", self.archive.keep_tidy())
            tasks.start("reviews", keep_reviewing(self.store, self.clock))
            tasks.start("ears", self.exchanges.ears.learn())
            stack.push_async_callback(bounded, "ears", self.exchanges.ears.stop)
            if self._orders is not None:
                self._orders.begin(self.exchanges, stack, tasks)
            stack.callback(tidied(self.store))
            self.exchanges.connect(stack, tasks, self._day, Mending(self.store, self.clock))
            ready()
            await first_of(stop, self._fatal)

    async def _remember(self) -> None:
        """Take up where the relay left off, and the record: then nobody on the screens vanishes because we begin."""
        ended = set()
        try:
            async with asyncio.timeout(TAKE_UP_WITHIN_S):
                for pbx in self.exchanges.links:
                    ended |= await self._take_up(pbx)
        except (RelayAwayError, TimeoutError) as error:
            log.warning("relay: what it knew from before is not taken up", why=str(error))
        self.store.restore(one for one in await self.history.open_visits() if (one.key, one.joined_at) not in ended)
        self.store.subscribe(self.history.record)
        self.store.subscribe(self.publisher.note)
        self.store.on_fact = self.publisher.hear
        self.exchanges.take_up(self._day.begin(self.clock.now()))

    async def _take_up(self, pbx: str) -> set[object]:
        """The floor as it was last told; what ended by then is written again, for perhaps it was not written."""
        unread: Counter[str] = Counter()
        try:
            found = await found_in(self.relay, pbx, self.clock, self.settings.presence.emergency_numbers, unread)
        except GarbledError as error:
            log.error("relay: a checkpoint that cannot be read", pbx=pbx, why=str(error))
            found = None
        if found is None:
            return set()
        taken = found.taken
        self.store.take(taken)
        changes = [Change(None, visit) for visit in (*taken.ended, *taken.callers)]
        records: list[Record] = [*taken.offers, *taken.spans, *taken.gaps]
        self.history.record(Outcome(self.store.revision, taken, changes, records))
        return {(one.key, one.joined_at) for one in taken.ended}

    def _died(self, name: str, error: BaseException) -> None:
        log.critical("a part of the collector died; stopping so that it is started anew", part=name, error=str(error))
        self._fatal.set()
