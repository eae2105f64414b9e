"""Opening hours (R-PRS-19): when a rule applies, by weekday, in the floor's time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = 7

Stretch = tuple[int, int]
"""Minutes of the day from which until which it is open; the end may be 24 h, and is not in it."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Per weekday, Monday first, the stretches in which it is open, in order."""

    days: tuple[tuple[Stretch, ...], ...]

    def open_at(self, at: float, zone: tzinfo | None) -> bool:
        """``zone is None``: the machine's own."""
        moment = datetime.fromtimestamp(at, zone)
        minute = moment.hour * 60 + moment.minute
        return any(begin <= minute < end for begin, end in self.days[moment.weekday()])

    def open_since(self, at: float, zone: tzinfo | None) -> float | None:
        """When the stretch in which it is open at ``at`` began; ``None``: it is closed. Of stretches that meet at
        midnight the later one counts, and always open is open since ever."""
        if all(day == ((0, 1440),) for day in self.days):
            return 0.0
        moment = datetime.fromtimestamp(at, zone)
        minute = moment.hour * 60 + moment.minute
        for begin, end in self.days[moment.weekday()]:
            if begin <= minute < end:
                begun = moment.replace(hour=begin // 60, minute=begin % 60, second=0, microsecond=0)
                return min(at, begun.timestamp())
        return None

    def next_change(self, at: float, zone: tzinfo | None) -> float | None:
        """The next moment after ``at`` at which it opens or closes; ``None``: it never does."""
        today = datetime.fromtimestamp(at, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        now_open = self.open_at(at, zone)
        for days in range(WEEK + 1):
            day = today + timedelta(days=days)
            for minute in sorted({edge for stretch in self.days[day.weekday()] for edge in stretch}):
                # By the clock on the wall, so that a day of 23 hours still opens at nine.
                edge = (day + timedelta(days=minute // 1440)).replace(hour=minute // 60 % 24, minute=minute % 60)
                moment = edge.timestamp()
                if moment > at and self.open_at(moment, zone) is not now_open:
                    return moment
        return None
