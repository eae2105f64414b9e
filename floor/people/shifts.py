"""When a sign-in is over: at the end of the shift, and never later than allowed (R-SEC-6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from floor.day import Day


def over_at(now: float, shift_end: str | None, longest_h: float, day: Day) -> float:
    """Seconds since the epoch. ``shift_end`` is ``HH:MM`` on the floor's clock: the next time it strikes."""
    latest = now + longest_h * 3600
    if shift_end is None:
        return latest
    hour, minute = (int(part) for part in shift_end.split(":"))
    moment = datetime.fromtimestamp(now, day.tz())
    strikes = moment.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    if strikes.timestamp() <= now:
        strikes += timedelta(days=1)  # by the clock on the wall, however long the day is
    return min(latest, strikes.timestamp())
