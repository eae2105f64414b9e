"""Counting recent cases: bounded, cheap to ask, and in a storm not asked anew at every event."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from alerts.conditions.contract import Level

CASES = 20_000


@dataclass(slots=True)
class Window:
    """Cases of the last ``seconds``; the oldest of more than CASES are forgotten."""

    seconds: float
    cases: deque[tuple[float, bool]] = field(default_factory=deque)
    marked: int = 0

    def add(self, at: float, mark: bool) -> None:
        """A case; ``at`` on our clock, about in order."""
        self.cases.append((at, mark))
        self.marked += mark
        if len(self.cases) > CASES:
            self._drop()

    def _drop(self) -> None:
        self.marked -= self.cases.popleft()[1]

    def settle(self, now: float) -> tuple[int, int]:
        """(marked, all) within the window."""
        while self.cases and self.cases[0][0] <= now - self.seconds:
            self._drop()
        return self.marked, len(self.cases)

    @property
    def next_change(self) -> float | None:
        """When the oldest case falls out."""
        return self.cases[0][0] + self.seconds if self.cases else None


def seldom(notes: dict[str, Any], now: float, every_s: float, read: Callable[[], Level]) -> Level:
    """What was read last, for so many seconds, with the moment at which to ask again; then it is read anew."""
    told: tuple[float, Level] | None = notes.get("told")
    if told is not None and 0 <= now - told[0] < every_s:
        return replace(told[1], review_at=told[0] + every_s)
    notes["told"] = (now, read())
    level: Level = notes["told"][1]
    return level
