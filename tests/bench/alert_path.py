"""What alerts cost on their whole way: ``python -m tests.bench.alert_path [ROUNDS]``.

The calls of :mod:`tests.bench.rules` on floors of several sizes: fact, reduce, rules, book, engine, page of the record.
Told per size is the processor time of a fact in the core (reduce and figures) and in the alert path, and the ratio of
the two in the same run, so that machines can be compared; for how long the loop was held at most by one outcome or one
tick, and how often it was let go while the floor first came into view; and what writing a page took in its own thread.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from time import process_time
from typing import Any

from alerts.case import Terms
from alerts.engine import Engine
from alerts.ledger.ledger import Ledger
from alerts.ledger.writer import PageLimits
from floor.history.database import Database
from floor.ports import Outcome
from floor.sections.alerts import AlertsSettings
from floor.state import facts as f
from tests.alerts.stage import Register
from tests.bench.reading import Reading, printed
from tests.bench.rules import BEGIN, PBX, Bench
from tests.support.ready import put_sqlite
from tests.support.replay import TapeClock

AGENTS, CALLS, LARGEST = 625, 300, 16
KEPT = PageLimits(keep=1_000_000)


class WholeWay(Bench):
    """A floor, its rules, and an engine that takes their word."""

    def __init__(self, agents: int, clock: TapeClock, engine: Engine) -> None:
        self.engine = engine
        self.core_s, self.facts, self.held_s, self.slices = 0.0, 0, 0.0, 0
        self.picture_s = 0.0
        super().__init__(agents, clock, engine)

    def _furnish(self) -> None:
        self.engine.judge = self.evaluator
        super()._furnish()

    def come_into_view(self) -> None:
        """Looked at in slices, as the engine's clock does it."""
        while (due := self.engine.next_due()) is not None and due <= self.clock.at:
            self._tick(self.clock.at)
            self.slices += 1

    def _hear(self, outcome: Outcome) -> None:
        begun = process_time()
        self.engine.hear(outcome)
        spent_s = process_time() - begun
        self.spent_s += spent_s
        if isinstance(outcome.fact, f.QueuesSynced):
            self.picture_s = spent_s
        else:
            self.held_s = max(self.held_s, spent_s)

    def _tick(self, now: float) -> None:
        begun = process_time()
        self.engine.tick(now)
        spent_s = process_time() - begun
        self.spent_s += spent_s
        self.held_s = max(self.held_s, spent_s)

    def _tell(self, fact: f.Fact) -> None:
        self.clock.at = max(self.clock.at, fact.at)
        self._tick(fact.at)
        begun, heard_s = process_time(), self.spent_s
        self.store.apply(fact)
        self.core_s += process_time() - begun - (self.spent_s - heard_s)
        self.facts += 1

    def cost(self, calls: int) -> dict[str, Any]:
        """Calls one after the other."""
        for number in range(calls):
            self.call(number)
        alerts, core = self.spent_s / self.facts * 1e6, self.core_s / self.facts * 1e6
        return {
            "agents": self.agents,
            "facts": self.facts,
            "core_us_per_fact": round(core, 1),
            "alerts_us_per_fact": round(alerts, 1),
            "ratio": round(alerts / core, 2),
            "held_ms_most": round(self.held_s * 1000, 1),
            "slices_of_first_view": self.slices,
            "picture_ms": round(self.picture_s * 1000, 1),
            "alive": len(self.engine.live),
            "failed": self.engine.failures + self.evaluator.refused,
        }


async def sized(agents: int, calls: int) -> dict[str, Any]:
    """One size, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(put_sqlite(Path(folder) / "floor.sqlite3"))
        clock = TapeClock(BEGIN)
        ledger = Ledger(database, Path(folder), clock, limits=KEPT)
        engine = Engine(AlertsSettings(), ledger, Register(), clock, terms=lambda _rule: Terms(), pbxs=(PBX,))
        await engine.open()
        bench = WholeWay(agents, clock, engine)
        found = bench.cost(calls)
        pages, begun = ledger.trouble().waiting, process_time()
        while ledger.trouble().waiting:
            await ledger._writer.attempt()
        found |= {"pages": pages, "write_us_per_page": round((process_time() - begun) / max(1, pages) * 1e6, 1)}
        await ledger.close()
        database.close()
        return found


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """Costs at one size; beside them, where the scale is one, what they are at sixteen times as many agents."""
    found = [asyncio.run(sized(AGENTS * scale, CALLS)) for _ in range(rounds)]
    beside = {name: found[-1][name] for name in ("agents", "facts", "slices_of_first_view", "picture_ms", "pages")}
    if scale == 1:
        large = asyncio.run(sized(AGENTS * LARGEST, CALLS))
        beside |= {f"{name}_at_{LARGEST}x": large[name] for name in ("alerts_us_per_fact", "core_us_per_fact")}

    def told(name: str, unit: str, **more: Any) -> Reading:
        return Reading(f"alert_path.{name}", unit, [one[name] for one in found], scale=scale, **more)

    return [
        told("alerts_us_per_fact", "us", beside=beside),
        told("core_us_per_fact", "us"),
        told("ratio", "times"),
        told("held_ms_most", "ms"),
        told("write_us_per_page", "us"),
    ]


if __name__ == "__main__":
    print(printed(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5)))
