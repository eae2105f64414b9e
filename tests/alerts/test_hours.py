"""Opening hours, in the floor's zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.hours import Hours
from alerts.rulefile import hours

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


def _hours(**days: object) -> Hours:
    found = hours(days)
    assert found is not None
    return found


def _at(text: str, zone: ZoneInfo = SHANGHAI) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


OFFICE = _hours(workdays=["08:00-12:00", "14:30-17:30"])
NIGHT = _hours(fri="22:00-06:00")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 07:59:59", False),
        ("2026-03-02 08:00:00", True),
        ("2026-03-02 11:59:59", True),
        ("2026-03-02 12:00:00", False),
        ("2026-03-02 15:00:00", True),
        ("2026-03-01 15:00:00", False),
    ],
)
def test_open(moment: str, is_open: bool) -> None:
    """Open from the first minute to before the last, on the days that are named."""
    assert OFFICE.open_at(_at(moment), SHANGHAI) is is_open
    assert (OFFICE.open_since(_at(moment), SHANGHAI) is not None) is is_open


def test_open_since() -> None:
    """The stretch that lasts began when the doors opened."""
    assert OFFICE.open_since(_at("2026-03-02 15:10:00"), SHANGHAI) == _at("2026-03-02 14:30:00")
    assert _hours(daily="00:00-24:00").open_since(_at("2026-03-02 15:10:00"), SHANGHAI) == 0.0


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        ("2026-03-02 07:00:00", "2026-03-02 08:00:00"),
        ("2026-03-02 08:00:00", "2026-03-02 12:00:00"),
        ("2026-03-06 17:30:00", "2026-03-09 08:00:00"),
    ],
)
def test_next_change(moment: str, change: str) -> None:
    """The next door that opens or closes, over a weekend, too."""
    assert OFFICE.next_change(_at(moment), SHANGHAI) == _at(change)


def test_night_shift() -> None:
    """A stretch over midnight reaches into the next day, and midnight itself changes nothing."""
    assert NIGHT.open_at(_at("2026-03-07 05:59:00"), SHANGHAI)
    assert NIGHT.next_change(_at("2026-03-06 23:00:00"), SHANGHAI) == _at("2026-03-07 06:00:00")


def test_always_open_never_changes() -> None:
    """Round the clock there is no door."""
    assert _hours(daily="00:00-24:00").next_change(_at("2026-03-02 15:00:00"), SHANGHAI) is None


def test_day_of_23_hours() -> None:
    """In the night in which the clocks go forward, nine is still nine by the clock on the wall."""
    hours_ = _hours(daily="09:00-17:00")
    assert hours_.next_change(_at("2026-03-28 20:00:00", BERLIN), BERLIN) == _at("2026-03-29 09:00:00", BERLIN)
