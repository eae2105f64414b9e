"""The floor: tables of entities with the indexes that keep every lookup constant, and the draft of one change.

A reducer reads and writes through a :class:`Draft`; nothing reaches the tables until the whole fact is reduced,
so a fact that fails half way changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from floor.state.copying import replace
from floor.state.happenings import Happening
from floor.state.indexes import reindex_agent, reindex_caller, reindex_channel, reindex_endpoint, seat, unseat
from floor.state.model import (
    Agent,
    AgentState,
    Caller,
    CallerKey,
    CallerStage,
    Channel,
    Endpoint,
    Entity,
    Gap,
    Key,
    Pbx,
    Queue,
    Record,
    Trunk,
)


@dataclass(slots=True)
class Floor:
    """All entities by key, and indexes derived from them when a draft is committed."""

    pbxs: dict[str, Pbx] = field(default_factory=dict)
    queues: dict[Key, Queue] = field(default_factory=dict)
    agents: dict[Key, Agent] = field(default_factory=dict)
    callers: dict[CallerKey, Caller] = field(default_factory=dict)
    trunks: dict[Key, Trunk] = field(default_factory=dict)
    endpoints: dict[Key, Endpoint] = field(default_factory=dict)
    channels: dict[Key, Channel] = field(default_factory=dict)
    gaps: dict[str, Gap] = field(default_factory=dict)
    """The open gap per exchange."""
    seen_since: dict[str, float] = field(default_factory=dict)
    """When the last gap of an exchange was over: conversations that began before it may have begun unseen."""
    hints: dict[Key, str] = field(default_factory=dict)
    """(pbx, ``hint:EXTEN@CONTEXT``) -> device."""
    over: dict[CallerKey, float] = field(default_factory=dict)
    """The latest visits that ended, with when they had joined: what is said about them afterwards is old news."""
    missing: dict[CallerKey, float] = field(default_factory=dict)
    """Visits that a picture does not show waiting any more, and since when; no event has yet said that they left."""
    found: dict[CallerKey, float] = field(default_factory=dict)
    """Visits that a picture found talking, and when; what they were before that is not known."""
    owed: dict[CallerKey, tuple[Caller, ...]] = field(default_factory=dict)
    """(pbx, queue, agent) -> answered visits that are over (the caller came back, or nothing more was heard) while the
    exchange still owes the AgentComplete of these conversations."""
    restored: set[CallerKey] = field(default_factory=set)
    """Open visits that came from the record and not from this session: dated by the right clock already."""
    aliases: dict[Key, str] = field(default_factory=dict)
    """(pbx, Uniqueid) -> the Uniqueid under which this caller joined, after his channel was swapped (masquerade)."""
    orphans: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """(pbx, queue) -> callers who wait there on a channel that was swapped for one not yet known."""

    lines: dict[Key, dict[str, float]] = field(default_factory=dict)
    """Per queue the waiting callers in order of joining: Uniqueid -> joined."""
    visits: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """(pbx, Uniqueid) -> queues in which this channel has an open visit."""
    seats: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """(pbx, device) -> agents whose phone it is."""
    names: dict[Key, str] = field(default_factory=dict)
    """(pbx, channel name) -> Uniqueid."""
    phones: dict[Key, dict[str, None]] = field(default_factory=dict)
    """(pbx, device) -> Uniqueids of its channels, in order; a trunk may have very many."""
    tallies: dict[Key, Counter[AgentState]] = field(default_factory=dict)
    """Per queue its members by state."""
    lost: dict[str, dict[str, float]] = field(default_factory=dict)
    """Per exchange the phones that cannot be reached, in the order in which they were lost: name -> since."""

    emergency_numbers: frozenset[str] = frozenset()


K = TypeVar("K")
V = TypeVar("V")


class Overlay(Generic[K, V]):
    """One table as the draft sees it: its own writes first, then the floor."""

    __slots__ = ("base", "written")

    def __init__(self, base: dict[K, V]) -> None:
        self.base = base
        self.written: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        return self.written[key] if key in self.written else self.base.get(key)

    def put(self, key: K, value: V | None) -> None:
        self.written[key] = value

    def changes(self) -> Iterator[tuple[V | None, V | None]]:
        """(before, after) of every key whose value really differs."""
        for key, after in self.written.items():
            before = self.base.get(key)
            if before != after:
                yield before, after

    def commit(self) -> None:
        for key, after in self.written.items():
            if after is None:
                self.base.pop(key, None)
            else:
                self.base[key] = after


REMEMBERED = 4096
"""How many ended visits are kept in mind; news of a visit come within seconds of its end."""


TOLD = ("pbxs", "trunks", "endpoints")
"""Tables whose changes are told as they are."""
INDEXED = (("channels", reindex_channel), ("endpoints", reindex_endpoint))
TABLES = frozenset("pbxs queues agents callers trunks endpoints channels aliases orphans owed missing found".split())
_NOTHING: dict[Any, Any] = {}


class Draft:
    """What one fact would change."""

    pbxs: Overlay[str, Pbx]
    queues: Overlay[Key, Queue]
    agents: Overlay[Key, Agent]
    callers: Overlay[CallerKey, Caller]
    trunks: Overlay[Key, Trunk]
    endpoints: Overlay[Key, Endpoint]
    channels: Overlay[Key, Channel]
    aliases: Overlay[Key, str]
    orphans: Overlay[Key, tuple[str, ...]]
    owed: Overlay[CallerKey, tuple[Caller, ...]]
    missing: Overlay[CallerKey, float]
    found: Overlay[CallerKey, float]

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.asked: dict[str, Overlay[Any, Any]] = {}
        """Tables that somebody asked for."""
        self.records: list[Record] = []
        self.happenings: list[Happening] = []
        self.endings: list[tuple[Caller | None, Caller]] = []
        """Visits that ended, each as it was before: told as a change to ENDED, then gone."""
        self.touched: set[Key] = set()
        """Queues whose derived numbers must be looked at even if no member or caller changed."""
        self.open_gap: Gap | None = None
        self.close_gap: str | None = None
        self.closed_at = 0.0
        self.new_hints: tuple[str, dict[Key, str]] | None = None
        """(pbx, all its hints)."""

    def __getattr__(self, table: str) -> Any:
        """A table nobody asked for yet: a fact concerns two or three of the twelve."""
        if table not in TABLES:
            raise AttributeError(table)
        overlay = self.asked[table] = Overlay(getattr(self.floor, table))
        setattr(self, table, overlay)
        return overlay

    def written(self, table: str) -> dict[Any, Any]:
        """What was written to a table; empty where nobody asked for it."""
        overlay = self.asked.get(table)
        return overlay.written if overlay is not None else _NOTHING

    def put_caller(self, caller: Caller) -> None:
        """Write a visit; an ended one leaves the floor, its last shape being published as a change."""
        if caller.stage is not CallerStage.ENDED:
            self.callers.put(caller.key, caller)
            return
        self.missing.put(caller.key, None)
        self.found.put(caller.key, None)
        again = any(after.key == caller.key for _, after in self.endings)
        if not again or self.callers.get(caller.key) is not None:
            self.endings.append((None if again else self.floor.callers.get(caller.key), caller))
        self.callers.put(caller.key, None)

    def caller(self, pbx: str, queue: str, uniqueid: str) -> Caller | None:
        """The open visit of this channel to this queue, under whatever name the channel goes by now."""
        found = self.callers.get((pbx, queue, uniqueid))
        alias = self.aliases.get((pbx, uniqueid)) if found is None else None
        return self.callers.get((pbx, queue, alias)) if alias is not None else found

    def visits(self, pbx: str, uniqueid: str) -> list[Caller]:
        """The open visits of one channel, in order of joining."""
        uniqueid = self.aliases.get((pbx, uniqueid)) or uniqueid
        queues = dict.fromkeys(self.floor.visits.get((pbx, uniqueid), ()))
        queues.update((key[1], None) for key in self.callers.written if key[0] == pbx and key[2] == uniqueid)
        found = (self.callers.get((pbx, queue, uniqueid)) for queue in queues)
        return [caller for caller in found if caller is not None]

    def commit(self) -> list[tuple[Entity | None, Entity | None]]:
        """Apply everything; return what differs as (before, after), queues' derived numbers included."""
        self._commit_gaps()
        self._commit_hints()
        moved: list[tuple[Entity | None, Entity | None]] = []
        if self.endings or self.written("callers"):
            moved.extend(self._commit_callers())
        if self.asked:
            self._commit_tables({name: table for name, table in self.asked.items() if table.written}, moved)
        if self.touched:
            for key in self.touched:
                self._derive(key)
        if self.written("queues"):
            moved.extend(self.queues.changes())
            self.queues.commit()
        return moved

    def _commit_tables(
        self, written: dict[str, Overlay[Any, Any]], moved: list[tuple[Entity | None, Entity | None]]
    ) -> None:
        """All but callers and queues, which stand before and after them."""
        for before, after in written["agents"].changes() if "agents" in written else ():
            reindex_agent(self.floor, before, after, self.touched)
            moved.append((before, after))
        for name, reindex in INDEXED:
            for before, after in written[name].changes() if name in written else ():
                reindex(self.floor, before, after)
        for name in TOLD:
            if name in written:
                moved.extend(written[name].changes())
        for name, table in written.items():
            if name not in ("callers", "queues"):
                table.commit()

    def _commit_callers(self) -> Iterator[tuple[Caller | None, Caller | None]]:
        """Endings first: a visit that ended and one that began under the same key are two visits."""
        ended = set()
        for before, over in self.endings:
            ended.add(over.key)
            self.floor.over.pop(over.key, None)
            self.floor.over[over.key] = over.joined_at or 0.0
            self.floor.restored.discard(over.key)
            yield before, over
        while len(self.floor.over) > REMEMBERED:
            del self.floor.over[next(iter(self.floor.over))]
        for key, after in self.callers.written.items():
            before = self.callers.base.get(key)
            if before != after:
                reindex_caller(self.floor, before, after, self.touched)
            told = None if key in ended else before
            if after is not None and told != after:
                yield told, after
        self.callers.commit()

    def _commit_gaps(self) -> None:
        if self.open_gap is not None:
            self.floor.gaps[self.open_gap.pbx] = self.open_gap
            for key in [key for key in self.floor.owed if key[0] == self.open_gap.pbx]:
                del self.floor.owed[key]  # what is owed is told in the gap
        if self.close_gap is not None:
            self.floor.gaps.pop(self.close_gap, None)
            self.floor.seen_since[self.close_gap] = self.closed_at

    def _commit_hints(self) -> None:
        """New hints may seat everybody elsewhere; they come with the full picture only."""
        if self.new_hints is None:
            return
        pbx, hints = self.new_hints
        old = {key: device for key, device in self.floor.hints.items() if key[0] == pbx}
        if hints == old:
            return
        agents = [agent for agent in self.floor.agents.values() if agent.pbx == pbx]
        for agent in agents:
            unseat(self.floor, agent)
        for key in old:
            del self.floor.hints[key]
        self.floor.hints.update(hints)
        for agent in agents:
            seat(self.floor, agent)

    def _derive(self, key: Key) -> None:
        line = self.floor.lines.get(key, {})
        tally = self.floor.tallies.get(key, Counter())
        states = tuple((state, tally[state]) for state in AgentState if tally[state] > 0)
        queue = self.queues.get(key)
        if queue is None:
            if not line and not states:
                return
            # Queues may be created while the exchange runs (realtime): who waits or serves there makes them known.
            queue = Queue(pbx=key[0], name=key[1])
        oldest = next(iter(line.values()), None)
        self.queues.put(key, replace(queue, waiting=len(line), oldest_joined_at=oldest, states=states))
