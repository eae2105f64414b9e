"""Fault statistics counted by hand (P-9, R-EMG-18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from alerts.faults import faults, period_of
from alerts.model import Incident, IncidentStage


def at(day: str, hour: int = 12) -> float:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00").timestamp()


def fault(type_: str, day: str, minutes: float | None, **more: object) -> Incident:
    began = at(day)
    one = Incident("I", type_, IncidentStage.CLOSED, began, began, "x", "Li", "y", scope="carrier")
    return replace(one, recovered_at=None if minutes is None else began + 60 * minutes, **more)  # type: ignore[arg-type]


def test_a_month_on_paper() -> None:
    """Two trunk faults in one week are one row; a drill, a dismissed and an unconfirmed one are none; one is open."""
    incidents = [
        fault("comms", "2026-11-16", 10),
        fault("comms", "2026-11-22", 20.5),
        fault("comms", "2026-11-23", 5),
        fault("fire", "2026-11-17", 30, drill="D-1"),
        fault("fire", "2026-11-17", 30, stage=IncidentStage.DISMISSED),
        fault("fire", "2026-11-17", None, stage=IncidentStage.SUSPECTED),
        fault("power", "2026-11-23", None, stage=IncidentStage.OPEN),
    ]
    rows = faults("week", [(one, None) for one in incidents], UTC, at("2026-11-23", 13))
    assert [(r["period"], r["from"], r["type"], r["incidents"], r["minutes"], r["open"]) for r in rows] == [
        ("2026-W47", "2026-11-16", "comms", 2, 30.5, 0),
        ("2026-W48", "2026-11-23", "comms", 1, 5.0, 0),
        ("2026-W48", "2026-11-23", "power", 1, 60.0, 1),
    ]


@pytest.mark.parametrize(
    ("by", "day", "hours", "period"),
    [
        ("month", "2026-10-31", 0, ("2026-10", "2026-10-01")),
        ("month", "2026-10-31", 14, ("2026-11", "2026-11-01")),
        ("week", "2027-01-01", 0, ("2026-W53", "2026-12-28")),
        ("week", "2026-11-22", 0, ("2026-W47", "2026-11-16")),
    ],
)
def test_periods_are_the_floors(by: str, day: str, hours: int, period: tuple[str, str]) -> None:
    """Days are those of the floor's time zone; weeks begin on Monday and belong to the year of their Thursday."""
    assert period_of(by, at(day), timezone(timedelta(hours=hours))) == period
