"""FloorStore: the single writer of the floor, its revision, snapshot-and-subscribe, and the moments due for review."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import structlog

from floor.listeners import Listeners
from floor.ports import Change, Clock, Listener, Outcome
from floor.state.copying import replace
from floor.state.facts import Fact, ReviewDue
from floor.state.floor import Draft, Floor, Moved
from floor.state.happenings import Happening
from floor.state.model import (
    Agent,
    Caller,
    CallerKey,
    CallerStage,
    Channel,
    Endpoint,
    Entity,
    Key,
    Pbx,
    Queue,
    Record,
    Trunk,
)
from floor.state.reduce import GRADUAL, PASSING, reduce_in_steps, reduce_into
from floor.state.taken import FloorTaken, PbxShown, floor_of, take, take_in_steps


@dataclass(frozen=True, slots=True)
class FloorView:
    """The floor as it is now, read-only; the mappings are live, so copy what must not move."""

    pbxs: Mapping[str, Pbx]
    queues: Mapping[Key, Queue]
    agents: Mapping[Key, Agent]
    callers: Mapping[CallerKey, Caller]
    trunks: Mapping[Key, Trunk]
    endpoints: Mapping[Key, Endpoint]
    channels: Mapping[Key, Channel]
    seats: Mapping[Key, tuple[str, ...]]
    """(pbx, phone) -> names of the agents who are logged in at it."""
    hints: Mapping[Key, str]
    """(pbx, ``hint:EXTEN@CONTEXT``) -> phone."""
    lost: Mapping[str, Mapping[str, float]]
    """pbx -> unreachable phone -> since, in the order in which they were lost."""
    revision: int


Subject = tuple[str, tuple[str, ...]]
"""(``agent`` or ``caller``, its key): what may ask to be judged again."""


SUBJECTS: dict[type, str] = {Agent: "agent", Caller: "caller"}
"""What may ask to be judged again."""


def _view(floor: Floor) -> FloorView:
    return FloorView(
        pbxs=MappingProxyType(floor.pbxs),
        queues=MappingProxyType(floor.queues),
        agents=MappingProxyType(floor.agents),
        callers=MappingProxyType(floor.callers),
        trunks=MappingProxyType(floor.trunks),
        endpoints=MappingProxyType(floor.endpoints),
        channels=MappingProxyType(floor.channels),
        seats=MappingProxyType(floor.seats),
        hints=MappingProxyType(floor.hints),
        lost=MappingProxyType(floor.lost),
        revision=0,
    )


class FloorStore:
    """Facts in, changes out. Everything happens on one thread, synchronously, in order."""

    def __init__(self, clock: Clock, emergency_numbers: Iterable[str] = ()) -> None:
        self.revision = 0
        self.refused = 0
        """Facts that could not be applied: a defect of ours, logged with its fact; the floor is as before."""
        self.on_due: Callable[[], None] | None = None
        """Told when an earlier review than before is due."""
        self.on_fact: Callable[[Fact], None] | None = None
        """Told every fact right before it is applied: whoever applies the same has the same floor."""
        self._clock = clock
        self._floor = Floor(emergency_numbers=frozenset(emergency_numbers))
        self._draft = Draft(self._floor)
        """Empty between two facts, and used for each: a new one would cost more than most facts do."""
        self._listeners = Listeners()
        self._dues: list[tuple[float, str, tuple[str, ...]]] = []
        self._planned: dict[Subject, float] = {}
        self._view = _view(self._floor)
        self._log = structlog.get_logger()

    def snapshot(self) -> FloorView:
        """The floor now. Taking it and subscribing without an await between loses nothing and doubles nothing."""
        if self._view.revision != self.revision:
            self._view = replace(self._view, revision=self.revision)  # its mappings are live
        return self._view

    def subscribe(self, listener: Listener, *, happenings: bool = False) -> Callable[[], None]:
        """Tell ``listener`` every outcome from now on, or those that concern him (:func:`floor.listeners.hears`);
        call the result to stop.

        ``happenings``: also what left no trace on the floor (a line released, a report on voice quality), which is
        told under the revision that was, without changes and records.
        """
        return self._listeners.add(listener, happenings=happenings)

    def restore(self, callers: Iterable[Caller]) -> None:
        """Put back visits that were open when we last stopped; the next full picture says what became of them.

        Nobody is told: to be called before the first fact, with the figures that hold these visits already.
        """
        draft = self._draft
        for caller in callers:
            if caller.stage is not CallerStage.ENDED and caller.key not in self._floor.callers:
                draft.put_caller(replace(caller, gap=True))
                self._floor.restored.add(caller.key)
        for before, entity in draft.commit():
            if entity is not None and type(entity) in SUBJECTS:
                self._plan_review(before, entity)

    def apply(self, fact: Fact) -> None:
        """Apply one fact; whatever differs afterwards is told once, under one revision."""
        if self.on_fact is not None:
            self.on_fact(fact)
        if type(fact) in PASSING and not self._listeners.of_silent(frozenset((type(fact), Happening))):
            return  # a quarter of what a busy exchange says
        try:
            changed, records, happenings = reduce_into(self._draft, fact)
        except Exception:
            # One event that we misread must not end the day: it is counted, logged, and the next picture mends it.
            self.refused += 1
            self._log.exception("fact refused", fact=type(fact).__name__, pbx=fact.pbx)
            return
        self._publish(fact, changed, records, happenings)

    def apply_in_steps(self, fact: Fact) -> Iterator[None]:
        """The same, but the lists of a full picture, which may name the whole floor, are applied a few dozen entities
        at a time: each step is told under a revision of its own, all with the same fact. Between two steps facts of
        other exchanges may be applied, and reviews; events that came after the list must wait for its end."""
        if type(fact) not in GRADUAL:
            self.apply(fact)
            return
        if self.on_fact is not None:
            self.on_fact(fact)
        try:
            for changed, records, happenings in reduce_in_steps(self._draft, fact):
                self._publish(fact, changed, records, happenings)
                yield
        except Exception:
            self.refused += 1
            self._log.exception("fact refused", fact=type(fact).__name__, pbx=fact.pbx)

    def part(self, pbx: str, at: float) -> FloorTaken:
        """All that is known of one exchange now, to be taken by another store."""
        return floor_of(self._floor, pbx, at)

    def take(self, taken: FloorTaken | PbxShown) -> None:
        """Put this in place of what is known of its exchange; told as one change, under one revision."""
        self._announce(taken, take(self._floor, taken), (), ())

    def take_in_steps(self, taken: FloorTaken) -> Iterator[None]:
        """The same, a few dozen entities at a time, each under a revision of its own; that all is taken is told with
        the last. Between two steps other exchanges may go on; nothing may happen at this one."""
        for told, moved in take_in_steps(self._floor, taken):
            if moved or told is taken:
                self._announce(told, moved, (), ())
            yield

    def _publish(self, fact: Fact, changed: Moved, records: Sequence[Record], happenings: Sequence[Happening]) -> None:
        if changed or records:
            self._announce(fact, changed, records, happenings)
        elif happenings:
            listeners = self._listeners.of_silent(frozenset((type(fact), *map(type, happenings))))
            if listeners:
                self._tell(Outcome(self.revision, fact, (), (), happenings), listeners)

    def _announce(
        self,
        fact: Fact,
        changed: Moved,
        records: Sequence[Record],
        happenings: Sequence[Happening],
    ) -> None:
        self.revision += 1
        kinds: set[type] = {type(fact), *map(type, records), *map(type, happenings)}
        for before, after in changed:
            kind = type(before if after is None else after)
            kinds.add(kind)
            if after is not None and kind in SUBJECTS:
                self._plan_review(before, after)
        listeners = self._listeners.of(frozenset(kinds))
        if listeners:
            changes = [Change(before, after) for before, after in changed]
            self._tell(Outcome(self.revision, fact, changes, records, happenings), listeners)

    def _tell(self, outcome: Outcome, listeners: Iterable[Listener]) -> None:
        for listener in listeners:
            try:
                listener(outcome)
            except Exception:
                self._log.exception("listener failed", listener=repr(listener))

    def _plan_review(self, before: Entity | None, entity: Entity) -> None:
        """What asked for none before and asks for none now has none planned."""
        review_at: float | None = entity.review_at  # type: ignore[union-attr]  # both of SUBJECTS may ask
        if review_at is None and (before is None or before.review_at is None):  # type: ignore[union-attr]
            return
        subject: Subject = (SUBJECTS[type(entity)], entity.key)
        if review_at is None or (type(entity) is Caller and entity.ending is not None):
            self._planned.pop(subject, None)
            return
        when = review_at - self._offset(entity.pbx)
        if self._planned.get(subject) == when:
            return
        first = self.next_due()
        self._planned[subject] = when
        heapq.heappush(self._dues, (when, *subject))
        if self.on_due is not None and (first is None or when < first):
            self.on_due()

    def _offset(self, pbx: str) -> float:
        """Exchange clock minus ours, for exchanges whose facts carry their own time."""
        entity = self._floor.pbxs.get(pbx)
        return entity.clock_offset_s or 0.0 if entity is not None and entity.timestamps else 0.0

    def next_due(self) -> float | None:
        """Our clock: when the next review is due."""
        while self._dues and self._planned.get(self._dues[0][1:]) != self._dues[0][0]:
            heapq.heappop(self._dues)  # planned anew, or settled without it
        return self._dues[0][0] if self._dues else None

    def review(self, now: float | None = None, at_most: int | None = None) -> None:
        """Judge anew whatever asked to be judged by ``now`` (our clock), the rest at the next call."""
        now = self._clock.now() if now is None else now
        left = -1 if at_most is None else at_most
        while left and (due := self.next_due()) is not None and due <= now:
            left -= 1
            _, kind, key = heapq.heappop(self._dues)
            self._planned.pop((kind, key), None)
            self._review(kind, key)

    def _review(self, kind: str, key: tuple[str, ...]) -> None:
        """The fact bears the moment the entity itself named: however the clocks were set meanwhile, it has come."""
        if kind == "agent":
            agent = self._floor.agents.get((key[0], key[1]))
            if agent is not None and agent.review_at is not None:
                self.apply(ReviewDue(agent.pbx, agent.review_at, agent=agent.name))
            return
        caller = self._floor.callers.get((key[0], key[1], key[2]))
        if caller is not None and caller.review_at is not None:
            self.apply(ReviewDue(caller.pbx, caller.review_at, caller=(caller.queue, caller.uniqueid)))
