"""The pieces that benches are made of: what they say is what they were told."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree

import pytest

from tests.bench.big_floor import slope
from tests.bench.reading import Reading
from tests.bench.spread import Spread
from tests.bench.svg import bars, lines
from tests.bench.viewers import Board


def test_spread() -> None:
    """Quantiles are right within five per cent, whatever the size, and two spreads are as one."""
    spread, other = Spread(), Spread()
    for number in range(1, 1001):
        (spread if number % 2 else other).add(number / 1000)
    spread.merge(other)
    assert spread.count == 1000
    assert spread.at(0.5) == pytest.approx(0.5, rel=0.06)
    assert spread.at(0.99) == pytest.approx(0.99, rel=0.06)
    assert spread.at(1.0) == spread.most_s == 1.0
    assert Spread().at(0.5) == 0.0


def test_slope() -> None:
    """Least squares through points; none where there is no way along."""
    assert slope([(0, 1), (1, 3), (2, 5)]) == pytest.approx(2)
    assert slope([(0, 1), (1, 2), (2, 1), (3, 2)]) == pytest.approx(0.2)
    assert slope([(5, 1), (5, 9)]) == 0


def test_goal() -> None:
    """A goal is reached at its very value, from the right side; without one there is nothing to reach."""
    assert Reading("a.b", "ms", (4, 5, 60), at_most=5).reached
    assert not Reading("a.b", "1/s", (4, 5, 60), at_least=6).reached
    assert Reading("a.b", "ms", (1,)).reached is None


def _message(rev: int, since: float) -> bytes:
    agent = b'{"state":"ringing","since":%f}' % since
    return b'{"t":"patch","rev":%d,"now":1.5,"set":{"agents":{"p/1":%b}},"del":{}}' % (rev, agent)


def test_screens_that_only_count_are_timed() -> None:
    """One screen reads; the others' messages are timed by their revision, whether they come before it or after."""
    board = Board()
    board.read(b'{"t":"snapshot","rev":1,"now":1.5,"floor":{"agents":{"p/1":{"state":"ready","since":1}}}}', 2.0)
    board.noted(_message(2, 102.0), 100.5)
    board.read(_message(2, 102.0), 2.0)
    board.noted(_message(2, 102.0), 100.25)
    board.noted(b'{"t":"beat","rev":2,"now":1.5}', 101)
    assert board.seen.count == 2
    assert board.seen.most_s == pytest.approx(0.5)
    assert board.counts == Counter(patch=2, other=1)


def test_screens_time_what_is_new() -> None:
    """An agent who is shown again with the same since has not changed just now."""
    board = Board()
    for rev in (2, 3):
        board.read(_message(rev, 102.0), 2.0)
        board.noted(_message(rev, 102.0), 100.5)
    assert board.seen.count == 1


@pytest.mark.parametrize(
    "drawing",
    [
        bars("a < b", [("one & two", 2.0, "2 ms"), ("three", 0.5, "½")], goal=1.0, most=4),
        bars("nothing is long", [("none", 0.0, "0")]),
        bars("nothing was measured", [], goal=1.0),
        lines("nothing was measured", {}, "load"),
        lines("grown", {"ingest": {1: 1.0, 4: 1.1, 16: 0.9}, "other": {1: 1.0}}, "load"),
    ],
)
def test_drawing(drawing: str) -> None:
    """Well-formed, named, small, without script and without anything from elsewhere."""
    root = ElementTree.fromstring(drawing)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert len(drawing) < 6000
    assert "script" not in drawing
    assert "href" not in drawing


def test_bar_short_of_the_goal() -> None:
    """It differs by more than its length."""
    drawing = bars("two", [("beyond", 2.0, ""), ("short", 0.5, "")], goal=1.0)
    assert drawing.count('class="bar short"') == 1
