"""The floor: tables of entities with the indexes that keep every lookup constant, and the draft of one change.

A reducer reads and writes through a :class:`Draft`; nothing reaches the tables until the whole fact is reduced,
so a fact that fails half way changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

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
    hints: dict[Key, str] = field(default_factory=dict)
    """(pbx, ``hint:EXTEN@CONTEXT``) -> device."""

    lines: dict[Key, dict[str, float]] = field(default_factory=dict)
    """Per queue the waiting callers in order of joining: Uniqueid -> joined."""
    visits: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """(pbx, Uniqueid) -> queues in which this channel has an open visit."""
    seats: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """(pbx, device) -> agents whose phone it is."""
    names: dict[Key, str] = field(default_factory=dict)
    """(pbx, channel name) -> Uniqueid."""
    tallies: dict[Key, Counter[AgentState]] = field(default_factory=dict)
    """Per queue its members by state."""


K = TypeVar("K")
V = TypeVar("V", bound=Entity)


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


class Draft:
    """What one fact would change."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.pbxs: Overlay[str, Pbx] = Overlay(floor.pbxs)
        self.queues: Overlay[Key, Queue] = Overlay(floor.queues)
        self.agents: Overlay[Key, Agent] = Overlay(floor.agents)
        self.callers: Overlay[CallerKey, Caller] = Overlay(floor.callers)
        self.trunks: Overlay[Key, Trunk] = Overlay(floor.trunks)
        self.endpoints: Overlay[Key, Endpoint] = Overlay(floor.endpoints)
        self.channels: Overlay[Key, Channel] = Overlay(floor.channels)
        self.records: list[Record] = []
        self.endings: list[tuple[Caller | None, Caller]] = []
        """Visits that ended: told as a change to ENDED, then gone."""
        self.touched: set[Key] = set()
        """Queues whose derived numbers must be looked at even if no member or caller changed."""
        self.open_gap: Gap | None = None
        self.close_gap: str | None = None
        self.new_hints: dict[Key, str] = {}

    def put_caller(self, caller: Caller) -> None:
        """Write a visit; an ended one leaves the floor, its last shape being published as a change."""
        if caller.stage is CallerStage.ENDED:
            self.endings.append((self.floor.callers.get(caller.key), caller))
            self.callers.put(caller.key, None)
        else:
            self.callers.put(caller.key, caller)

    def visits(self, pbx: str, uniqueid: str) -> list[Caller]:
        """The open visits of one channel, in order of joining."""
        queues = dict.fromkeys(self.floor.visits.get((pbx, uniqueid), ()))
        queues.update((key[1], None) for key in self.callers.written if key[0] == pbx and key[2] == uniqueid)
        found = (self.callers.get((pbx, queue, uniqueid)) for queue in queues)
        return [caller for caller in found if caller is not None]

    def commit(self) -> list[tuple[Entity | None, Entity | None]]:
        """Apply everything; return what differs as (before, after), queues' derived numbers included."""
        touched = self.touched
        self._commit_gaps()
        moved: list[tuple[Entity | None, Entity | None]] = []
        for caller_before, caller_after in list(self.callers.changes()):
            _reindex_caller(self.floor, caller_before, caller_after, touched)
            if caller_after is not None:
                moved.append((caller_before, caller_after))
        moved.extend(self.endings)
        for agent_before, agent_after in list(self.agents.changes()):
            _reindex_agent(self.floor, agent_before, agent_after, touched)
            moved.append((agent_before, agent_after))
        for channel_before, channel_after in self.channels.changes():
            _reindex_channel(self.floor, channel_before, channel_after)
        for table in (self.pbxs, self.trunks, self.endpoints):
            moved.extend(table.changes())
        for overlay in (self.callers, self.agents, self.channels, self.pbxs, self.trunks, self.endpoints):
            overlay.commit()
        for key in touched:
            self._derive(key)
        moved.extend(self.queues.changes())
        self.queues.commit()
        return moved

    def _commit_gaps(self) -> None:
        if self.open_gap is not None:
            self.floor.gaps[self.open_gap.pbx] = self.open_gap
        if self.close_gap is not None:
            self.floor.gaps.pop(self.close_gap, None)
        self.floor.hints.update(self.new_hints)

    def _derive(self, key: Key) -> None:
        queue = self.queues.get(key)
        if queue is None:
            return
        line = self.floor.lines.get(key, {})
        tally = self.floor.tallies.get(key, Counter())
        self.queues.put(
            key,
            replace(
                queue,
                waiting=len(line),
                oldest_joined_at=next(iter(line.values()), None),
                states=tuple((state, tally[state]) for state in AgentState if tally[state] > 0),
            ),
        )


def _reindex_caller(floor: Floor, before: Caller | None, after: Caller | None, touched: set[Key]) -> None:
    one = before or after
    if one is None:
        return
    queue = (one.pbx, one.queue)
    line = floor.lines.setdefault(queue, {})
    if after is not None and after.stage is CallerStage.WAITING:
        line.setdefault(one.uniqueid, after.joined_at or 0.0)
        touched.add(queue)
    elif one.uniqueid in line:
        del line[one.uniqueid]
        touched.add(queue)
    channel = (one.pbx, one.uniqueid)
    open_in = [name for name in floor.visits.get(channel, ()) if name != one.queue]
    if after is not None:
        open_in.append(one.queue)
    if open_in:
        floor.visits[channel] = tuple(open_in)
    else:
        floor.visits.pop(channel, None)


def _reindex_agent(floor: Floor, before: Agent | None, after: Agent | None, touched: set[Key]) -> None:
    for agent, step in ((before, -1), (after, 1)):
        if agent is None:
            continue
        for queue in {member.queue for member in agent.members}:
            key = (agent.pbx, queue)
            floor.tallies.setdefault(key, Counter())[agent.state] += step
            touched.add(key)
    if before is None or after is None or before.members != after.members:
        _reseat(floor, before, after)


def _reseat(floor: Floor, before: Agent | None, after: Agent | None) -> None:
    one = before or after
    if one is None:
        return
    old, new = _devices(floor, before), _devices(floor, after)
    for device in old - new:
        rest = tuple(name for name in floor.seats.get((one.pbx, device), ()) if name != one.name)
        if rest:
            floor.seats[one.pbx, device] = rest
        else:
            floor.seats.pop((one.pbx, device), None)
    for device in new - old:
        floor.seats[one.pbx, device] = (*floor.seats.get((one.pbx, device), ()), one.name)


def _devices(floor: Floor, agent: Agent | None) -> set[str]:
    """His phones, and the Local channels through which queues reach them."""
    if agent is None:
        return set()
    names = {name for member in agent.members for name in (member.device_name, member.interface)}
    return {device_of(floor, agent.pbx, name) for name in names}


def _reindex_channel(floor: Floor, before: Channel | None, after: Channel | None) -> None:
    if before is not None and floor.names.get((before.pbx, before.name)) == before.uniqueid:
        del floor.names[before.pbx, before.name]
    if after is not None:
        floor.names[after.pbx, after.name] = after.uniqueid


def device_of(floor: Floor, pbx: str, device_name: str) -> str:
    """The phone behind a state interface: hints are looked up, options such as ``/n`` cut off."""
    device = floor.hints.get((pbx, device_name), device_name)
    return device[: -len("/n")] if device.startswith("Local/") and device.endswith("/n") else device


def device_of_channel(channel: str) -> str:
    """``PJSIP/1001-00000001`` -> ``PJSIP/1001``; ``Local/1@a-00000001;2`` -> ``Local/1@a``."""
    return channel.rpartition("-")[0] or channel
