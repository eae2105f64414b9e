"""The collector's side: every fact of its exchanges goes to the relay; a heartbeat; checkpoints in between.

Facts of a few milliseconds go out together; while they are on their way the next ones gather. When too many
gather, or the relay is away, nothing is kept for later: the floor itself holds what they did, and a fresh checkpoint
under a new term tells it. So a relay that is away costs the collector nothing, and nodes miss no state.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

import structlog

from floor.history.trouble import Trouble
from floor.ports import Clock, Outcome
from floor.relay import codec
from floor.relay.lately import Lately
from floor.relay.ports import Entry, Position, Relay, RelayAwayError
from floor.state.facts import Fact, LinkChanged
from floor.state.model import LinkState
from floor.store import FloorStore

log = structlog.get_logger(__name__)

GATHERED = 20_000
"""More facts than this do not wait; a checkpoint is shorter."""
PER_ENTRY = 256
GATHER_S = 0.005
"""What comes this soon after goes together: sending costs per message, nearly the same for one fact as for many."""
AGAIN_S = 0.3
"""A relay that is away is sought this often."""


class Publisher:
    """The one writer of its exchanges. ``hear`` is to be the store's ``on_fact``; ``run`` must run."""

    def __init__(
        self,
        relay: Relay,
        store: FloorStore,
        pbxs: Collection[str],
        clock: Clock,
        *,
        heartbeat_s: float = 1.0,
        checkpoint_every: int = 2000,
        trouble: Callable[[], Trouble] = Trouble,
    ) -> None:
        """``checkpoint_every``: entries; ``trouble``: how the record does, told with every heartbeat."""
        self.away: str | None = None
        """Why the relay cannot be written to, in a sentence."""
        self.put_aside: set[str] = set()
        """Exchanges for which another collector writes now."""
        self.published = 0
        """Facts that the relay has taken."""
        self._relay, self._store, self._clock = relay, store, clock
        self._heartbeat_s, self._every = heartbeat_s, checkpoint_every
        self._pbxs = tuple(pbxs)
        self._trouble = trouble
        self._at: dict[str, Position] = {}
        self._kept_at: dict[str, int] = {}
        self._due: set[str] = set(pbxs)
        """A checkpoint is due."""
        self._gathered: defaultdict[str, list[Fact]] = defaultdict(list)
        self._count = 0
        self._beat_at = 0.0
        self._news = asyncio.Event()
        self.lately = Lately(clock)

    def hear(self, fact: Fact) -> None:
        """Called for every fact before it is applied; never blocks."""
        if not self._at:
            return  # nobody is told before the first checkpoint, which holds it
        self._gathered[fact.pbx].append(fact)
        self._count += 1
        if isinstance(fact, LinkChanged) and fact.link is LinkState.UP:
            self._due.add(fact.pbx)
        self._news.set()

    def note(self, outcome: Outcome) -> None:
        """To be subscribed to the store: what is over."""
        self.lately.hear(outcome)

    async def run(self) -> None:
        """Publish for ever; the relay may come and go."""
        while True:
            try:
                if not self._at:
                    await self._begin()
                await self._turn()
            except RelayAwayError as error:
                self._give_up(str(error))
                await asyncio.sleep(AGAIN_S)
                continue
            await self._rest()

    async def _begin(self) -> None:
        """A new term: greater than all before it, whatever our clock says."""
        begun = {}
        for pbx in self._pbxs:
            last = await self._relay.last(pbx)
            now = int(self._clock.now() * 1000)
            begun[pbx] = Position(max(now, last.term + 1 if last is not None else 0), 0)
        self._due, self._kept_at = set(self._pbxs) - self.put_aside, {}
        self._at = begun

    async def _turn(self) -> None:
        """Everything gathered, in one go; then the checkpoints that are due, as of the same moment."""
        gathered, self._gathered = self._gathered, defaultdict(list)
        overflow, self._count = self._count > GATHERED, 0
        now = self._clock.now()
        beat = self._clock.monotonic() - self._beat_at >= self._heartbeat_s
        if beat:
            self._beat_at = self._clock.monotonic()
        entries: list[Entry] = []
        if overflow:
            self._skip(gathered)
        else:
            for pbx in self._pbxs:
                if (gathered.get(pbx) or beat) and pbx not in self.put_aside:
                    entries.extend(self._entries(pbx, gathered.get(pbx, ()), now, self._trouble() if beat else None))
        kept = [(pbx, self._checkpoint(pbx, now)) for pbx in self._pbxs if self._is_due(pbx)]
        if entries:
            self._refused(await self._relay.publish(entries))
            self.published += sum(map(len, gathered.values()))
        for pbx, (entry, body) in kept:
            if not await self._relay.keep(entry, body):
                self._refused([pbx])
        if self.away is not None:
            log.info("relay: it is back", exchanges=len(self._pbxs))
            self.away = None

    def _entries(self, pbx: str, facts: Sequence[Fact], now: float, trouble: Trouble | None) -> list[Entry]:
        chunks = [facts[first : first + PER_ENTRY] for first in range(0, len(facts), PER_ENTRY)] or [()]
        return [Entry(pbx, self._next(pbx), codec.written(chunk, now, trouble)) for chunk in chunks]

    def _skip(self, gathered: defaultdict[str, list[Fact]]) -> None:
        """A number is left out, so that nodes see that they missed something and take the checkpoint."""
        for pbx, facts in gathered.items():
            if facts and pbx in self._at:
                self._next(pbx)
                self._due.add(pbx)
        log.warning("relay: more facts than it takes; nodes are given a checkpoint instead")

    def _next(self, pbx: str) -> Position:
        position = self._at[pbx] = self._at[pbx].next()
        return position

    def _is_due(self, pbx: str) -> bool:
        if pbx in self.put_aside:
            return False
        return pbx in self._due or self._at[pbx].number - self._kept_at.get(pbx, 0) >= self._every

    def _checkpoint(self, pbx: str, now: float) -> tuple[Entry, bytes]:
        """As of this very moment: taken before anything is awaited."""
        self._due.discard(pbx)
        taken = self.lately.added(self._store.part(pbx, now))
        entry = Entry(pbx, self._next(pbx), codec.written((), now))
        self._kept_at[pbx] = entry.position.number
        return entry, codec.written_floor(taken)

    def _refused(self, pbxs: Collection[str]) -> None:
        for pbx in pbxs:
            if pbx not in self.put_aside:
                self.put_aside.add(pbx)
                log.error("relay: another collector writes for this exchange; this one is not heard any more", pbx=pbx)

    def _give_up(self, why: str) -> None:
        """What is not told is in the next checkpoint."""
        if self.away is None:
            log.warning("relay: it is away; what happens meanwhile is told when it is back", why=why)
        self.away = why
        self._at.clear()
        self._gathered.clear()
        self._count = 0

    async def _rest(self) -> None:
        """Until somebody has something to say, not longer than to the next heartbeat."""
        wait = self._beat_at + self._heartbeat_s - self._clock.monotonic()
        if not self._news.is_set() and wait > 0:
            try:
                async with asyncio.timeout(wait):
                    await self._news.wait()
            except TimeoutError:
                pass
        if self._news.is_set():
            await asyncio.sleep(GATHER_S)
        self._news.clear()
