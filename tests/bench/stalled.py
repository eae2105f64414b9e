"""Five hundred clients that read nothing beside five hundred that do: what the good ones notice, and what it costs.

Two servers, each with as many good clients; one has the stalled ones as well, a process that is stopped (SIGSTOP) with
its streams open. Once these are behind, the two are measured in turn, a few seconds each, again and again; a round is
the median of the ratios, so that what else goes on at the machine meets both.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import ExitStack
from statistics import median, quantiles

from tests.bench.answering import Process
from tests.bench.reading import Reading, printed
from tests.bench.screens import CHANGED, EVERY_S

GOOD = STALLED = 500
UPDATES, TURNS = 8, 3
FILLING = (32, 150, 0.25)
"""Updates, agents in each and seconds between, until the stalled ones' sockets are full: most of a megabyte each."""


class Half:
    """A server and its good clients."""

    def __init__(self, server: Process, crowd: Process) -> None:
        self.server, self._crowd = server, crowd
        self.cpu_s = 0.0

    def fill(self) -> None:
        """Much at once; who cannot follow is passed over, as ever, and is level again after a moment."""
        updates, agents, every_s = FILLING
        self.server.ask(f"go {updates} {agents} {every_s}")
        time.sleep(1.5)
        self._crowd.ask("told")

    def p99_ms(self) -> float:
        """Of some updates to all good clients."""
        before = self.server.ask("spent")["cpu_s"]
        self.cpu_s += self.server.ask(f"go {UPDATES} {CHANGED} {EVERY_S}")["cpu_s"] - before
        self._crowd.ask(f"wait {UPDATES}")
        told = self._crowd.ask("told")
        assert told["closed"] == 0
        p99: float = quantiles(told["late_ms"], n=100)[98]
        return p99


def half(stack: ExitStack, clients: int) -> Half:
    """One of the two."""
    server = stack.enter_context(Process("tests.bench.screens", "serve", "floor"))
    return Half(server, stack.enter_context(Process("tests.bench.crowd", server.ready["port"], clients)))


def race(clients: int) -> dict[str, float]:
    """One round with servers of its own."""
    with ExitStack() as stack:
        alone, beside = half(stack, clients), half(stack, clients)
        stalled = stack.enter_context(Process("tests.bench.crowd", beside.server.ready["port"], STALLED, "small"))
        alone.fill()
        beside.p99_ms()
        level = beside.server.ask("spent")
        os.kill(stalled.pid, signal.SIGSTOP)
        beside.fill()
        alone.cpu_s = beside.cpu_s = 0.0
        turns = [(alone.p99_ms(), beside.p99_ms()) for _ in range(TURNS)]
        full = beside.server.ask("spent")
        assert full["cut"] == 0
    return {
        "ratio": median(with_ / without for without, with_ in turns),
        "alone_ms": median(without for without, _ in turns),
        "beside_ms": median(with_ for _, with_ in turns),
        "alone_core": alone.cpu_s / (TURNS * UPDATES * EVERY_S),
        "beside_core": beside.cpu_s / (TURNS * UPDATES * EVERY_S),
        "kb": (full["rss_kb"] - level["rss_kb"]) / STALLED,
        "skipped": (full["skipped"] - level["skipped"]) / STALLED,
    }


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """What the good ones notice, as a ratio, and the memory that one stalled client holds."""
    told = [race(GOOD * scale) for _ in range(rounds)]
    beside = {name: round(median(one[name] for one in told), 2) for name in told[0]}
    return [
        Reading(
            "stalled.good_p99_beside", "ratio", [one["ratio"] for one in told], at_most=1.2, scale=scale, beside=beside
        ),
        Reading("stalled.kb_per_stalled", "KB", [one["kb"] for one in told], at_most=300, scale=scale),
    ]


if __name__ == "__main__":
    print(printed(measure(*map(int, sys.argv[1:3] or ["5"]))))
