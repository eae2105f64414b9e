"""Fault statistics from the incident log, by week and month (R-EMG-18, P-9). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from alerts.model import Incident, IncidentStage
from alerts.plan_model import Impact

PERIODS = ("week", "month")
COLUMNS = ("period", "from", "type", "scope", "incidents", "minutes", "agents_hit", "lost", "open")


@dataclass(slots=True)
class _Sum:
    incidents: int = 0
    seconds: float = 0.0
    agents_hit: int = 0
    lost: int = 0
    open: int = 0


def faults(
    by: str, incidents: Iterable[tuple[Incident, Impact | None]], zone: tzinfo | None, now: float
) -> list[Mapping[str, Any]]:
    """A row per period, type and scope, oldest first: incidents, minutes from occurrence to recovery (until ``now``
    for open ones), agents hit and callers lost. Drills and what was dismissed or never confirmed are no faults."""
    sums: dict[tuple[str, str, str, str], _Sum] = {}
    for incident, hit in incidents:
        if incident.drill is not None or incident.stage in (IncidentStage.DISMISSED, IncidentStage.SUSPECTED):
            continue
        period, begin = period_of(by, incident.occurred_at, zone)
        row = sums.setdefault((begin, period, incident.type, incident.scope), _Sum())
        until = incident.recovered_at
        row.incidents += 1
        row.open += until is None
        row.seconds += max(0.0, (now if until is None else until) - incident.occurred_at)
        row.agents_hit += 0 if hit is None else hit.agents_hit
        row.lost += 0 if hit is None else hit.lost + hit.cut_off
    return [
        dict(zip(COLUMNS, (period, begin, type_, scope, s.incidents, round(s.seconds / 60, 1), s.agents_hit, s.lost,
                           s.open), strict=True))
        for (begin, period, type_, scope), s in sorted(sums.items())
    ]  # fmt: skip


def period_of(by: str, at: float, zone: tzinfo | None) -> tuple[str, str]:
    """(``2026-W47`` or ``2026-11``, its first day) in the floor's time zone; weeks begin on Monday."""
    day = datetime.fromtimestamp(at, zone).date()
    if by == "month":
        return f"{day:%Y-%m}", f"{day.replace(day=1):%Y-%m-%d}"
    year, week, _ = day.isocalendar()
    monday = day.fromisocalendar(year, week, 1)
    return f"{year}-W{week:02}", f"{monday:%Y-%m-%d}"
