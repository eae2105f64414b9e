"""Deadlines: one moment per thing that waits for one; the earliest is found at once, a change costs a logarithm, one
that puts off or takes back costs nothing until the earlier moment comes."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from itertools import count
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Deadlines(Generic[K]):
    """What was put off stays in the heap where it was, and is put in its new place when its old turn comes."""

    def __init__(self) -> None:
        self._planned: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._queued: dict[K, float] = {}
        """Where in the heap the earliest entry of each stands; never later than its deadline."""
        self._order = count()

    def __len__(self) -> int:
        return len(self._planned)

    def plan(self, key: K, at: float | None) -> None:
        """This is its deadline now; ``None``: it has none."""
        if at is None:
            self._planned.pop(key, None)
            return
        self._planned[key] = at
        queued = self._queued.get(key)
        if queued is None or at < queued:
            self._queue(key, at)
            if len(self._heap) > 64 + 4 * len(self._planned):
                self._rebuild()

    def next(self) -> float | None:
        """The earliest deadline."""
        while self._heap:
            queued, _, key = self._heap[0]
            at = self._planned.get(key)
            if at == queued:
                return at
            heapq.heappop(self._heap)
            if self._queued.get(key) != queued:
                continue  # it was planned earlier, and has come
            if at is None:
                del self._queued[key]
            else:
                self._queue(key, at)
        return None

    def pop(self, until: float) -> tuple[float, K] | None:
        """The earliest that has come by ``until``; it has no deadline any more."""
        at = self.next()
        if at is None or at > until:
            return None
        key = heapq.heappop(self._heap)[2]
        del self._planned[key]
        self._queued.pop(key, None)
        return at, key

    def move(self, by_s: float, keep: Callable[[K], bool] = lambda _: True) -> None:
        """The clock was set: all that ``keep`` names are put off by so much."""
        self._planned = {key: at + by_s if keep(key) else at for key, at in self._planned.items()}
        self._rebuild()

    def _queue(self, key: K, at: float) -> None:
        self._queued[key] = at
        heapq.heappush(self._heap, (at, next(self._order), key))

    def _rebuild(self) -> None:
        self._heap = [(at, next(self._order), key) for key, at in self._planned.items()]
        heapq.heapify(self._heap)
        self._queued = dict(self._planned)
