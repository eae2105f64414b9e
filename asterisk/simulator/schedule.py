"""Simulated time: one heap of what happens when, and lives told as generators.

Nothing here waits. ``run_until`` plays everything due up to a moment, in order of time and, at the same
moment, in order of entry: the same seed gives the same day at any speed.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from contextlib import suppress
from itertools import count

Steps = Generator[float | None, object, None]
"""A life: each ``yield`` lets that many seconds pass (``None``: until woken) and returns the news, if any."""


class Entry:
    """One thing to happen; ``cancel`` makes it not happen."""

    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


class Schedule:
    """What happens when, in seconds since the epoch on the simulated clock."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._heap: list[tuple[float, int, Entry]] = []
        self._order = count()

    def at(self, when: float, action: Callable[[], None]) -> Entry:
        """Let ``action`` happen at ``when``; a moment already past means at once, after what is due now."""
        entry = Entry(action)
        heapq.heappush(self._heap, (max(when, self.now), next(self._order), entry))
        return entry

    def after(self, seconds: float, action: Callable[[], None]) -> Entry:
        return self.at(self.now + seconds, action)

    def next_due(self) -> float | None:
        """The moment of the next entry; ``None`` when nothing will ever happen again."""
        while self._heap and self._heap[0][2].action is None:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def run_until(self, when: float, most: int | None = None) -> bool:
        """Play what is due up to ``when``, at most ``most`` entries; False when some of it is left."""
        played = 0
        while self._heap and self._heap[0][0] <= when:
            if most is not None and played >= most:
                return False
            due, _, entry = heapq.heappop(self._heap)
            if entry.action is None:
                continue
            self.now = due
            entry.action()
            played += 1
        self.now = max(self.now, when)
        return True

    def clear(self) -> None:
        """Forget everything that was to happen."""
        for _, _, entry in self._heap:
            entry.cancel()
        self._heap.clear()


class Life:
    """A running generator: wakes when its time has passed, or earlier with news or with an interruption."""

    __slots__ = ("_begun", "_entry", "_interrupted", "_schedule", "_steps", "over")

    def __init__(self, schedule: Schedule, steps: Steps) -> None:
        self._schedule = schedule
        self._steps = steps
        self._begun = False
        self._interrupted = False
        self.over = False
        self._entry: Entry | None = schedule.after(0, lambda: self._resume(None))

    def wake(self, news: object) -> None:
        """End the present wait with ``news``; no effect on a life that is over, unborn or being interrupted."""
        if self._begun and not self.over and not self._interrupted:
            self._again(lambda: self._resume(news))

    def interrupt(self, why: Exception) -> None:
        """Raise ``why`` where the life now waits. The first interruption counts until it has been felt."""
        if not self._begun:
            self.stop()
        elif not self.over and not self._interrupted:
            self._interrupted = True
            self._again(lambda: self._throw(why))

    def stop(self) -> None:
        """End it silently, wherever it stands."""
        if self._entry:
            self._entry.cancel()
        self.over = True
        with suppress(ValueError):  # it is this very life that stops itself: its generator is running
            self._steps.close()

    def _again(self, action: Callable[[], None]) -> None:
        if self._entry:
            self._entry.cancel()
        self._entry = self._schedule.after(0, action)

    def _resume(self, news: object) -> None:
        self._step(lambda: self._steps.send(news))

    def _throw(self, why: Exception) -> None:
        self._interrupted = False
        self._step(lambda: self._steps.throw(why))

    def _step(self, go_on: Callable[[], float | None]) -> None:
        self._entry = None
        self._begun = True
        try:
            seconds = go_on()
        except StopIteration:
            self.over = True
            return
        if self._entry is None and seconds is not None and not self.over:
            self._entry = self._schedule.after(seconds, lambda: self._resume(None))
