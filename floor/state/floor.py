"""The floor: tables of entities with the indexes that keep every lookup constant, and the draft of one change.

A reducer reads and writes through a :class:`Draft`; nothing reaches the tables until the whole fact is reduced,
so a fact that fails half way changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from floor.state.copying import replace
from floor.state.happenings import Happening
from floor.state.indexes import reindex_agent, reindex_caller, reindex_channel, reindex_endpoint, seat, sits_by, unseat
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
    """Per queue its members by state; states without any are left out."""
    lost: dict[str, dict[str, float]] = field(default_factory=dict)
    """Per exchange the phones that cannot be reached, in the order in which they were lost: name -> since."""

    emergency_numbers: frozenset[str] = frozenset()


K = TypeVar("K")
V = TypeVar("V")
_NOBODY: dict[Any, Any] = {}


class Overlay(Generic[K, V]):
    """One table as the draft sees it: its own writes first, then the floor."""

    __slots__ = ("base", "begun", "get", "written")

    def __init__(self, base: dict[K, V], begun: list[Overlay[Any, Any]]) -> None:
        self.base = base
        self.begun = begun
        """Where it puts itself down once it is written to."""
        self.written: dict[K, V | None] = {}
        # Most facts only look: until something is written, reading is the floor's own table and costs no call of ours.
        self.get: Callable[[K], V | None] = base.get

    def put(self, key: K, value: V | None) -> None:
        if not self.written:
            self.get = self._own_first
            self.begun.append(self)
        self.written[key] = value

    def _own_first(self, key: K) -> V | None:
        return self.written[key] if key in self.written else self.base.get(key)

    def drop(self, key: K) -> None:
        """Not there any more, if it was."""
        if self.get(key) is not None:
            self.put(key, None)

    def changes(self) -> Iterator[tuple[V | None, V | None]]:
        """(before, after) of every key whose value really differs."""
        get = self.base.get
        for key, after in self.written.items():
            before = get(key)
            if before is not after and before != after:
                yield before, after

    def commit(self) -> None:
        base = self.base
        for key, after in self.written.items():
            if after is None:
                base.pop(key, None)
            else:
                base[key] = after
        self.clear()

    def clear(self) -> None:
        """Nothing is written any more."""
        self.written.clear()
        self.get = self.base.get


REMEMBERED = 4096
"""How many ended visits are kept in mind; news of a visit come within seconds of its end."""
STATES = tuple(AgentState)

Moved = list[tuple[Entity | None, Entity | None]]
"""What differs, as (before, after)."""


class Draft:
    """What one fact would change. Once committed or thrown away it is empty, and good for the next."""

    __slots__ = (
        "agents",
        "aliases",
        "callers",
        "channels",
        "close_gap",
        "closed_at",
        "endings",
        "endpoints",
        "floor",
        "found",
        "happenings",
        "main",
        "missing",
        "new_hints",
        "open_gap",
        "orphans",
        "owed",
        "pbxs",
        "queues",
        "records",
        "rest",
        "touched",
        "trunks",
    )

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.main: list[Overlay[Any, Any]] = []
        """Tables written to, of queues, agents, callers, channels."""
        self.rest: list[Overlay[Any, Any]] = []
        """The same of the others, which few facts concern."""
        self.pbxs = Overlay(floor.pbxs, self.rest)
        self.queues = Overlay(floor.queues, self.main)
        self.agents = Overlay(floor.agents, self.main)
        self.callers = Overlay(floor.callers, self.main)
        self.trunks = Overlay(floor.trunks, self.rest)
        self.endpoints = Overlay(floor.endpoints, self.rest)
        self.channels = Overlay(floor.channels, self.main)
        self.aliases = Overlay(floor.aliases, self.rest)
        self.orphans = Overlay(floor.orphans, self.rest)
        self.owed = Overlay(floor.owed, self.rest)
        self.missing = Overlay(floor.missing, self.rest)
        self.found = Overlay(floor.found, self.rest)
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

    def clear(self) -> None:
        """Throw away what is written."""
        for table in (*self.main, *self.rest):
            table.clear()
        self.main.clear()
        self.rest.clear()
        self.touched.clear()
        self.endings.clear()
        self.open_gap = self.close_gap = self.new_hints = None
        self.hand_over()

    def hand_over(self) -> tuple[Sequence[Record], Sequence[Happening]]:
        """The records and happenings of this fact, which are the receiver's from now on."""
        records, happenings = self.records, self.happenings
        if records:
            self.records = []
        if happenings:
            self.happenings = []
        return records or (), happenings or ()

    def put_caller(self, caller: Caller) -> None:
        """Write a visit; an ended one leaves the floor, its last shape being published as a change."""
        key = caller.key
        if caller.stage is not CallerStage.ENDED:
            self.callers.put(key, caller)
            return
        self.missing.drop(key)
        self.found.drop(key)
        again = any(after.key == key for _, after in self.endings)
        if not again or self.callers.get(key) is not None:
            self.endings.append((None if again else self.floor.callers.get(key), caller))
        self.callers.put(key, None)

    def caller(self, pbx: str, queue: str, uniqueid: str) -> Caller | None:
        """The open visit of this channel to this queue, under whatever name the channel goes by now."""
        found = self.callers.get((pbx, queue, uniqueid))
        alias = self.aliases.get((pbx, uniqueid)) if found is None else None
        return self.callers.get((pbx, queue, alias)) if alias is not None else found

    def visits(self, pbx: str, uniqueid: str) -> Sequence[Caller]:
        """The open visits of one channel, in order of joining."""
        uniqueid = self.aliases.get((pbx, uniqueid)) or uniqueid
        queues = self.floor.visits.get((pbx, uniqueid), ())
        if self.callers.written:
            own = (key[1] for key in self.callers.written if key[2] == uniqueid and key[0] == pbx)
            queues = tuple(dict.fromkeys((*queues, *own)))
        if not queues:
            return ()  # most channels are no callers
        found = [self.callers.get((pbx, queue, uniqueid)) for queue in queues]
        return [caller for caller in found if caller is not None]

    def commit(self) -> Moved:
        """Apply everything; return what differs as (before, after), queues' derived numbers included."""
        moved: Moved = []
        if self.open_gap is not None or self.close_gap is not None:
            self._commit_gaps()
        if self.new_hints is not None:
            self._commit_hints(*self.new_hints)
            self.new_hints = None
        if self.main or self.endings:
            self._commit_main(moved)
        if self.rest:
            self._commit_rest(moved)
        if self.touched:
            self._commit_queues(moved)
        return moved

    def _commit_main(self, moved: Moved) -> None:
        if self.callers.written or self.endings:
            self._commit_callers(moved)
        if self.agents.written:
            self._commit_agents(moved)
        if self.channels.written:
            self._commit_channels()
        if self.queues.written:
            self.touched.update(self.queues.written)
        self.main.clear()

    def _commit_queues(self, moved: Moved) -> None:
        """Last, for who waits and who serves there is known only now."""
        for key in self.touched:
            self._derive(key)
        self.touched.clear()
        moved.extend(self.queues.changes())
        self.queues.commit()
        self.main.clear()

    def _commit_agents(self, moved: Moved) -> None:
        for before, after in self.agents.changes():
            reindex_agent(self.floor, before, after, self.touched)
            moved.append((before, after))
        self.agents.commit()

    def _commit_channels(self) -> None:
        """Nobody is told of channels, so they need not be compared; most keep their name."""
        get = self.channels.base.get
        for key, after in self.channels.written.items():
            before = get(key)
            if before is None or after is None or before.name != after.name:
                reindex_channel(self.floor, before, after)
        self.channels.commit()

    def _commit_rest(self, moved: Moved) -> None:
        for before, after in self.endpoints.changes():
            reindex_endpoint(self.floor, before, after)
        for table in (self.pbxs, self.trunks, self.endpoints):
            moved.extend(table.changes())  # told as they are; the others are nobody's business
        for table in self.rest:
            table.commit()
        self.rest.clear()

    def _commit_callers(self, moved: Moved) -> None:
        """Endings first: a visit that ended and one that began under the same key are two visits."""
        ended = self._commit_endings(moved) if self.endings else ()
        get = self.callers.base.get
        for key, after in self.callers.written.items():
            before = get(key)
            differs = before is not after and before != after
            if differs:
                reindex_caller(self.floor, before, after, self.touched)
            if after is not None and (differs or key in ended):
                moved.append((None if key in ended else before, after))
        self.callers.commit()

    def _commit_endings(self, moved: Moved) -> set[CallerKey]:
        over, ended = self.floor.over, set()
        for before, last in self.endings:
            key = last.key
            ended.add(key)
            over.pop(key, None)
            over[key] = last.joined_at or 0.0
            self.floor.restored.discard(key)
            moved.append((before, last))
        self.endings.clear()
        while len(over) > REMEMBERED:
            del over[next(iter(over))]
        return ended

    def _commit_gaps(self) -> None:
        if self.open_gap is not None:
            self.floor.gaps[self.open_gap.pbx] = self.open_gap
            for key in [key for key in self.floor.owed if key[0] == self.open_gap.pbx]:
                del self.floor.owed[key]  # what is owed is told in the gap
        if self.close_gap is not None:
            self.floor.gaps.pop(self.close_gap, None)
            self.floor.seen_since[self.close_gap] = self.closed_at
        self.open_gap = self.close_gap = None

    def _commit_hints(self, pbx: str, hints: dict[Key, str]) -> None:
        """New hints may seat people elsewhere; they come with the full picture only."""
        old = {key: device for key, device in self.floor.hints.items() if key[0] == pbx}
        if hints == old:
            return
        moved = {key[1] for key in old.keys() | hints.keys() if old.get(key) != hints.get(key)}
        agents = [agent for agent in self.floor.agents.values() if agent.pbx == pbx and sits_by(agent, moved)]
        for agent in agents:
            unseat(self.floor, agent)
        for key in old:
            del self.floor.hints[key]
        self.floor.hints.update(hints)
        for agent in agents:
            seat(self.floor, agent)

    def _derive(self, key: Key) -> None:
        line, tally = self.floor.lines.get(key, _NOBODY), self.floor.tallies.get(key, _NOBODY)
        states = tuple([(state, tally[state]) for state in STATES if state in tally])
        queue = self.queues.get(key)
        if queue is None:
            if not line and not states:
                return
            # Queues may be created while the exchange runs (realtime): who waits or serves there makes them known.
            queue = Queue(pbx=key[0], name=key[1])
        oldest = next(iter(line.values()), None)
        if (queue.waiting, queue.oldest_joined_at, queue.states) != (len(line), oldest, states):
            queue = replace(queue, waiting=len(line), oldest_joined_at=oldest, states=states)
            self.queues.put(key, queue)
