"""Counting recent cases."""

from __future__ import annotations

from alerts.conditions.contract import Level
from alerts.conditions.window import CASES, Window, seldom


def test_cases_fall_out() -> None:
    """A case counts for as long as the window is, marked or not."""
    window = Window(10)
    for at, mark in ((0, True), (5, False), (9, True)):
        window.add(at, mark)
    assert [window.settle(now) for now in (9, 9.9, 10, 15, 19)] == [(2, 3), (2, 3), (1, 2), (1, 1), (0, 0)]
    assert window.next_change is None


def test_window_is_bounded() -> None:
    """The oldest of too many are forgotten, with their marks."""
    window = Window(10)
    for number in range(CASES + 5):
        window.add(0, number < 5)
    assert window.settle(0) == (0, CASES)
    assert window.next_change == 10


def test_seldom_is_read_once_in_a_while() -> None:
    """In between the last word stands, with the moment to ask again; a clock set back asks at once."""
    notes: dict[str, object] = {}
    values = iter(range(9))

    def read() -> Level:
        return Level(next(values))

    told = [seldom(notes, now, 5, read) for now in (0, 1, 4.9, 5, 3)]
    assert [one.value for one in told] == [0, 0, 0, 1, 2]
    assert [one.review_at for one in told] == [None, 5, 5, None, None]
