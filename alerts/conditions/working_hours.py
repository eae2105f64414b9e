"""Working hours: whether a moment lies in a shift of the group, or in somebody's own, and in which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from floor.sections.presence import WEEK, ShiftSettings

LONGEST_S = 12 * 3600.0
"""Nobody's shift is longer: an end of his that is farther away is that of the next one."""


def on_shift(shifts: Sequence[ShiftSettings], at: float, zone: tzinfo | None) -> tuple[float, float] | None:
    """(begin, end) of the shift that ``at`` lies in, by the clock on the wall; of several the one that ends last."""
    today = datetime.fromtimestamp(at, zone)
    found = [
        edges
        for shift in shifts
        for day in (today - timedelta(days=1), today)
        if WEEK[day.weekday()] in shift.days and (edges := _edges(shift, day)) is not None and edges[0] <= at < edges[1]
    ]
    return max(found, key=lambda edges: edges[1], default=None)


def own_shift(
    shifts: Sequence[ShiftSettings], ends_at: str | None, at: float, zone: tzinfo | None
) -> tuple[float, float] | None:
    """The same of one person: within his group's hours, and over when his own end strikes (``HH:MM``, where he has
    one). Without hours his shift is what lies before his end, as he was there."""
    shift = on_shift(shifts, at, zone)
    if ends_at is None or (shifts and shift is None):
        return shift
    begin = shift[0] if shift is not None else at
    end = _next(ends_at, begin, zone)
    if shift is None:
        return (end - LONGEST_S, end) if end - at < LONGEST_S else None
    end = min(end, shift[1])
    return (begin, end) if at < end else None


def _next(time: str, after: float, zone: tzinfo | None) -> float:
    """When the clock strikes so next."""
    day = datetime.fromtimestamp(after, zone)
    strikes = _on(day, time)
    return (strikes if strikes.timestamp() > after else _on(day + timedelta(days=1), time)).timestamp()


def _edges(shift: ShiftSettings, day: datetime) -> tuple[float, float]:
    begin, end = _on(day, shift.begin), _on(day, shift.end)
    if end <= begin:
        end = _on(day + timedelta(days=1), shift.end)
    return begin.timestamp(), end.timestamp()


def _on(day: datetime, time: str) -> datetime:
    hour, minute = (int(part) for part in time.split(":"))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
