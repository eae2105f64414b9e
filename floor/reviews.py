"""The loop that lets the floor judge anew what asked for it: one sleep until the earliest moment, no sweep."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from floor.ports import Clock
from floor.store import FloorStore

LONGEST_SLEEP_S = 60.0
"""A clock that jumps moves the moments with it; no review is later than this after a jump."""

REVIEWS = 10
"""In one turn of the loop: after a full picture hundreds may be due at once, and each is told to all who listen."""


async def keep_reviewing(store: FloorStore, clock: Clock) -> None:
    """Run until cancelled."""
    earlier = asyncio.Event()
    store.on_due = earlier.set
    try:
        while True:
            await _until_due(store, clock, earlier)
            store.review(at_most=REVIEWS)
    finally:
        store.on_due = None


async def _until_due(store: FloorStore, clock: Clock, earlier: asyncio.Event) -> None:
    """Sleep until the first moment that is due now; begin anew when an earlier one is planned."""
    due = store.next_due()
    wait = LONGEST_SLEEP_S if due is None else max(0.0, min(due - clock.now(), LONGEST_SLEEP_S))
    earlier.clear()
    with suppress(TimeoutError):
        async with asyncio.timeout(wait):
            await earlier.wait()
