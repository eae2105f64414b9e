"""A marked copy of the floor on which an outage is played: its own store, figures and evaluator, and from there the
same path of alerts as ever, everything said belonging to the drill. The real floor, its figures and its record are not
touched, for nothing of this is told to them (R-PLN-8)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Protocol

from alerts.conditions.contract import FloorView
from alerts.conditions.registry import CONDITIONS
from alerts.evaluate import Evaluator
from alerts.model import Breach, Signal, Standing
from alerts.outages import EXPECTED_PER_HOUR, Outage, Picture, seed, take
from alerts.ports import SignalSink
from alerts.rules import Rule
from alerts.world import Figured, FloorWorld
from floor.day import Day
from floor.people.ports import People
from floor.ports import Clock, Listener
from floor.state.facts import Fact

PLAYED = ("R-EMG-", "R-ANS-8", "R-ANS-9", "R-CAP-")
"""Rules that are rehearsed: those on exchange, lines, phones, traffic. What people do is no part of it."""
QUIET = "R-EMG-26"
"""A copy has no traffic of its own, so that it is quiet is no news."""


class Store(Protocol):
    """A floor of its own (:class:`floor.store.FloorStore`)."""

    def snapshot(self) -> Any: ...
    def subscribe(self, listener: Listener, *, happenings: bool = False) -> Callable[[], None]: ...
    def apply(self, fact: Fact) -> None: ...
    def next_due(self) -> float | None: ...
    def review(self, now: float | None = None) -> None: ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What a copy stands on: fresh, empty, and nobody else's."""

    store: Store
    figures: Figured
    """Hears the store's outcomes."""
    people: People
    day: Day
    rules: Iterable[Rule]
    """Those in force."""


class Marked:
    """Everything said through it belongs to the drill, and what stands broken is known."""

    def __init__(self, sink: SignalSink, drill: str) -> None:
        self._sink, self._drill = sink, drill
        self.broken: dict[str, Signal] = {}

    def signal(self, signal: Signal) -> None:
        marked = replace(signal, drill=self._drill)
        if marked.standing is Standing.FINE:
            self.broken.pop(marked.key, None)
        else:
            self.broken[marked.key] = marked
        self._sink.signal(marked)

    def breach(self, breach: Breach) -> None:
        """A drill breaks no rule: what it plays is in its log."""

    def settle(self, at: float) -> None:
        """Nothing stands broken any more."""
        for signal in list(self.broken.values()):
            self.signal(replace(signal, standing=Standing.FINE, at=at))


class Rehearsal:
    """One outage on one copy; ``advance`` tells what is due. Synchronous; time is an argument."""

    def __init__(
        self,
        drill: str,
        outage: Outage,
        floor: FloorView,
        ground: Ground,
        sink: SignalSink,
        clock: Clock,
        lasts_s: float,
    ) -> None:
        self.outage = outage
        self.picture: Picture = take(floor.pbxs, floor.queues, floor.agents, floor.endpoints, floor.trunks)
        self._sink = Marked(sink, drill)
        self._store = ground.store
        now = clock.now()
        for fact in seed(self.picture, now):
            ground.store.apply(fact)
        world = FloorWorld(
            ground.store.snapshot(), ground.figures, ground.people, clock, ground.day, lambda *_: EXPECTED_PER_HOUR
        )
        rules = [rule for rule in ground.rules if rule.id.startswith(PLAYED) and rule.id != QUIET and rule.enabled]
        self._evaluator = Evaluator(rules, CONDITIONS, world, self._sink, drill=drill)
        ground.store.subscribe(self._evaluator.hear, happenings=True)
        order = count()
        self._told = [(now + after, next(order), what) for after, what in outage.play(self.picture, now, lasts_s)]
        self._told += [(at, next(order), signal) for at, signal in _unseen(outage, rules, now, lasts_s)]
        heapq.heapify(self._told)

    @property
    def over(self) -> bool:
        """Everything has been told."""
        return not self._told

    def next_due(self) -> float | None:
        """When :meth:`advance` wants to be called, on our clock."""
        dues = [self._store.next_due(), self._evaluator.next_due(), self._told[0][0] if self._told else None]
        return min((due for due in dues if due is not None), default=None)

    def advance(self, now: float) -> None:
        """Tell what is due by now, in order, and let deadlines pass between."""
        while self._told and self._told[0][0] <= now:
            at, _, what = heapq.heappop(self._told)
            self._settle(at)
            if isinstance(what, Signal):
                self._sink.signal(what)
            else:
                self._store.apply(what)
        self._settle(now)

    def _settle(self, now: float) -> None:
        self._store.review(now)
        self._evaluator.due(now)

    def end(self, now: float) -> None:
        """The drill is over: whatever still stands broken is fine again."""
        self._told.clear()
        self._sink.settle(now)


def _unseen(outage: Outage, rules: Iterable[Rule], now: float, lasts_s: float) -> list[tuple[float, Signal]]:
    """Where no rule in force looks for it, the drill says it itself, so that people can rehearse all the same."""
    said = outage.said
    if said is None or any(rule.id in outage.expects for rule in rules):
        return []
    begun = now + outage.within_s / 2
    broken = replace(said, at=begun, since=now, evidence=({"at": begun, "fact": "OutagePlayed", "outage": outage.id},))
    return [(begun, broken), (now + max(lasts_s, outage.within_s), replace(broken, standing=Standing.FINE))]
