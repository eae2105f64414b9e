"""``floor serve`` as a whole: what ``floor run`` is, without links; the floor comes from the relay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from asterisk.console import Console
from asterisk.ears import ExchangeEars
from asterisk.placed import PlacedCalls
from asterisk.spies import Spies
from floor.assembly import Floorwatch
from floor.assembly_orders import OrdersAfar
from floor.followed import FollowedFigures
from floor.history.trouble import Trouble
from floor.ports import Beacon, Clock
from floor.relay.ports import Relay
from floor.relay.reader import Feed, Reader
from floor.relay.wire import Wire
from floor.settings import Settings
from floor.state.model import LinkState, Pbx
from floor.state.taken import PbxShown
from floor.store import FloorStore
from floor.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Seen:
    """An exchange as this node sees it (:class:`floor.pulse.HasState`)."""

    store: FloorStore
    pbx: str

    @property
    def state(self) -> LinkState:
        known = self.store.snapshot().pbxs.get(self.pbx)
        return known.link if known is not None else LinkState.DOWN


class FeedHealth:
    """How every exchange is followed (the web room's port)."""

    def __init__(self, feeds: Mapping[str, Feed], clock: Clock) -> None:
        self._feeds, self._clock = feeds, clock

    def heard_ago(self, pbx: str) -> float | None:
        return self._clock.monotonic() - self._feeds[pbx].heard_at if pbx in self._feeds else None

    def events(self, pbx: str) -> int:
        return self._feeds[pbx].facts if pbx in self._feeds else 0

    def queue_size(self, pbx: str) -> int:  # noqa: ARG002 - the port's word; what waits, waits in the relay
        return 0

    def lag_s(self, pbx: str) -> float | None:
        return self._feeds[pbx].lag_s if pbx in self._feeds else None


def worst(troubles: Iterable[Trouble]) -> Trouble:
    """Of the collectors' records the one that does worst: screens tell of one."""
    return max(
        troubles, key=lambda one: (not one.quiet, one.failing_s or 0.0, one.lost, one.refused), default=Trouble()
    )


class Node(Floorwatch):
    """One of any number of wholes on one relay and one database."""

    def __init__(
        self,
        settings: Settings,
        relay: Relay,
        clock: Clock | None = None,
        *,
        wire: Wire | None = None,
        beacon: Beacon | None = None,
    ) -> None:
        """``wire``: how orders go to the exchanges; ``None``: nobody can order anything from here."""
        self.relay, self._wire, self.beacon = relay, wire, beacon
        self._orders: OrdersAfar | None = None
        super().__init__(settings, clock)
        self.figures = FollowedFigures(self.measures, self.store, self.history, self.clock)

    def _connected(self) -> None:
        """What stands where ``floor run`` has its links."""
        settings = self.settings
        names = [pbx.name for pbx in settings.pbx]
        self.reader = Reader(
            self.relay,
            self.store,
            names,
            self.clock,
            settings.relay.silent_s,
            settings.presence.emergency_numbers,
        )
        self.health = FeedHealth(self.reader.feeds, self.clock)
        self.seen = {name: Seen(self.store, name) for name in names}
        self.trouble = lambda: worst(feed.trouble for feed in self.reader.feeds.values())
        if self._wire is None:
            self.switchboard = Console({}, PlacedCalls())
            self.ears = ExchangeEars(settings.listening, {}, Spies(), self.clock)
        else:
            self._orders = OrdersAfar(self._wire, names, settings.listening, self.clock)
            self.switchboard, self.ears = self._orders.switchboard, self._orders.ears

    async def _open(self, stack: AsyncExitStack) -> None:
        stack.push_async_callback(self.relay.close)
        if self._orders is not None:
            stack.push_async_callback(self._orders.close)
        await super()._open(stack)

    async def _remember(self) -> None:
        """Today's figures; the floor itself comes with the first checkpoint, and the record is the collector's."""
        await self.figures.read()
        self.store.subscribe(self.figures.hear, happenings=True)
        for name in self.seen:
            now = self.clock.now()
            self.store.take(PbxShown(name, now, Pbx(name, LinkState.DOWN, now, "first_start")))

    def _connect(self, stack: AsyncExitStack, tasks: Tasks) -> None:
        if self._orders is not None:
            stack.callback(self.store.subscribe(self._orders.far.hear))
            self._orders.begin(tasks)
        tasks.start("relay", self.reader.run())
        tasks.start("relay watch", self.reader.watch())
        tasks.start("figures", self.figures.keep())
