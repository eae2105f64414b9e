"""The rest between two looks at the clock: until what is due next, or something due sooner comes; never for long."""

from __future__ import annotations

import asyncio
import contextlib

from floor.ports import Clock

REST_S = 5.0
"""The longest at once, so that a wall clock that was set is found out."""


class Rest:
    """One timer, disturbed only by what cannot wait for it: most of what happens sets no earlier deadline."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._over = asyncio.Event()
        self._until = 0.0

    async def until(self, due: float | None) -> None:
        """Wait for that moment (our clock), :data:`REST_S`, or until something is due sooner."""
        self._over.clear()
        now = self._clock.now()
        rest_s = REST_S if due is None else min(REST_S, due - now)
        self._until = now + rest_s
        if rest_s <= 0:
            await asyncio.sleep(0)  # what is due all the time must not starve the floor
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(rest_s):
                await self._over.wait()

    def not_beyond(self, due: float | None) -> None:
        """Something is due then; ``None``: nothing is."""
        if due is not None and (due < self._until or due <= self._clock.now()):
            self._over.set()

    def end(self) -> None:
        """Now."""
        self._over.set()
