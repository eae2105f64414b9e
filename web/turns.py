"""When the hub's turn comes: at once after a rest, and no more often than screens need.

An isolated change waits for what belongs to it and no longer. On a busy floor one turn follows another after a rest,
and every event in between finds its turn set already: it costs nothing more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

COALESCE_S = 0.02
"""Between two patches of a busy floor."""
SHARE = 3
"""Where a turn takes long, the next one waits so many times as long: screens take a quarter of the core at most."""
SCREEN_S = 0.0003
"""For each screen the rest is so long: a patch is one write per screen, and a hundred are told some thirty times a
second."""
MOST_S = 0.1
"""But nobody waits longer than this for what changed."""
BURST_S = 0.002
"""What a call does comes as several events: so long is waited for the rest of them."""


class Turns:
    """``flush`` is called when a turn has come; between :meth:`begin` and :meth:`end`, which need a running loop."""

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._loop: asyncio.AbstractEventLoop | None = None
        self._soon: asyncio.TimerHandle | None = None
        """For what changed, set as early as it may be; by then for all that comes meanwhile."""
        self._later: asyncio.TimerHandle | None = None
        """For what is told a little later."""
        self._taken_at = 0.0
        """Loop time of the last turn."""
        self.took_s = 0.0
        """How long the last flush took."""

    def begin(self) -> None:
        """From now on turns come by themselves."""
        self._loop = asyncio.get_running_loop()

    def end(self) -> None:
        """No longer."""
        for timer in (self._soon, self._later):
            if timer is not None:
                timer.cancel()
        self._loop = self._soon = self._later = None

    @property
    def running(self) -> bool:
        return self._loop is not None

    @property
    def armed(self) -> bool:
        """Whether a turn will come by itself."""
        return self._soon is not None or self._later is not None

    def pause_s(self, screens: int) -> float:
        """From one turn of a busy floor to the next."""
        return min(MOST_S, max(COALESCE_S, SHARE * self.took_s, SCREEN_S * screens))

    def soon(self, screens: Callable[[], int]) -> None:
        """A turn once what belongs together is there, and not sooner after the last one than screens need."""
        if self._soon is None and self._loop is not None:
            rest_s = self._taken_at + self.pause_s(screens()) - self._loop.time()
            self._soon = self._loop.call_later(max(BURST_S, rest_s), self._take)

    def later(self, delay_s: float) -> None:
        """A turn in at most this time."""
        if self._loop is None:
            return
        if self._later is not None:
            if self._later.when() <= self._loop.time() + delay_s:
                return
            self._later.cancel()
        self._later = self._loop.call_later(delay_s, self._take_late)

    def _take_late(self) -> None:
        self._later = None
        if self._soon is None:
            self._take()  # else it is about to be

    def _take(self) -> None:
        self._soon = None
        if self._loop is not None:
            self._taken_at = self._loop.time()
        self._flush()
