"""The loop that lets the floor judge anew what asked for it: one sleep until the earliest moment, no sweep."""

from __future__ import annotations

import asyncio

from floor.ports import Clock
from floor.store import FloorStore

LONGEST_SLEEP_S = 60.0
"""A clock that jumps moves the moments with it; no review is later than this after a jump."""


async def keep_reviewing(store: FloorStore, clock: Clock) -> None:
    """Run until cancelled."""
    earlier = asyncio.Event()
    store.on_due = earlier.set
    while True:
        due = store.next_due()
        wait = LONGEST_SLEEP_S if due is None else max(0.0, min(due - clock.now(), LONGEST_SLEEP_S))
        earlier.clear()
        try:
            async with asyncio.timeout(wait):
                await earlier.wait()
        except TimeoutError:
            store.review()
