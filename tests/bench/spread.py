"""How long things took, however many there were: a histogram whose steps grow by five per cent, of fixed size."""

from __future__ import annotations

import math
from collections import Counter

STEP = math.log(1.05)
LEAST_S = 1e-5


class Spread:
    """Seconds; what is asked of it is right within five per cent."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self.count = 0
        self.most_s = 0.0

    def add(self, seconds: float, times: int = 1) -> None:
        """Note a duration; what is negative or tiny counts as :data:`LEAST_S`."""
        self._counts[math.ceil(math.log(max(seconds, LEAST_S) / LEAST_S) / STEP)] += times
        self.count += times
        self.most_s = max(self.most_s, seconds)

    def merge(self, other: Spread) -> None:
        """Take in what another one has noted."""
        self._counts += other._counts
        self.count += other.count
        self.most_s = max(self.most_s, other.most_s)

    def at(self, share: float) -> float:
        """The duration that ``share`` (0…1) of them did not exceed; 0 when there are none."""
        wanted, so_far = share * self.count, 0
        for place in sorted(self._counts):
            so_far += self._counts[place]
            if so_far >= wanted:
                return min(LEAST_S * math.exp(place * STEP), max(self.most_s, LEAST_S))
        return 0.0

    def told_ms(self) -> dict[str, float]:
        """Median, 99th percentile and longest, in milliseconds, and how many."""
        ms = {"p50": self.at(0.5) * 1000, "p99": self.at(0.99) * 1000, "most": self.most_s * 1000}
        return {**{key: round(value, 2) for key, value in ms.items()}, "count": self.count}
