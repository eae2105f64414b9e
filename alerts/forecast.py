"""Forecast: how many calls an hour a queue may expect now, from what came at the same time on like days.

The median of the same quarter of an hour on up to eight weekdays like today. A quarter with a gap in the record, or
before the queue was first heard of, is no day; with fewer than three days nothing is expected (``None``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from statistics import median

import structlog

from floor.day import Day
from floor.ports import Arrivals, Clock

QUARTER_S = 900
PER_HOUR = 4
WEEKS = 8
ENOUGH = 3
KEPT = 1_000
"""Quarters for which the days like them are kept."""
BEFORE_S, AHEAD_S = 2 * 3600.0, 3 * 3600.0
"""What is learnt reaches from so long ago to so far ahead: rules look back an hour, and learning may be late."""
LEARN_EVERY_S = 3600.0
ASK_AGAIN_S = 60.0
"""While no queue is known: just started, or a new site."""

Stretches = Sequence[tuple[float, float]]
Ask = Callable[[Stretches], Awaitable[Arrivals]]


class Forecast:
    """Answers :meth:`alerts.conditions.contract.World.expected`."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._known = Arrivals({}, {})
        self._gaps: dict[str, list[tuple[float, float]]] = {}
        self._days: Stretches = ()
        self._quarters: dict[tuple[str, float], list[float]] = {}
        """(exchange, quarter) -> the like quarters on record: the same for all its queues."""

    def wanted(self, now: float) -> Stretches:
        """The stretches of the past (our clock) that must be known for the next hours."""
        begin, end = (now - BEFORE_S) // QUARTER_S * QUARTER_S, (now + AHEAD_S) // QUARTER_S * QUARTER_S
        return [(self._weeks_ago(begin, week), self._weeks_ago(end, week)) for week in range(1, WEEKS + 1)]

    def _weeks_ago(self, at: float, weeks: int) -> float:
        """The same time on the wall's clock, whatever the clocks did meanwhile."""
        moment = datetime.fromtimestamp(at, self._day.tz())
        return (moment - timedelta(weeks=weeks)).timestamp()

    def learn(self, arrivals: Arrivals, stretches: Stretches) -> None:
        """From now on this is what is known."""
        self._known, self._days = arrivals, stretches
        self._gaps, self._quarters = {}, {}
        for pbx, began, ended in arrivals.gaps:
            self._gaps.setdefault(pbx, []).append((began, float("inf") if ended is None else ended))

    def expected(self, pbx: str, queue: str, at: float) -> float | None:
        """Calls per hour, ``None``: not known."""
        first = self._known.first.get((pbx, queue))
        if first is None:
            return None
        counts = [
            self._known.counts.get((pbx, queue, int(quarter // QUARTER_S)), 0)
            for quarter in self._like(pbx, at // QUARTER_S * QUARTER_S)
            if quarter >= first
        ]
        return median(counts) * PER_HOUR if len(counts) >= ENOUGH else None

    def _like(self, pbx: str, begin: float) -> list[float]:
        """The quarters on record that are like the one that begins then."""
        found = self._quarters.get((pbx, begin))
        if found is None:
            if len(self._quarters) >= KEPT:
                self._quarters.clear()
            quarters = [self._weeks_ago(begin, week) for week in range(1, WEEKS + 1)]
            found = [quarter for quarter in quarters if self._recorded(pbx, quarter)]
            self._quarters[pbx, begin] = found
        return found

    def _recorded(self, pbx: str, quarter: float) -> bool:
        if not any(since <= quarter and quarter + QUARTER_S <= until for since, until in self._days):
            return False
        gaps = self._gaps.get(pbx, ())
        return not any(began < quarter + QUARTER_S and ended > quarter for began, ended in gaps)


async def keep_learning(forecast: Forecast, ask: Ask, clock: Clock) -> None:
    """Ask the record anew every hour, until cancelled. A record that cannot be asked leaves the forecast as it is."""
    log = structlog.get_logger(__name__)
    while True:
        stretches, known = forecast.wanted(clock.now()), False
        try:
            arrivals = await ask(stretches)
            forecast.learn(arrivals, stretches)
            known = bool(arrivals.first)
        except Exception:
            log.exception("forecast not renewed")
        await asyncio.sleep(LEARN_EVERY_S if known else ASK_AGAIN_S)
