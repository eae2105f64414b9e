"""A ticket opens the desk's stream once."""

from __future__ import annotations

import pytest

from tests.web.doubles import StillClock
from web import tickets
from web.tickets import Tickets


def test_once_and_only_for_whom_it_was_made() -> None:
    """Shown a second time it is worth nothing, and another's is worth nothing and is gone for him too."""
    given = Tickets(StillClock())
    mine, his = given.give("s1"), given.give("s2")
    assert given.take(mine, "s1")
    assert not given.take(mine, "s1")
    assert not given.take(his, "s1")
    assert not given.take(his, "s2")


@pytest.mark.parametrize("ticket", ["", "guess", "\x00", "工" * 2000])
def test_what_was_never_given(ticket: str) -> None:
    """Nothing invented is a ticket, not even for nobody."""
    given = Tickets(StillClock())
    given.give("s1")
    assert not given.take(ticket, "s1")
    assert not given.take(ticket, "")


def test_good_for_half_a_minute() -> None:
    """Just before its time it is good, at its time it is not."""
    clock = StillClock()
    given = Tickets(clock)
    early, late = given.give("s1"), given.give("s1")
    clock.pass_(29.9)
    assert given.take(early, "s1")
    clock.pass_(0.1)
    assert not given.take(late, "s1")


def test_they_are_forgotten() -> None:
    """What nobody showed does not stay."""
    clock = StillClock()
    given = Tickets(clock)
    for _ in range(10):
        given.give("s1")
    clock.pass_(31)
    given.give("s2")
    assert len(given) == 1


def test_one_who_asks_for_many_loses_his_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """He cannot push out another's; all together are bounded too."""
    given = Tickets(StillClock())
    other = given.give("s2")
    first = given.give("s1")
    for _ in range(tickets.MAX_EACH):
        given.give("s1")
    assert not given.take(first, "s1")
    assert given.take(other, "s2")
    monkeypatch.setattr(tickets, "MAX_TICKETS", 5)
    few = Tickets(StillClock())
    for n in range(20):
        few.give(f"s{n}")
    assert len(few) == 5
