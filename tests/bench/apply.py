"""What a fact costs in the core: ``python -m tests.bench.apply [ROUNDS] [SCALE]``, processor time per AMI event.

The stream of :mod:`tests.bench.traffic`, read and translated beforehand, is applied by :meth:`FloorStore.apply` to a
floor of ``300 × SCALE`` agents, all of whom have signed in and take calls: facts, reducers, verdicts, indexes, changes.
Told per event *of the stream*, for many events bear no fact, and per fact; with the figures listening; and what each
kind of fact costs. At 1, 4 and 16 times the agents the cost of an event is the same: nothing walks through the floor.
"""

from __future__ import annotations

import gc
import itertools
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from time import perf_counter, process_time

from asterisk.records import moment
from asterisk.translate import translate
from asterisk.wire import parse
from floor.day import Day
from floor.measures import Measures
from floor.state.facts import Fact, LinkChanged
from floor.state.model import LinkState
from floor.store import FloorStore
from tests.bench.reading import Reading, printed
from tests.bench.traffic import BEGUN, Traffic
from tests.support.replay import TapeClock

PBX = "pbx1"
AGENTS, EVENTS = 300, 40_000
COSTLIEST = 12
"""Kinds of facts told apart."""


def told(agents: int, events: int) -> tuple[int, list[Fact], list[Fact]]:
    """(events, the facts of agents who sign in, the facts of their calls)."""
    traffic = Traffic(agents, max(1, agents // 25))
    signed_in, calls = list(traffic.members()), list(traffic.events(events))
    return len(calls), _facts(signed_in), _facts(calls)


def _facts(events: Sequence[bytes]) -> list[Fact]:
    read = (parse(event) for event in events)
    facts = (translate(PBX, message, moment(message, "Timestamp") or BEGUN) for message in read)
    return [fact for fact in facts if fact is not None]


def floor_of(signed_in: Sequence[Fact], figures: bool = False) -> FloorStore:
    """A floor on which everybody is ready for his first call."""
    clock = TapeClock(BEGUN)
    store = FloorStore(clock)
    if figures:
        store.subscribe(Measures(clock, Day()))
    for fact in (LinkChanged(PBX, BEGUN, LinkState.UP), *signed_in):
        store.apply(fact)
    return store


def spent_s(apply: Callable[[Fact], None], facts: Sequence[Fact]) -> float:
    """Processor seconds for all of them, the collector of garbage included."""
    gc.collect()
    gc.freeze()  # the bench's own facts are not searched again on the floor's time
    begun = process_time()
    for fact in facts:
        apply(fact)
    return process_time() - begun


def by_kind(apply: Callable[[Fact], None], facts: Sequence[Fact]) -> dict[str, float]:
    """Microseconds of one fact of each kind, the costliest in all first."""
    cost: Counter[str] = Counter()
    number: Counter[str] = Counter()
    for fact in facts:
        kind, begun = type(fact).__name__, perf_counter()
        apply(fact)
        cost[kind] += perf_counter() - begun  # type: ignore[assignment]  # a counter of seconds
        number[kind] += 1
    return {kind: round(spent / number[kind] * 1e6, 2) for kind, spent in cost.most_common(COSTLIEST)}


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """Per event and per fact; the same with figures."""
    events, signed_in, facts = told(AGENTS * scale, EVENTS)
    alone, figured = [], []
    for _ in range(rounds):
        alone.append(spent_s(floor_of(signed_in).apply, facts))
        figured.append(spent_s(floor_of(signed_in, figures=True).apply, facts))
    kinds = by_kind(floor_of(signed_in).apply, facts)
    silent = {"agents": AGENTS * scale, "facts_per_event": round(len(facts) / events, 3)}
    return [
        Reading("apply.per_event", "µs", [one / events * 1e6 for one in alone], scale=scale, beside=silent),
        Reading("apply.per_fact", "µs", [one / len(facts) * 1e6 for one in alone], scale=scale, beside=kinds),
        Reading("apply.per_event_with_figures", "µs", [one / events * 1e6 for one in figured], scale=scale),
    ]


if __name__ == "__main__":
    given = [int(word) for word in itertools.islice(sys.argv, 1, 3)]
    print(printed(measure(*(given or [5]))))
