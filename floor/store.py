"""FloorStore: the single writer of the floor, its revision, snapshot-and-subscribe, and the moments due for review."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog

from floor.ports import Change, Clock, Listener, Outcome
from floor.state.facts import Fact, ReviewDue
from floor.state.floor import Floor
from floor.state.model import Agent, Caller, CallerKey, Endpoint, Entity, Key, Pbx, Queue, Trunk
from floor.state.reduce import reduce


@dataclass(frozen=True, slots=True)
class FloorView:
    """The floor as it is now, read-only; the mappings are live, so copy what must not move."""

    pbxs: Mapping[str, Pbx]
    queues: Mapping[Key, Queue]
    agents: Mapping[Key, Agent]
    callers: Mapping[CallerKey, Caller]
    trunks: Mapping[Key, Trunk]
    endpoints: Mapping[Key, Endpoint]
    revision: int


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    when: float
    kind: str
    key: tuple[str, ...]


class FloorStore:
    """Facts in, changes out. Everything happens on one thread, synchronously, in order."""

    def __init__(self, clock: Clock) -> None:
        self.revision = 0
        self.refused = 0
        """Facts that could not be applied: a defect of ours, logged with its fact; the floor is as before."""
        self.on_due: Callable[[], None] | None = None
        """Told when an earlier review than before is due."""
        self._clock = clock
        self._floor = Floor()
        self._listeners: list[Listener] = []
        self._dues: list[_Due] = []
        self._log = structlog.get_logger()

    def snapshot(self) -> FloorView:
        """The floor now. Taking it and subscribing without an await between loses nothing and doubles nothing."""
        floor = self._floor
        return FloorView(
            pbxs=MappingProxyType(floor.pbxs),
            queues=MappingProxyType(floor.queues),
            agents=MappingProxyType(floor.agents),
            callers=MappingProxyType(floor.callers),
            trunks=MappingProxyType(floor.trunks),
            endpoints=MappingProxyType(floor.endpoints),
            revision=self.revision,
        )

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` every outcome from now on; call the result to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def restore(self, callers: list[Caller]) -> None:
        """Put back visits that were open when we last stopped; the next full picture says what became of them."""
        for caller in callers:
            self._floor.callers.setdefault(caller.key, caller)
            channel = (caller.pbx, caller.uniqueid)
            self._floor.visits[channel] = (*self._floor.visits.get(channel, ()), caller.queue)

    def apply(self, fact: Fact) -> None:
        """Apply one fact; whatever differs afterwards is told once, under one revision."""
        try:
            changed, records = reduce(self._floor, fact)
        except Exception:
            # One event that we misread must not end the day: it is counted, logged, and the next picture mends it.
            self.refused += 1
            self._log.exception("fact refused", fact=type(fact).__name__, pbx=fact.pbx)
            return
        if not changed and not records:
            return
        self.revision += 1
        changes = [Change(before, after) for before, after in changed]
        for change in changes:
            self._plan_review(change.after)
        self._tell(Outcome(self.revision, fact, changes, records))

    def _tell(self, outcome: Outcome) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(outcome)
            except Exception:
                self._log.exception("listener failed", listener=repr(listener))

    def _plan_review(self, entity: Entity | None) -> None:
        if not isinstance(entity, Agent | Caller) or entity.review_at is None:
            return
        kind = "agent" if isinstance(entity, Agent) else "caller"
        due = _Due(entity.review_at - self._offset(entity.pbx), kind, entity.key)
        first = self._dues[0].when if self._dues else None
        heapq.heappush(self._dues, due)
        if self.on_due is not None and (first is None or due.when < first):
            self.on_due()

    def _offset(self, pbx: str) -> float:
        """Exchange clock minus ours, for exchanges whose facts carry their own time."""
        entity = self._floor.pbxs.get(pbx)
        return entity.clock_offset_s or 0.0 if entity is not None and entity.timestamps else 0.0

    def next_due(self) -> float | None:
        """Our clock: when the next review is due."""
        return self._dues[0].when if self._dues else None

    def review(self, now: float | None = None) -> None:
        """Judge anew whatever asked to be judged by ``now`` (our clock)."""
        now = self._clock.now() if now is None else now
        while self._dues and self._dues[0].when <= now:
            due = heapq.heappop(self._dues)
            pbx = due.key[0]
            at = due.when + self._offset(pbx)
            if due.kind == "agent":
                self.apply(ReviewDue(pbx, at, agent=due.key[1]))
            else:
                self.apply(ReviewDue(pbx, at, caller=(due.key[1], due.key[2])))
