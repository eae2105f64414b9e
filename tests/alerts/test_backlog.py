"""What came into view at once is looked at little by little, each case once, and nothing is forgotten."""

from __future__ import annotations

from collections import OrderedDict

from alerts.backlog import SAYING, SLICE, Backlog, Cases
from alerts.model import Subject, SubjectKind
from alerts.violations import Case


def case(number: int, pbx: str = "p") -> Case:
    return ("R-ANS-1", Subject(SubjectKind.AGENT, pbx, f"A{number}"))


def cases(count: int, pbx: str = "p") -> Cases:
    return OrderedDict((case(number, pbx), None) for number in range(count))


def looked_at(backlog: Backlog, said: int = 0) -> list[Case]:
    """One slice; of each case so much is said."""
    looks: list[Case] = []
    for one, _ in backlog.slice(lambda: said * len(looks)):
        looks.append(one)
    return looks


def test_a_slice_at_a_time_in_order() -> None:
    """A large floor takes several; a small one, one."""
    backlog = Backlog()
    backlog.add(cases(SLICE + 2), 100.0, "LinkChanged")
    assert backlog.since == 100.0
    first = looked_at(backlog)
    assert (len(first), first[0], len(backlog)) == (SLICE, case(0), 2)
    assert looked_at(backlog) == [case(SLICE), case(SLICE + 1)]
    assert backlog.since is None
    assert looked_at(backlog) == []


def test_what_says_much_takes_longer() -> None:
    """In a storm a slice is shorter, for every word of it goes on to records and screens."""
    backlog = Backlog()
    backlog.add(cases(SLICE), 100.0, "LinkChanged")
    assert len(looked_at(backlog, said=1)) <= SLICE // SAYING


def test_looked_at_meanwhile() -> None:
    """What was looked at for another reason is not looked at again."""
    backlog = Backlog()
    backlog.add(cases(3), 100.0, "LinkChanged")
    backlog.settle(case(1))
    assert looked_at(backlog) == [case(0), case(2)]


def test_an_exchange_that_is_lost_again() -> None:
    """Its cases are given back; those of others are still to be looked at."""
    backlog = Backlog()
    backlog.add(cases(2, "p"), 100.0, "LinkChanged")
    backlog.add(cases(2, "q"), 101.0, "RuleChanged")
    assert list(backlog.give_back("p")) == list(cases(2, "p"))
    assert backlog.since == 101.0
    backlog.move(10)
    assert backlog.since == 111.0
    assert looked_at(backlog) == list(cases(2, "q"))
