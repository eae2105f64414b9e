"""The floor's day: when it begins, in which zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Day:
    """Days of figures begin at ``starts`` (HH:MM) in ``zone``; ``local`` is the machine's own."""

    zone: str = "local"
    starts: str = "00:00"

    def begin(self, now: float) -> float:
        """The beginning (seconds since the epoch) of the day that ``now`` belongs to."""
        moment = datetime.fromtimestamp(now, self.tz())
        hour, minute = (int(part) for part in self.starts.split(":"))
        # Of an hour that comes twice (clocks set back) the first is meant, else the day would begin twice.
        first = moment.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
        if first.timestamp() > now:
            first -= timedelta(days=1)  # by the clock on the wall, however long that day was
        return first.timestamp()

    def on(self, date: date) -> float:
        """The beginning of the day that begins on this date."""
        hour, minute = (int(part) for part in self.starts.split(":"))
        return datetime.combine(date, time(hour, minute), self.tz()).timestamp()

    def clock_time(self, at: float) -> str:
        """``HH:MM:SS`` in the floor's zone."""
        return datetime.fromtimestamp(at, self.tz()).strftime("%H:%M:%S")

    def tz(self) -> tzinfo | None:
        """The zone; ``None``: the machine's own."""
        return None if self.zone == "local" else ZoneInfo(self.zone)
