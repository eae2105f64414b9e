"""What waits in memory to be written: bounded, in order, counted.

When it is full the oldest goes: by then both the database and the disk have refused it, and what happened last is what
the floor needs most. Every entry that went is counted and told (:mod:`floor.history.health`).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from floor.history.rows import Entry


class Backlog:
    """Put from the event loop, taken by the writer's thread; ``changed`` guards everything.

    ``enough``: the writer is woken for the first entry and for this one, not for those between: each time costs the
    event loop a switch of threads.
    """

    def __init__(self, keep: int, enough: int = 1) -> None:
        self.keep, self.enough = keep, enough
        self.changed = threading.Condition()
        self.lost = 0
        """Entries given up because neither database nor disk took them."""
        self.accepted = 0
        self.settled = 0
        """Accepted entries that no longer wait here: written, spilled, refused or lost."""
        self._waiting: deque[Entry] = deque()
        self._in_flight: list[Entry] = []
        self._since: float | None = None

    def __len__(self) -> int:
        return len(self._waiting) + len(self._in_flight)

    def put(self, entries: Sequence[Entry], now: float) -> None:
        """Never blocks, never fails."""
        with self.changed:
            before = len(self._waiting)
            self._waiting.extend(entries)
            self.accepted += len(entries)
            if self._since is None:
                self._since = now
            while len(self._waiting) > self.keep:
                self._waiting.popleft()
                self.lost += 1
                self.settled += 1
            if not before or before < self.enough <= len(self._waiting):
                self.changed.notify_all()

    def age(self, now: float) -> float:
        """Seconds since the oldest entry was put; 0 when nothing waits."""
        return now - self._since if self._since is not None else 0.0

    def take(self, limit: int | None = None) -> list[Entry]:
        """The oldest entries, up to ``limit``; they stay ours until ``settle`` or ``give_back``."""
        with self.changed:
            count = len(self._waiting) if limit is None else min(limit, len(self._waiting))
            self._in_flight = [self._waiting.popleft() for _ in range(count)]
            return self._in_flight

    def settle(self, now: float) -> None:
        """What was taken is safe elsewhere."""
        with self.changed:
            self.settled += len(self._in_flight)
            self._in_flight = []
            self._since = now if self._waiting else None
            self.changed.notify_all()

    def give_back(self) -> None:
        """What was taken could not be written: it waits again, in its old place."""
        with self.changed:
            self._waiting.extendleft(reversed(self._in_flight))
            self._in_flight = []
            self.changed.notify_all()
