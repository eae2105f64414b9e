"""The machine's clock."""

from __future__ import annotations

import time

from floor.clock import SystemClock, worked
from floor.ports import Clock


def test_it_is_the_clock_everything_asks_for() -> None:
    """Wall clock near the system's, monotonic never backwards."""
    clock: Clock = SystemClock()
    assert abs(clock.now() - time.time()) < 1
    assert clock.monotonic() <= clock.monotonic()


def test_work_is_not_waiting() -> None:
    """Time asleep is not our work."""
    before = worked()
    time.sleep(0.05)
    assert worked() - before < 0.05
