"""How long to wait before the next attempt: growing, capped, jittered, for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Draw = Callable[[], float]
"""A random number in [0, 1), such as ``random.Random().random``."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays in seconds: the nth is drawn from the upper half of ``min(cap, first * factor**n)``.

    The upper half, not the whole: a hundred screens or links must not return in the same instant, and none of
    them may hammer an exchange that has just come up.
    """

    first_s: float = 0.5
    factor: float = 2.0
    cap_s: float = 15.0

    def delays(self, draw: Draw) -> Iterator[float]:
        """An endless sequence; begin a new one after success."""
        ceiling = self.first_s
        while True:
            yield ceiling * (0.5 + draw() / 2)
            ceiling = min(self.cap_s, ceiling * self.factor)
