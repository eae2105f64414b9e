"""While the database refuses, attempts grow apart, and the log tells it once."""

from __future__ import annotations

import random

from structlog.testing import capture_logs

from floor.backoff import Backoff
from floor.history.outage import Outage


def test_attempts_grow_apart() -> None:
    """Every refusal doubles the wait up to the cap; success forgets it."""
    outage = Outage(Backoff(first_s=1.0, cap_s=8.0), random.Random(1))
    waits = []
    for _ in range(6):
        outage.failed("gone", now=100.0)
        waits.append(outage.retry_at - 100.0)
    assert all(0.5 * ceiling <= wait <= ceiling for wait, ceiling in zip(waits, [1, 2, 4, 8, 8, 8], strict=True))
    assert outage.lasts
    assert outage.since == 100.0
    outage.over()
    assert (outage.lasts, outage.retry_at, outage.reason) == (False, 0.0, "")


def test_told_once() -> None:
    """The same reason again is not logged again; another one and the recovery are."""
    outage = Outage(Backoff())
    with capture_logs() as logs:
        for why in ("gone", "gone", "full"):
            outage.failed(why, now=0.0)
        outage.over()
        outage.over()
    assert [entry.get("reason") for entry in logs] == ["gone", "full", None]
