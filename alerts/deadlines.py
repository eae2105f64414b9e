"""Deadlines: one moment per thing that waits for one; the earliest is found at once, a change costs a logarithm."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable
from itertools import count
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Deadlines(Generic[K]):
    """What was planned anew or settled without its deadline is dropped when its turn comes, or when there is much."""

    def __init__(self) -> None:
        self._planned: dict[K, float] = {}
        self._heap: list[tuple[float, int, K]] = []
        self._order = count()

    def __len__(self) -> int:
        return len(self._planned)

    def plan(self, key: K, at: float | None) -> None:
        """This is its deadline now; ``None``: it has none."""
        if at is None:
            self._planned.pop(key, None)
        elif self._planned.get(key) != at:
            self._planned[key] = at
            heapq.heappush(self._heap, (at, next(self._order), key))
        if len(self._heap) > 64 + 4 * len(self._planned):
            self._rebuild()

    def next(self) -> float | None:
        """The earliest deadline."""
        while self._heap and self._planned.get(self._heap[0][2]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self, until: float) -> tuple[float, K] | None:
        """The earliest that has come by ``until``; it has no deadline any more."""
        at = self.next()
        if at is None or at > until:
            return None
        key = heapq.heappop(self._heap)[2]
        del self._planned[key]
        return at, key

    def move(self, by_s: float, keep: Callable[[K], bool] = lambda _: True) -> None:
        """The clock was set: all that ``keep`` names are put off by so much."""
        self._planned = {key: at + by_s if keep(key) else at for key, at in self._planned.items()}
        self._rebuild()

    def _rebuild(self) -> None:
        self._heap = [(at, next(self._order), key) for key, at in self._planned.items()]
        heapq.heapify(self._heap)
