"""One counting rule on one subject."""

from __future__ import annotations

from alerts.conditions.contract import Occurrence
from alerts.count import MOMENTS, Count
from alerts.model import Severity, Standing, Subject, SubjectKind
from alerts.rules import AlertLevel, Clause, Rule
from floor.day import Day

ANN = Subject(SubjectKind.AGENT, "p", "Ann")
EACH = AlertLevel(Severity.INFO, occurrences=1, window_s=60)
ROW = AlertLevel(Severity.WARN, in_row=2)
OFTEN = AlertLevel(Severity.CRIT, occurrences=3, window_s=1800)
DAILY = AlertLevel(Severity.WARN, occurrences=4)


def _count(*levels: AlertLevel, notice: float | None = None) -> Count:
    rule = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, counts=True, notice=notice, levels=levels)
    return Count(rule, Day("UTC").begin)


def _after(count: Count, at: float, *, resets: bool = False) -> str:
    count.add(Occurrence(ANN, at, resets=resets), count.rule)
    return _at(count, at)


def _at(count: Count, at: float) -> str:
    count.settle(at)
    return count.severity.value if count.standing is Standing.BROKEN else count.standing.value


def test_each() -> None:
    """One stands for its while, and a second one renews it."""
    count = _count(EACH)
    assert (_after(count, 0), count.due) == ("info", 60)
    assert (_after(count, 50), count.due) == ("info", 110)
    assert (_at(count, 109), _at(count, 110), count.due, count.moments) == ("info", "fine", None, type(count.moments)())


def test_in_a_row() -> None:
    """Two without one between that ends the row; then it is as if nothing had been."""
    count = _count(EACH, ROW)
    assert [_after(count, 0), _after(count, 100), _after(count, 200, resets=True)] == ["info", "warn", "fine"]
    assert _after(count, 300) == "info"


def test_in_a_window() -> None:
    """Three within half an hour; when the first is older, there are two."""
    count = _count(EACH, OFTEN)
    assert [_after(count, 0), _after(count, 900), _after(count, 1799)] == ["info", "info", "crit"]
    assert (count.number, count.needed, count.due) == (3, 3, 1800)
    assert _at(count, 1800) == "info"


def test_exactly_the_window_apart_is_outside() -> None:
    """The third comes when the first has just left."""
    count = _count(EACH, OFTEN)
    assert [_after(count, 0), _after(count, 900), _after(count, 1800)] == ["info", "info", "info"]


def test_since_the_day_began() -> None:
    """The fourth of a day; midnight forgets."""
    count = _count(EACH, DAILY)
    day = 86400 * 20_000
    assert [_after(count, day + hour * 3600) for hour in (8, 9, 10, 11)] == ["info", "info", "info", "warn"]
    assert _at(count, day + 86399) == "warn"
    assert count.due == day + 86400
    assert _at(count, day + 86400) == "fine"
    assert _after(count, day + 86401) == "info"


def test_only_shown() -> None:
    """With a notice and no limit it is noticed until the row ends."""
    count = _count(notice=1)
    assert [_after(count, 0), _at(count, 5000), _after(count, 6000, resets=True)] == ["noticed", "noticed", "fine"]


def test_memory_is_bounded() -> None:
    """A phone that rejects ten thousand calls takes no more room than a rule may ask for."""
    count = _count(OFTEN)
    for number in range(10_000):
        count.add(Occurrence(ANN, number / 100), count.rule)
    assert len(count.moments) == MOMENTS


def test_moved_with_the_clock() -> None:
    """When our clock is set, the window moves along."""
    count = _count(EACH)
    _after(count, 0)
    count.move(1000)
    assert (_at(count, 1059), _at(count, 1060)) == ("info", "fine")
