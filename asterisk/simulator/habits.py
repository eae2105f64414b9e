"""Distributions: how people on a floor behave. Everything is drawn from the world's own dice; seconds."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, pi, sin
from random import Random

AWAY_REASONS = {"break": 30, "toilet": 22, "smoke": 12, "meal": 10, "private": 4}
WORK_REASONS = {"acw": 45, "ticket": 20, "meeting": 7, "training": 6, "coaching": 8, "handover": 3, "fault": 2}
"""Pause reasons and their weights (domain.md §4)."""

PAUSE_MEAN_S = {
    "break": 260,
    "toilet": 170,
    "smoke": 280,
    "meal": 1500,
    "private": 200,
    "acw": 50,
    "ticket": 160,
    "meeting": 900,
    "training": 1200,
    "coaching": 420,
    "handover": 240,
    "fault": 300,
}


def about(random: Random, mean: float, spread: float = 0.5) -> float:
    """A log-normal duration with this mean: mostly a little shorter, sometimes much longer."""
    return random.lognormvariate(log(mean) - spread * spread / 2, spread)


def waiting_time(random: Random, rate: float) -> float:
    """Time to the next of events that come ``rate`` times a second, independent of one another."""
    return random.expovariate(rate) if rate > 0 else float("inf")


def drawn(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


@dataclass(frozen=True, slots=True)
class Habits:
    """One agent's ways."""

    answers_after_s: float
    """Mean time from the first ring to the answer."""
    misses: float
    """Share of calls he lets ring out."""
    rejects: float
    """Share of calls he refuses with the reject key."""
    talks_s: float
    holds: float
    """Share of calls with at least one hold."""
    hold_s: float
    transfers: float
    hangs_up_first: float
    works_s: float
    """Mean time between two pauses."""
    dials_per_hour: float
    acw_pause: float
    """Share of calls after which he pauses himself for after-call work."""


def temper(random: Random, talk_s: float) -> Habits:
    """An agent like any other, and like none."""
    return Habits(
        answers_after_s=min(11.0, about(random, 4.5, 0.5)),
        misses=random.choice((0.01, 0.02, 0.03, 0.12)),
        rejects=random.choice((0.0, 0.0, 0.01)),
        talks_s=about(random, talk_s, 0.25),
        holds=random.uniform(0.1, 0.45),
        hold_s=about(random, 22.0, 0.5),
        transfers=random.uniform(0.02, 0.12),
        hangs_up_first=random.uniform(0.05, 0.4),
        works_s=about(random, 1500.0, 0.4),
        dials_per_hour=random.choice((0.0, 1.0, 2.0, 4.0)),
        acw_pause=random.choice((0.0, 0.1, 0.3)),
    )


def pause(random: Random) -> tuple[str, float]:
    """A pause: its reason and how long it lasts."""
    reasons = AWAY_REASONS if random.random() < 0.55 else WORK_REASONS
    reason = drawn(random, reasons)
    return reason, about(random, PAUSE_MEAN_S[reason], 0.45)


def patience(random: Random, mean: float) -> float:
    """How long a caller waits; one in twelve hangs up within seconds."""
    return random.uniform(1.0, 6.0) if random.random() < 0.08 else random.weibullvariate(mean * 1.12, 1.4)


_PEAKS = ((10.5, 1.9, 1.0), (15.0, 2.4, 0.9), (20.0, 2.0, 0.35))
"""Hour, width in hours and height of the day's waves."""


def day_curve(hour: float) -> float:
    """Share of the busiest hour's calls at this hour of the day; nights are quiet, not dead."""
    return 0.04 + 0.92 * min(1.0, sum(height * exp(-(((hour - at) / width) ** 2)) for at, width, height in _PEAKS))


def swell(open_s: float, period_s: float = 420.0, depth: float = 0.35) -> float:
    """Slow waves about 1, so that queues build up and drain while one watches; high when the doors open."""
    slow = sin(2 * pi * open_s / (period_s * 2.7) + 1.2)
    return 1.0 + depth * sin(2 * pi * open_s / period_s + 0.9) + 0.5 * depth * slow


CALLER_NUMBERS = (
    *(f"01632960{n:03}" for n in range(1000)),
    *(f"07700900{n:03}" for n in range(1000)),
    *(f"02079460{n:03}" for n in range(1000)),
    *(f"2125550{n}" for n in range(100, 200)),
)
"""Numbers that regulators keep free for fiction."""
