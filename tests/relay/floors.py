"""A collector's and a node's floor with a relay between them, in one process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from floor.clock import SystemClock
from floor.history.trouble import Trouble
from floor.ports import Outcome
from floor.relay.memory import MemoryRelay
from floor.relay.ports import Relay
from floor.relay.publisher import Publisher
from floor.relay.reader import Reader
from floor.state import facts as f
from floor.state.model import LinkState, Member, Pbx
from floor.store import FloorStore, FloorView
from floor.tasks import Tasks

BEAT_S = 0.05
SILENT_S = 0.4


def up(pbx: str = "a") -> f.LinkChanged:
    return f.LinkChanged(pbx, CLOCK.now(), LinkState.UP)


def logged_in(number: int, pbx: str = "a") -> f.MemberSeen:
    return f.MemberSeen(pbx, CLOCK.now(), Member("sales", f"agent {number}", f"PJSIP/{number}", f"PJSIP/{number}"))


def joined(uniqueid: str, pbx: str = "a") -> f.CallerJoined:
    return f.CallerJoined(pbx, CLOCK.now(), "sales", uniqueid)


def gave_up(uniqueid: str, pbx: str = "a") -> list[f.Fact]:
    now = CLOCK.now()
    return [f.CallerGaveUp(pbx, now, "sales", uniqueid, 3), f.ChannelClosed(pbx, now, uniqueid, 16)]


CLOCK = SystemClock()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """A relay announces nothing to whoever only looks at it."""
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(BEAT_S / 5)


class Collecting:
    """The collector's side."""

    def __init__(self, relay: Relay, pbxs: Sequence[str] = ("a",), every: int = 2000) -> None:
        self.store = FloorStore(CLOCK)
        self.trouble = Trouble()
        self.publisher = Publisher(
            relay,
            self.store,
            pbxs,
            CLOCK,
            heartbeat_s=BEAT_S,
            checkpoint_every=every,
            trouble=lambda: self.trouble,
        )
        self.store.on_fact = self.publisher.hear
        self.store.subscribe(self.publisher.note)
        self._tasks = Tasks()

    def say(self, *facts: f.Fact) -> None:
        for fact in facts:
            self.store.apply(fact)

    def start(self) -> None:
        self._tasks.start("publisher", self.publisher.run())

    async def stop(self) -> None:
        await self._tasks.stop()


class Following:
    """The node's side."""

    def __init__(self, relay: Relay, pbxs: Sequence[str] = ("a",)) -> None:
        self.store = FloorStore(CLOCK)
        self.reader = Reader(relay, self.store, pbxs, CLOCK, SILENT_S)
        self.outcomes: list[Outcome] = []
        self._moved = asyncio.Event()
        self.store.subscribe(self._hear)
        self._tasks = Tasks()

    def _hear(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._moved.set()

    async def until(self, holds: Callable[[FloorView], bool]) -> FloorView:
        """The floor once it is so."""
        async with asyncio.timeout(20):
            while not holds(self.store.snapshot()):
                self._moved.clear()
                with contextlib.suppress(TimeoutError):  # a channel's change is told to nobody
                    await asyncio.wait_for(self._moved.wait(), BEAT_S)
        return self.store.snapshot()

    async def until_as(self, collecting: Collecting) -> None:
        """Until this is the collector's floor."""
        await self.until(lambda mine: same(mine, collecting.store.snapshot()))

    async def until_link(self, link: LinkState, reason: str | None = None, pbx: str = "a") -> Pbx:
        found = await self.until(lambda floor: pbx in floor.pbxs and shown(floor.pbxs[pbx]) == (link, reason))
        return found.pbxs[pbx]

    def start(self) -> None:
        self._tasks.start("reader", self.reader.run())
        self._tasks.start("watch", self.reader.watch())

    async def stop(self) -> None:
        await self._tasks.stop()


def shown(pbx: Pbx) -> tuple[LinkState, str | None]:
    return pbx.link, pbx.reason


def same(one: FloorView, other: FloorView) -> bool:
    """In everything whose order says something; who shares a phone may be told in any."""
    names = ("pbxs", "queues", "agents", "callers", "trunks", "endpoints", "channels", "hints", "lost")
    seats, others = ({key: sorted(names) for key, names in view.seats.items()} for view in (one, other))
    return seats == others and all(getattr(one, name) == getattr(other, name) for name in names)


@asynccontextmanager
async def floors(*, relay: Relay | None = None) -> AsyncIterator[tuple[Relay, Collecting, Following]]:
    """Both sides, running, the node as far as the collector."""
    relay = relay or MemoryRelay()
    collecting, following = Collecting(relay), Following(relay)
    try:
        collecting.say(up(), logged_in(1), joined("1"))
        collecting.start()
        following.start()
        await following.until_as(collecting)
        yield relay, collecting, following
    finally:
        await following.stop()
        await collecting.stop()
