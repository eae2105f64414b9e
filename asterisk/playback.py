"""Tapes played into a floor of their own, to show a past minute again: wound forward at once, then at any speed.

The clock is the recorder's of that day: it stands while the tape is wound and runs while it plays. Reviews (wrap-up
over, explanation due) come at their moments as they did then.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Protocol

from asterisk.reporter import Reporter
from asterisk.retelling import Moment
from asterisk.sync import Defaults
from floor.ports import Clock
from floor.state.facts import Fact

SLICE = 500
"""Deliveries after which others get their turn while a tape is wound."""
LONGEST_REST_S = 1.0


class PastFloor(Protocol):
    """The floor the tape is played into."""

    def apply(self, fact: Fact) -> None: ...

    def next_due(self) -> float | None: ...

    def review(self, now: float | None = None) -> None: ...


class PastClock:
    """Stands where it is put until it is let run."""

    def __init__(self, clock: Clock, at: float) -> None:
        self._clock = clock
        self._at = at
        self._since: float | None = None
        self._speed = 1.0

    def now(self) -> float:
        if self._since is None:
            return self._at
        return self._at + (self._clock.monotonic() - self._since) * self._speed

    def monotonic(self) -> float:
        return self._clock.monotonic() if self._since is None else self.now()

    def put(self, at: float) -> None:
        """Stand there."""
        self._at, self._since = at, None

    def run(self, speed: float) -> None:
        """Go on from here at this speed; 0: stand."""
        self._at, self._since, self._speed = self.now(), self._clock.monotonic() if speed else None, speed


class Playback:
    """Plays one feed per exchange into ``floor``, in the order of time."""

    def __init__(
        self,
        feeds: Mapping[str, Iterator[Moment]],
        floor: PastFloor,
        clock: PastClock,
        defaults: Defaults | None = None,
    ) -> None:
        self._floor = floor
        self._clock = clock
        told = [_told(feed, Reporter(pbx, floor.apply, defaults)) for pbx, feed in feeds.items()]
        self._feeds = [*told, *feeds.values()]
        self._feed = heapq.merge(*told, key=lambda one: one[0])
        self._next: tuple[float, Callable[[], None]] | None = next(self._feed, None)

    @property
    def over(self) -> bool:
        """Nothing more is on the tapes."""
        return self._next is None

    async def wind(self, at: float) -> None:
        """Bring the floor to this moment, as fast as it goes, others getting their turn between."""
        count = 0
        while self._next is not None and self._next[0] <= at:
            self._clock.put(max(self._clock.now(), self._next[0]))
            self._floor.review(self._clock.now())
            self._step()
            count += 1
            if count % SLICE == 0:
                await asyncio.sleep(0)
        self._clock.put(at)
        self._floor.review(at)

    async def play(self, speed: float) -> None:
        """Go on from there in time until the tapes end; the last picture stays."""
        self._clock.run(speed)
        while self._next is not None or self._floor.next_due() is not None:
            now = self._clock.now()
            while self._next is not None and self._next[0] <= now:
                self._step()
            self._floor.review(now)
            await asyncio.sleep(self._rest(speed))

    def close(self) -> None:
        """Let go of the tapes."""
        self._next = None
        for feed in self._feeds:
            if isinstance(feed, Generator):
                feed.close()

    def _rest(self, speed: float) -> float:
        moments = [self._next[0] if self._next is not None else None, self._floor.next_due()]
        waits = [(moment - self._clock.now()) / speed for moment in moments if moment is not None]
        return max(0.0, min([*waits, LONGEST_REST_S]))

    def _step(self) -> None:
        if self._next is not None:
            self._next[1]()
            self._next = next(self._feed, None)


def _told(feed: Iterator[Moment], reporter: Reporter) -> Iterator[tuple[float, Callable[[], None]]]:
    latest = 0.0
    for at, delivery in feed:
        latest = max(latest, at)  # a tape's clock may have been set back; its order is right
        yield latest, lambda delivery=delivery: reporter(delivery)  # type: ignore[misc]
