"""When a sign-in is over."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from floor.day import Day
from floor.people.shifts import over_at


@pytest.mark.parametrize(
    ("now", "shift_end", "hours", "over"),
    [
        ("2026-03-02 09:00", None, 12, "2026-03-02 21:00"),
        ("2026-03-02 09:00", "18:00", 12, "2026-03-02 18:00"),
        ("2026-03-02 22:00", "06:00", 12, "2026-03-03 06:00"),
        ("2026-03-02 18:00", "18:00", 12, "2026-03-03 06:00"),
        ("2026-03-02 09:00", "18:00", 4, "2026-03-02 13:00"),
        ("2026-03-28 22:00", "06:00", 12, "2026-03-29 06:00"),  # the clocks are set forward: an hour less
        ("2026-10-24 22:00", "06:00", 12, "2026-10-25 06:00"),  # and back: an hour more
    ],
)
def test_over(now: str, shift_end: str | None, hours: float, over: str) -> None:
    """The next time the clock on the wall strikes the end of the shift, or the longest time, whichever is first."""
    zone = ZoneInfo("Europe/Berlin")
    began, ended = (datetime.fromisoformat(moment).replace(tzinfo=zone).timestamp() for moment in (now, over))
    assert over_at(began, shift_end, hours, Day("Europe/Berlin")) == ended
