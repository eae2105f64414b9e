"""Working hours of a group: whether a moment lies in a shift, and in which."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from floor.sections.presence import WEEK, ShiftSettings


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


def _edges(shift: ShiftSettings, day: datetime) -> tuple[float, float]:
    begin, end = _on(day, shift.begin), _on(day, shift.end)
    if end <= begin:
        end = _on(day + timedelta(days=1), shift.end)
    return begin.timestamp(), end.timestamp()


def _on(day: datetime, time: str) -> datetime:
    hour, minute = (int(part) for part in time.split(":"))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
