"""Working hours: a shift by the clock on the wall, past midnight and through the change of the clocks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alerts.conditions.working_hours import on_shift
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
