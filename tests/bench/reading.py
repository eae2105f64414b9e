"""What a bench has measured: one row of docs/speed.md, with its rounds, its goal and its peer of the same run.

A bench is a module with ``measure(rounds, scale=1) -> list[Reading]`` that can be run alone (``python -m
tests.bench.NAME``) and prints its readings as one JSON object; ``make bench`` runs them all, one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing measured, round by round; the value told is the median."""

    what: str
    """The row: ``ingest.times_panoramisk``; the first word is the bench."""
    unit: str
    rounds: Sequence[float]
    """One value a round, in ``unit``."""
    at_least: float | None = None
    at_most: float | None = None
    scale: int = 1
    """The load, as a multiple of the bench's own."""
    beside: Mapping[str, float] = field(default_factory=dict)
    """What else was measured in the same run: peers, parts of the way, conditions."""

    @property
    def value(self) -> float:
        return median(self.rounds)

    @property
    def reached(self) -> bool | None:
        """Whether the goal is reached; ``None``: there is none."""
        if self.at_least is None and self.at_most is None:
            return None
        low, high = self.at_least, self.at_most
        return (low is None or self.value >= low) and (high is None or self.value <= high)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "value": round(self.value, 4), "reached": self.reached}


def printed(readings: Sequence[Reading]) -> str:
    """One JSON object, as every bench prints it."""
    return json.dumps({"readings": [one.told() for one in readings]}, ensure_ascii=False)
