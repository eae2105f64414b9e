"""What waits in memory is bounded, in order and counted."""

from __future__ import annotations

from floor.history.backlog import Backlog
from floor.history.rows import Entry
from tests.history.entities import waiting

FIVE: list[Entry] = [waiting(f"{n}.0") for n in range(5)]


def test_order() -> None:
    """First in, first out; what could not be written goes back to its place."""
    backlog = Backlog(keep=10)
    backlog.put(FIVE, now=0.0)
    assert backlog.take(2) == FIVE[:2]
    assert len(backlog) == 5
    backlog.give_back()
    assert backlog.take() == FIVE
    backlog.settle(now=1.0)
    assert (len(backlog), backlog.accepted, backlog.settled, backlog.lost) == (0, 5, 5, 0)


def test_newest_kept() -> None:
    """When it is full the oldest goes, and is counted."""
    backlog = Backlog(keep=3)
    backlog.put(FIVE, now=0.0)
    assert backlog.take() == FIVE[2:]
    assert (backlog.lost, backlog.settled) == (2, 2)


def test_age() -> None:
    """Age is that of the oldest entry; nothing has none."""
    backlog = Backlog(keep=10)
    assert backlog.age(99.0) == 0.0
    backlog.put(FIVE[:1], now=10.0)
    backlog.put(FIVE[1:], now=12.0)
    assert backlog.age(13.0) == 3.0
    backlog.take()
    backlog.settle(13.0)
    assert backlog.age(99.0) == 0.0


def test_the_writer_sleeps_between() -> None:
    """Woken for the first entry, and when enough wait; not for those between, nor for more."""
    backlog, woken = Backlog(keep=99, enough=12), list[int]()
    backlog.changed.notify_all = lambda: woken.append(len(backlog))  # type: ignore[method-assign]
    for _ in range(4):
        backlog.put(FIVE, now=0.0)
    assert woken == [5, 15]
