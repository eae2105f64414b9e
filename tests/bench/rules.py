"""What rules cost: ``python -m tests.bench.rules [SMALL] [LARGE] [CALLS]``.

The same calls (join, ring, answer, hold, back, end: some twenty facts each) on a small and on a large floor, with every
built-in rule on. Told is the processor time that the evaluator takes per outcome, and the ratio of the two: what a rule
costs must depend on what changes, not on how many agents there are. Prints one JSON object; decides nothing.
"""

from __future__ import annotations

import json
import sys
from time import process_time
from typing import Any

from alerts.conditions.registry import CONDITIONS
from alerts.evaluate import Evaluator
from alerts.ports import SignalSink
from alerts.rulebook import Rulebook
from alerts.world import FloorWorld
from floor.day import Day
from floor.measures import Measures
from floor.ports import Outcome
from floor.state import facts as f
from floor.state.model import CompletedBy, Device, LinkState, Member
from floor.store import FloorStore
from tests.alerts.stage import Register, Said
from tests.support.replay import TapeClock

PBX, BEGIN = "p", 1_700_000_000.0
QUEUES = 20


class Bench:
    """A floor of so many agents, and an evaluator with a stopwatch."""

    def __init__(self, agents: int, clock: TapeClock | None = None, sink: SignalSink | None = None) -> None:
        self.agents = agents
        self.clock = clock or TapeClock(BEGIN)
        self.store = FloorStore(self.clock)
        measures = Measures(self.clock, Day("UTC"))
        self.said = Said()
        groups = {f"A{number}": f"g{number // 10}" for number in range(agents)}
        world = FloorWorld(self.store.snapshot(), measures, Register(groups), self.clock, Day("UTC"))
        self.evaluator = Evaluator(Rulebook(CONDITIONS).rules, CONDITIONS, world, sink or self.said)
        self.spent_s, self.outcomes = 0.0, 0
        self.store.subscribe(measures)
        self.store.subscribe(self._hear, happenings=True)
        self._furnish()

    def _furnish(self) -> None:
        self.store.apply(f.LinkChanged(PBX, BEGIN, LinkState.SYNCING))
        self.store.apply(f.ClockMeasured(PBX, BEGIN, 0.0, True))
        queues = tuple(f.PictureQueue(f"q{number}") for number in range(QUEUES))
        self.store.apply(f.QueuesSynced(PBX, BEGIN, queues, tuple(self._member(n) for n in range(self.agents))))
        begun = process_time()
        self.store.apply(f.LinkChanged(PBX, BEGIN, LinkState.UP))
        self.come_into_view()
        self.first_look_s = process_time() - begun
        self.spent_s, self.outcomes = 0.0, 0

    def come_into_view(self) -> None:
        """Look at all there is."""
        while (due := self.evaluator.next_due()) is not None and due <= BEGIN:
            self.evaluator.due(BEGIN)

    def _member(self, number: int) -> Member:
        phone = f"PJSIP/{number}"
        return Member(f"q{number % QUEUES}", f"A{number}", phone, phone, device=Device.IDLE, logged_in_at=BEGIN)

    def _hear(self, outcome: Outcome) -> None:
        begun = process_time()
        self.evaluator.hear(outcome)
        self.spent_s += process_time() - begun
        self.outcomes += 1

    def call(self, number: int) -> None:
        """One call: it rings for 12 s, is held for 20 s, and ends."""
        at = BEGIN + 10 + number * 0.05
        agent, queue, call = number % self.agents, f"q{number % self.agents % QUEUES}", f"{number}.1"
        name, phone, leg = f"A{agent}", f"PJSIP/{agent}", f"{number}.2"
        self._tell(f.ChannelOpened(PBX, at, call, f"PJSIP/trunk-{number}", call, "dialling"))
        self._tell(f.CallerJoined(PBX, at, queue, call))
        self._tell(f.ChannelOpened(PBX, at, leg, f"{phone}-{number}", call, "down"))
        self._tell(f.OfferBegan(PBX, at, queue, name, phone, call, leg))
        self._tell(f.ChannelChanged(PBX, at, leg, "ringing"))
        self._tell(f.ChannelChanged(PBX, at + 12, leg, "up"))
        self._tell(f.CallerLeft(PBX, at + 12, queue, call))
        self._tell(f.OfferAnswered(PBX, at + 12, queue, name, phone, call, leg, 12, 12))
        self._tell(f.BridgeEntered(PBX, at + 12, call, f"b{number}"))
        self._tell(f.HoldBegan(PBX, at + 13, leg))
        self._tell(f.HoldEnded(PBX, at + 33, leg))
        self._tell(f.CallCompleted(PBX, at + 40, queue, name, phone, call, leg, 12, 28, CompletedBy.AGENT))
        self._tell(f.ChannelClosed(PBX, at + 40, leg, 16))
        self._tell(f.ChannelClosed(PBX, at + 40, call, 16))

    def _tell(self, fact: f.Fact) -> None:
        self.clock.at = max(self.clock.at, fact.at)
        begun = process_time()
        self.evaluator.due(fact.at)
        self.spent_s += process_time() - begun
        self.store.apply(fact)

    def measured(self, calls: int) -> dict[str, Any]:
        """Calls one after the other; what the evaluator took."""
        for number in range(calls):
            self.call(number)
        return {
            "agents": self.agents,
            "outcomes": self.outcomes,
            "us_per_outcome": round(self.spent_s / self.outcomes * 1e6, 1),
            "first_look_ms": round(self.first_look_s * 1000, 1),
            "signals": len(self.said.signals),
            "breaches": len(self.said.newest),
            "conditions_failed": self.evaluator.refused,
        }


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]] + [100, 10_000, 2_000][len(sys.argv) - 1 :]
    small, large = Bench(given[0]).measured(given[2]), Bench(given[1]).measured(given[2])
    ratio = round(large["us_per_outcome"] / small["us_per_outcome"], 2)
    print(json.dumps({"small": small, "large": large, "ratio": ratio}))
