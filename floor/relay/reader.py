"""A node's side: checkpoint, then entry after entry, applied to a floor of its own, which so is the collector's floor.

A node that begins, or that missed something, puts checkpoint and entries together aside, on a floor nobody looks at,
and takes the result in place of its own: nothing that was over already is seen again. When a collector falls silent,
or the relay does, the exchange is shown as not seen, with a reason of its own.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

import structlog

from floor.history.trouble import Trouble
from floor.ports import Clock
from floor.relay import codec
from floor.relay.aside import found_in
from floor.relay.ports import Entry, Position, Relay, RelayAwayError
from floor.state.copying import replace
from floor.state.model import LinkState, Pbx
from floor.state.taken import PbxShown
from floor.store import FloorStore

log = structlog.get_logger(__name__)

WAIT_S = 0.5
AGAIN_S = 0.25
LOOK_S = 0.25
AT_ONCE = 250
"""Facts applied before others have their turn."""

SILENT = "collector_silent"
"""The relay answers, and nobody tells of this exchange."""
AWAY = "relay_away"
"""The relay does not answer us."""


@dataclass(slots=True)
class Feed:
    """How far one exchange is followed."""

    pbx: str
    heard_at: float
    """Monotonic: when the collector was last heard."""
    position: Position | None = None
    """``None``: the checkpoint is to be taken."""
    shown: Pbx | None = None
    """While it is shown as not seen: what it was before."""
    stale: str | None = None
    """Why it is shown as not seen."""
    facts: int = 0
    version: int = codec.VOCABULARY
    lag_s: float | None = None
    """Collector's sending to our applying, on two clocks."""
    trouble: Trouble = field(default_factory=Trouble)
    """How the collector's record does, by its last word."""
    gaps: int = 0
    """How often something was missed."""


@dataclass(slots=True)
class Reader:
    """Follows these exchanges; ``run`` and ``watch`` must run."""

    relay: Relay
    store: FloorStore
    pbxs: Collection[str]
    clock: Clock
    stale_s: float = 2.0
    emergency_numbers: Collection[str] = ()
    unread: codec.Unread = field(default_factory=Counter)
    """What could not be read: kinds of a newer version."""
    garbled: int = 0
    feeds: dict[str, Feed] = field(init=False)
    away: str | None = field(default=None, init=False)
    """Why the relay cannot be read, in a sentence."""

    def __post_init__(self) -> None:
        now = self.clock.monotonic()
        self.feeds = {pbx: Feed(pbx, now) for pbx in self.pbxs}

    async def run(self) -> None:
        """Follow for ever; the relay may come and go."""
        while True:
            try:
                await self._turn()
            except RelayAwayError as error:
                if self.away is None:
                    log.warning("relay: it is away; the floor is shown as not seen", why=str(error))
                self.away = str(error)
                await asyncio.sleep(AGAIN_S)
                continue
            except Exception:
                # The loop's edge: whatever stands in the relay must not end the pages of all other exchanges.
                log.exception("relay: what it holds could not be followed; the checkpoints are taken anew")
                self.garbled += 1
                for feed in self.feeds.values():
                    feed.position = None
                await asyncio.sleep(AGAIN_S)
            if self.away is not None:
                log.info("relay: it is back")
                self.away = None

    async def watch(self) -> None:
        """Say of whom nothing is heard."""
        while True:
            await asyncio.sleep(LOOK_S)
            now = self.clock.monotonic()
            for feed in self.feeds.values():
                reason = AWAY if self.away is not None else SILENT
                if now - feed.heard_at > self.stale_s and feed.stale != reason:
                    self._age(feed, reason)

    async def _turn(self) -> None:
        took = await self._catch_up_one()
        after = {feed.pbx: feed.position for feed in self.feeds.values() if feed.position is not None}
        # Who waits for a checkpoint looks for it again soon.
        wait = WAIT_S if len(after) == len(self.feeds) else 0.0 if took else AGAIN_S
        entries = await self.relay.read(after, wait)
        if not after:
            await asyncio.sleep(AGAIN_S)
        applied = 0
        for entry in entries:
            applied += self._follow(self.feeds[entry.pbx], entry)
            if applied >= AT_ONCE:
                applied = 0
                await asyncio.sleep(0)

    def _follow(self, feed: Feed, entry: Entry) -> int:
        """Apply one entry; how many facts it held."""
        if feed.position is None:
            return 0
        if entry.position != feed.position.next():
            self._lose(feed, f"entry {entry.position} after {feed.position}")
            return 0
        try:
            turn = codec.read(entry.body, feed.pbx, self.unread)
        except codec.GarbledError as error:
            self.garbled += 1
            self._lose(feed, str(error))
            return 0
        feed.position = entry.position
        self._hear(feed, turn)
        for fact in turn.facts:
            self.store.apply(fact)
        feed.facts += len(turn.facts)
        return len(turn.facts)

    def _hear(self, feed: Feed, turn: codec.Turn) -> None:
        now = self.clock.now()
        feed.heard_at = self.clock.monotonic()
        feed.lag_s = now - turn.sent_at
        feed.trouble = turn.trouble or feed.trouble
        if turn.version != feed.version:
            log.info("relay: the collector speaks another version", pbx=feed.pbx, theirs=turn.version)
            feed.version = turn.version
        if feed.stale is not None:
            feed.stale = None
            self.store.take(PbxShown(feed.pbx, now, feed.shown))

    def _lose(self, feed: Feed, why: str) -> None:
        log.info("relay: something was missed; the checkpoint is taken", pbx=feed.pbx, why=why)
        feed.gaps += 1
        feed.position = None

    def _age(self, feed: Feed, reason: str) -> None:
        now = self.clock.now()
        known = self.store.snapshot().pbxs.get(feed.pbx)
        if feed.stale is None:
            feed.shown = known
        # What was not seen before is not seen since then: nothing recovers because the relay is away as well.
        unseen = known is not None and (feed.stale is not None or known.link not in (LinkState.UP, LinkState.SYNCING))
        since = known.since if known is not None and unseen else now
        known = known or Pbx(feed.pbx, LinkState.DOWN, now)
        feed.stale = reason
        # ``since`` is on the exchange's clock where its moments are.
        offset = (known.clock_offset_s or 0.0) if known.timestamps and since == now else 0.0
        shown = replace(known, link=LinkState.DOWN, reason=reason, since=since + offset)
        self.store.take(PbxShown(feed.pbx, now, shown))

    async def _catch_up_one(self) -> bool:
        """Whether a floor was taken: one at most, for the others are to be heard meanwhile, or they count as silent."""
        for feed in self.feeds.values():
            if feed.position is None and await self._catch_up(feed):
                return True
        return False

    async def _catch_up(self, feed: Feed) -> bool:
        """What the relay holds now, taken step by step; whether it holds anything."""
        try:
            found = await found_in(self.relay, feed.pbx, self.clock, self.emergency_numbers, self.unread)
        except codec.GarbledError as error:
            self.garbled += 1
            log.error("relay: a checkpoint that cannot be read", pbx=feed.pbx, why=str(error))
            found = None
        if found is None:
            return False
        feed.heard_at, feed.stale, feed.shown = self.clock.monotonic(), None, None
        for _ in self.store.take_in_steps(found.taken):
            await asyncio.sleep(0)  # all that hear of it need much longer than anybody may wait
        feed.position = found.position
        feed.heard_at = self.clock.monotonic()
        return True
