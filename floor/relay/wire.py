"""The way back: a message goes to whoever hears under a name at this moment, and is kept nowhere.

Facts are kept, for who comes late must have them; an order that nobody hears now must never be carried out later, so
what bears orders forgets at once whatever nobody hears.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from floor.ports import Clock

Take = Callable[[bytes], None]
"""Told each message, in order; must not block."""
Heard = Callable[[bool], None]
"""Told whether we hear just now; what is said while we do not is lost."""


class Wire(Protocol):
    """One end of it; each process has its own. Raises :class:`floor.relay.ports.RelayAwayError` when there is no
    answer; what was said may have been heard all the same."""

    async def now(self) -> float:
        """The relay's clock (seconds), the same for all: no two machines' clocks are ever compared."""

    async def tell(self, name: str, message: bytes) -> int:
        """Say it once, never again by itself; to how many."""

    async def claim(self, id: str, for_s: float) -> bool:
        """Whether we are the first of all to claim it within so many seconds."""

    async def hear(self, name: str, take: Take, heard: Heard = lambda _: None) -> None:
        """Hear what is said under a name, until cancelled: a relay that goes away is sought again."""

    async def close(self) -> None:
        """Nothing more is said or heard."""


class MemoryWire:
    """Implements :class:`Wire` inside one process: all who share it hear one another."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ears: dict[str, list[Take]] = {}
        self._claimed: dict[str, float] = {}

    async def now(self) -> float:
        return self._clock.now()

    async def tell(self, name: str, message: bytes) -> int:
        ears = tuple(self._ears.get(name, ()))
        for take in ears:
            take(message)
        return len(ears)

    async def claim(self, id: str, for_s: float) -> bool:
        now = self._clock.now()
        self._claimed = {one: until for one, until in self._claimed.items() if until > now}
        if id in self._claimed:
            return False
        self._claimed[id] = now + for_s
        return True

    async def hear(self, name: str, take: Take, heard: Heard = lambda _: None) -> None:
        self._ears.setdefault(name, []).append(take)
        heard(True)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._ears[name].remove(take)
            heard(False)

    async def close(self) -> None:
        """There is nothing to let go."""
