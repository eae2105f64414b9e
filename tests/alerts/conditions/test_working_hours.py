"""Working hours: a shift by the clock on the wall, past midnight and through the change of the clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.conditions.working_hours import on_shift, own_shift
from floor.sections.presence import ShiftSettings

ZONE = ZoneInfo("Europe/Berlin")
DAY = ShiftSettings(begin="08:00", end="16:00", days=("mon", "tue"))
NIGHT = ShiftSettings(begin="22:00", end="06:00", days=("sat",))

MOMENTS = (
    ("2026-03-23 07:59", None),
    ("2026-03-23 08:00", ("2026-03-23 08:00", "2026-03-23 16:00")),
    ("2026-03-24 15:59", ("2026-03-24 08:00", "2026-03-24 16:00")),
    ("2026-03-24 16:00", None),
    ("2026-03-25 09:00", None),
    ("2026-03-28 21:59", None),
    ("2026-03-28 23:00", ("2026-03-28 22:00", "2026-03-29 06:00")),
    ("2026-03-29 05:59", ("2026-03-28 22:00", "2026-03-29 06:00")),
    ("2026-03-29 06:00", None),
)


def at(moment: str) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=ZONE).timestamp()


@pytest.mark.parametrize(("moment", "edges"), MOMENTS)
def test_shift(moment: str, edges: tuple[str, str] | None) -> None:
    """The shift a moment lies in; the night the clocks go forward is an hour shorter and ends at six."""
    assert on_shift((DAY, NIGHT), at(moment), ZONE) == (edges and (at(edges[0]), at(edges[1])))


OWN = (
    # within the group's hours, until his own end
    ((DAY,), "12:30", "2026-03-23 12:29", ("2026-03-23 08:00", "2026-03-23 12:30")),
    ((DAY,), "12:30", "2026-03-23 12:30", None),
    ((DAY,), "18:00", "2026-03-23 15:59", ("2026-03-23 08:00", "2026-03-23 16:00")),
    ((DAY,), "18:00", "2026-03-23 16:00", None),
    ((NIGHT,), "05:00", "2026-03-29 04:59", ("2026-03-28 22:00", "2026-03-29 05:00")),
    ((NIGHT,), "05:00", "2026-03-29 05:00", None),
    # without hours: what lies before his end
    ((), "18:00", "2026-03-25 17:59", ("2026-03-25 06:00", "2026-03-25 18:00")),
    ((), "18:00", "2026-03-25 18:00", None),
    ((), "18:00", "2026-03-25 05:59", None),
    ((), None, "2026-03-25 12:00", None),
)


@pytest.mark.parametrize(("hours", "ends_at", "moment", "edges"), OWN)
def test_own_shift(
    hours: tuple[ShiftSettings, ...], ends_at: str | None, moment: str, edges: tuple[str, str] | None
) -> None:
    """Nobody's own shift goes on after his own end, nor beyond the hours of his group."""
    assert own_shift(hours, ends_at, at(moment), ZONE) == (edges and (at(edges[0]), at(edges[1])))
