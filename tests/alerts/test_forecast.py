"""Forecast: the median of like days, and nothing where too few are known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from alerts import forecast as module
from alerts.forecast import Forecast, Stretches, keep_learning
from floor.day import Day
from floor.ports import Arrivals
from tests.support.replay import TapeClock

ZONE = "Asia/Shanghai"
KEY = ("p", "sales")


def at(moment: str, zone: str = ZONE) -> float:
    return datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone)).timestamp()


NOW = at("2026-06-24 10:05")
DAYS = [at(f"2026-{day} 10:00") for day in ("06-17", "06-10", "06-03", "05-27", "05-20", "05-13", "05-06", "04-29")]
"""The same quarter on the eight Wednesdays before, latest first."""


def counts(*numbers: int, queue: str = "sales") -> dict[tuple[str, str, int], int]:
    return {("p", queue, int(day // 900)): number for day, number in zip(DAYS, numbers, strict=False)}


def learnt(arrivals: Arrivals, zone: str = ZONE) -> Forecast:
    forecast = Forecast(Day(zone))
    forecast.learn(arrivals, forecast.wanted(NOW))
    return forecast


def test_median_of_eight_like_days_by_the_hour() -> None:
    """One day of a storm and one of a strike move it little."""
    arrivals = Arrivals(counts(3, 4, 2, 100, 3, 3, 0, 4), {KEY: 0.0})
    assert learnt(arrivals).expected(*KEY, NOW) == 12


def test_the_same_quarter_only() -> None:
    """What came a quarter of an hour later belongs to that quarter."""
    forecast = learnt(Arrivals(counts(*[5] * 8), {KEY: 0.0}))
    told = [forecast.expected(*KEY, at(f"2026-06-24 {time}")) for time in ("09:59", "10:00", "10:14", "10:15")]
    assert told == [0, 20, 20, 0]


KNOWN = ((2, None), (3, 20.0), (8, 20.0))


@pytest.mark.parametrize(("days", "told"), KNOWN)
def test_fewer_than_three_days_are_none(days: int, told: float | None) -> None:
    """A queue is known from its first caller on; the days before are not days without calls."""
    forecast = learnt(Arrivals(counts(*[5] * 8), {KEY: DAYS[days - 1]}))
    assert forecast.expected(*KEY, NOW) == told


def test_unknown_queue() -> None:
    """Nothing is expected where nothing is known."""
    assert learnt(Arrivals({}, {KEY: 0.0})).expected("p", "new", NOW) is None
    assert Forecast(Day(ZONE)).expected(*KEY, NOW) is None


def test_a_quarter_with_a_gap_is_no_day() -> None:
    """Not even when the gap covers a minute of it; a gap of another exchange, or of another time, is none."""
    gaps = [("p", DAYS[place] + 60, DAYS[place] + 120) for place in range(5)]
    told = {
        number: learnt(Arrivals(counts(*[5] * 8), {KEY: 0.0}, gaps[:number])).expected(*KEY, NOW) for number in (4, 5)
    }
    assert told == {4: 20, 5: 20}
    six = [*gaps, ("p", DAYS[5] - 5, None)]
    assert learnt(Arrivals(counts(*[5] * 8), {KEY: 0.0}, six)).expected(*KEY, NOW) is None
    others = [("q", 0.0, None), ("p", DAYS[0] + 900, DAYS[0] + 1800)]
    assert learnt(Arrivals(counts(*[5] * 8), {KEY: 0.0}, others)).expected(*KEY, NOW) == 20


def test_beyond_what_was_asked_nothing_is_known() -> None:
    """Hours that nobody has looked up are not hours without calls."""
    forecast = learnt(Arrivals(counts(*[5] * 8), {KEY: 0.0}))
    assert forecast.expected(*KEY, NOW + 2.5 * 3600) == 0
    assert forecast.expected(*KEY, NOW + 4 * 3600) is None


def test_clocks_change_between_like_days() -> None:
    """Ten o'clock is ten o'clock on the wall, in winter and in summer."""
    forecast = Forecast(Day("Europe/Berlin"))
    now = at("2026-04-01 10:00", "Europe/Berlin")
    stretches = forecast.wanted(now)
    assert [until - since for since, until in stretches] == [5 * 3600] * 8
    days = [at(f"2026-03-{day} 10:00", "Europe/Berlin") for day in ("25", "18", "11")]
    arrivals = Arrivals({("p", "sales", int(day // 900)): 7 for day in days}, {KEY: days[-1]})
    forecast.learn(arrivals, stretches)
    assert forecast.expected(*KEY, now) == 28


async def test_learns_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hour; a record that fails once leaves the forecast as it was and is asked again."""
    monkeypatch.setattr(module, "LEARN_EVERY_S", 0.0)
    monkeypatch.setattr(module, "ASK_AGAIN_S", 0.0)
    forecast, clock = Forecast(Day(ZONE)), TapeClock(NOW)
    asked: list[Stretches] = []
    enough = asyncio.Event()
    answers: list[Callable[[], Arrivals]] = [
        lambda: Arrivals({}, {}),
        lambda: Arrivals(counts(*[5] * 8), {KEY: 0.0}),
        lambda: (_ for _ in ()).throw(OSError("no database")),
    ]

    async def ask(stretches: Stretches) -> Arrivals:
        asked.append(stretches)
        if len(asked) > len(answers):
            enough.set()
            await asyncio.Event().wait()
        return answers[len(asked) - 1]()

    task = asyncio.ensure_future(keep_learning(forecast, ask, clock))
    await enough.wait()
    assert forecast.expected(*KEY, NOW) == 20
    assert asked[0] == forecast.wanted(NOW)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
