"""The machine's clock, behind :class:`floor.ports.Clock`, so that time can be an argument everywhere else."""

from __future__ import annotations

import time


class SystemClock:
    """Wall clock for records (seconds since the epoch), monotonic clock for durations (seconds)."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


def worked() -> float:
    """Processor seconds of this thread: what is our own doing, whatever else the machine has to do."""
    return time.thread_time()
