"""Quiet hours: when messages are held back, and until when. They never stop an alert from being judged or shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from alerts.model import Severity
from floor.sections.alerts import WEEK, QuietSettings


def quiet_until(hours: Sequence[QuietSettings], severity: Severity, at: float, zone: tzinfo | None) -> float | None:
    """The moment until which a message of this severity is held back; ``None``: it is told now."""
    ends = [
        end
        for one in hours
        if severity.value not in one.through and (end := _end(one, datetime.fromtimestamp(at, zone))) is not None
    ]
    return max(ends, default=None)


def _end(hours: QuietSettings, now: datetime) -> float | None:
    """The end of the stretch that ``now`` lies in; a stretch may have begun yesterday."""
    for begun in (now, now - timedelta(days=1)):
        begin, end = _at(begun, hours.begin), _at(begun, hours.end)
        if end <= begin:
            end = _at(begun + timedelta(days=1), hours.end)
        if WEEK[begun.weekday()] in hours.days and begin.timestamp() <= now.timestamp() < end.timestamp():
            return end.timestamp()
    return None


def _at(day: datetime, hour_minute: str) -> datetime:
    hour, minute = (int(part) for part in hour_minute.split(":"))
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
