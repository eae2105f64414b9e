"""Quiet hours by the clock on the wall, over midnight and by weekday."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.model import Severity
from alerts.quiet import quiet_until
from floor.sections.alerts import QuietSettings

NIGHT = QuietSettings()
LUNCH = QuietSettings(begin="12:00", end="13:00", days=("mon",), through=("emergency", "crit"))


def at(text: str) -> float:
    return datetime.strptime(text, "%a %Y-%m-%d %H:%M").replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("now", "severity", "until"),
    [
        ("Mon 2026-11-23 21:59", Severity.WARN, None),
        ("Mon 2026-11-23 22:00", Severity.WARN, "Tue 2026-11-24 07:00"),
        ("Tue 2026-11-24 06:59", Severity.CRIT, "Tue 2026-11-24 07:00"),
        ("Tue 2026-11-24 07:00", Severity.CRIT, None),
        ("Tue 2026-11-24 03:00", Severity.EMERGENCY, None),
        ("Mon 2026-11-23 12:30", Severity.WARN, "Mon 2026-11-23 13:00"),
        ("Mon 2026-11-23 12:30", Severity.CRIT, None),
        ("Tue 2026-11-24 12:30", Severity.WARN, None),
    ],
)
def test_hours(now: str, severity: Severity, until: str | None) -> None:
    """A stretch that began yesterday still counts; severities named in through are told."""
    found = quiet_until([NIGHT, LUNCH], severity, at(now), UTC)
    assert found == (None if until is None else at(until))


def test_begins_on_its_day() -> None:
    """A night that begins on Friday lasts into Saturday; Saturday's own is loud when only Friday is named."""
    friday = [QuietSettings(days=("fri",))]
    assert quiet_until(friday, Severity.WARN, at("Sat 2026-11-28 06:00"), UTC) == at("Sat 2026-11-28 07:00")
    assert quiet_until(friday, Severity.WARN, at("Sat 2026-11-28 23:00"), UTC) is None
    assert quiet_until([], Severity.WARN, at("Sat 2026-11-28 23:00"), UTC) is None
