"""The floor's day: where it begins in every zone, on days that are too long, too short, or begin in a hole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.day import Day

ZONES = (
    "UTC",
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "America/Havana",
    "Pacific/Apia",
    "Antarctica/Troll",
)
HOUR = 3600.0

Here = Callable[[str], None]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    """Move this machine to a zone."""

    def move(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def at(zone: str, said: str, fold: int = 0) -> float:
    """The moment at which a clock on the wall shows this; ``fold=1``: for the second time."""
    return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


# (zone, starts, now, begin): clocks go forward in Berlin on 29 March 2026 at 02:00, back on 25 October at 03:00.
CASES = [
    ("UTC", "00:00", "2026-06-01 00:00", "2026-06-01 00:00"),
    ("UTC", "00:00", "2026-06-01 23:59:59", "2026-06-01 00:00"),
    ("Asia/Shanghai", "00:00", "2026-06-01 07:59", "2026-06-01 00:00"),
    ("Asia/Shanghai", "07:30", "2026-06-01 07:29:59", "2026-05-31 07:30"),
    ("Asia/Shanghai", "07:30", "2026-06-01 07:30", "2026-06-01 07:30"),
    ("Asia/Shanghai", "23:59", "2026-03-01 12:00", "2026-02-28 23:59"),
    ("Europe/Berlin", "00:00", "2026-03-29 01:59", "2026-03-29 00:00"),
    ("Europe/Berlin", "00:00", "2026-03-29 12:00", "2026-03-29 00:00"),
    ("Europe/Berlin", "07:00", "2026-03-29 03:00", "2026-03-28 07:00"),
    ("Europe/Berlin", "00:00", "2026-10-25 12:00", "2026-10-25 00:00"),
    ("Europe/Berlin", "07:00", "2026-10-26 06:00", "2026-10-25 07:00"),
    ("Africa/Cairo", "00:00", "2026-04-24 12:00", "2026-04-24 01:00"),  # there is no midnight
    ("Pacific/Apia", "00:00", "2011-12-31 12:00", "2011-12-31 00:00"),  # the day before did not take place
]


@pytest.mark.parametrize(("zone", "starts", "now", "begin"), CASES)
def test_a_day_begins_on_the_wall_clock(zone: str, starts: str, now: str, begin: str) -> None:
    """The last moment at which the clock on the wall showed the time at which days begin."""
    assert Day(zone, starts).begin(at(zone, now)) == at(zone, begin)


@pytest.mark.parametrize(("zone", "starts", "now", "begin"), CASES)
def test_the_machines_own_zone_is_no_different(here: Here, zone: str, starts: str, now: str, begin: str) -> None:
    """``local`` on a machine in that zone gives the same, clock changes included."""
    here(zone)
    assert Day("local", starts).begin(at(zone, now)) == at(zone, begin)


@pytest.mark.parametrize("local", [False, True])
def test_an_hour_that_comes_twice_begins_one_day(here: Here, local: bool) -> None:
    """A day that begins at 02:30 begins at the first of two, and goes on through the second."""
    here("Europe/Berlin")
    day = Day("local" if local else "Europe/Berlin", "02:30")
    first = at("Europe/Berlin", "2026-10-25 02:30")
    assert day.begin(first - 1) == at("Europe/Berlin", "2026-10-24 02:30")
    for later in (0, HOUR / 2, HOUR, HOUR + 1, 20 * HOUR):
        assert day.begin(first + later) == first


@pytest.mark.parametrize("local", [False, True])
def test_an_hour_that_is_skipped_begins_one_day(here: Here, local: bool) -> None:
    """A day that begins at 02:30 where 02:30 does not come begins as much later: half an hour after the hole."""
    here("Europe/Berlin")
    day = Day("local" if local else "Europe/Berlin", "02:30")
    first = at("Europe/Berlin", "2026-03-29 03:30")
    assert day.begin(first - 1) == at("Europe/Berlin", "2026-03-28 02:30")
    assert day.begin(first) == first
    assert day.begin(first + 12 * HOUR) == first


moments = st.floats(1.3e9, 1.9e9)
starts_at = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


@settings(max_examples=300, deadline=None)
@given(zone=st.sampled_from(ZONES), starts=starts_at, now=moments, later=st.floats(0, 30 * HOUR))
def test_days_follow_each_other(zone: str, starts: str, now: float, later: float) -> None:
    """Always and everywhere: a day began before now and not long ago, holds its beginning, and follows the last."""
    day = Day(zone, starts)
    begin = day.begin(now)
    assert begin <= now
    assert now - begin <= 48 * HOUR + 1
    assert day.begin(begin) == begin
    assert day.begin(now + later) >= begin


@pytest.mark.parametrize("starts", ["00:00", "02:30"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_year_has_as_many_days_as_the_calendar(zone: str, starts: str) -> None:
    """Hour by hour through a year with its clock changes, every day begins exactly once."""
    day, first = Day(zone, starts), at(zone, "2026-01-01 12:00")
    begins = {day.begin(first + hour * HOUR) for hour in range(0, 365 * 24, 1)}
    assert len(begins) in (365, 366)
    lengths = {round((b - a) / HOUR, 2) for a, b in zip(sorted(begins), sorted(begins)[1:], strict=False)}
    assert lengths <= {22.0, 23.0, 23.5, 24.0, 24.5, 25.0, 26.0}


def test_clock_time_is_the_floors(here: Here) -> None:
    """A moment is shown as the floor's clock shows it, whatever the machine's."""
    here("America/New_York")
    moment = at("Asia/Shanghai", "2026-06-01 09:05:07")
    assert Day("Asia/Shanghai").clock_time(moment + 0.9) == "09:05:07"
    assert Day("local").clock_time(moment) == "21:05:07"


def test_the_zone_for_others() -> None:
    """The history is told the zone by name, or nothing for the machine's own."""
    assert Day("Asia/Shanghai").tz() == ZoneInfo("Asia/Shanghai")
    assert Day().tz() is None


@pytest.mark.parametrize("zone", ZONES)
def test_day_of_a_date(zone: str) -> None:
    """Every date has one day, which begins where :meth:`Day.begin` says, and they follow one another."""
    day = Day(zone, "06:00")
    dates = [date(2026, 1, 1) + timedelta(days=number) for number in range(400)]
    begins = [day.on(one) for one in dates]
    assert begins == sorted(set(begins))
    assert [day.begin(at + 60) for at in begins] == begins
