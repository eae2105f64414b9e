"""Deadlines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.deadlines import Deadlines

plans = st.lists(st.tuples(st.sampled_from("abcdef"), st.one_of(st.none(), st.integers(0, 50))), max_size=300)


@given(plans)
def test_last_plan_counts(made: list[tuple[str, int | None]]) -> None:
    """However often something is planned anew, its last deadline comes once, in the order of time."""
    deadlines: Deadlines[str] = Deadlines()
    for key, at in made:
        deadlines.plan(key, at)
    wanted = {key: at for key, at in dict(made).items() if at is not None}
    assert deadlines.next() == min(wanted.values(), default=None)
    assert len(deadlines) == len(wanted)
    come = []
    while (one := deadlines.pop(100)) is not None:
        come.append(one)
    assert [at for at, _ in come] == sorted(wanted.values())
    assert {key: at for at, key in come} == wanted


def test_not_before_its_time() -> None:
    """A deadline comes when it has come, not earlier."""
    deadlines: Deadlines[str] = Deadlines()
    deadlines.plan("a", 10)
    assert deadlines.pop(9.9) is None
    assert deadlines.pop(10) == (10, "a")


def test_moved_with_the_clock() -> None:
    """When the clock is set, what is left to wait stays the same."""
    deadlines: Deadlines[str] = Deadlines()
    deadlines.plan("a", 10)
    deadlines.plan("b", 20)
    deadlines.move(100)
    assert [deadlines.pop(200), deadlines.pop(200)] == [(110, "a"), (120, "b")]


def test_memory_is_bounded() -> None:
    """A deadline put off ten thousand times takes no more room than one."""
    deadlines: Deadlines[str] = Deadlines()
    for at in range(10_000):
        deadlines.plan("a", at)
    assert len(deadlines._heap) < 100


def test_put_off_costs_nothing() -> None:
    """What only moves later stays where it is in the heap until its old turn comes; then it waits on."""
    deadlines: Deadlines[str] = Deadlines()
    for at in (10, 20, 30):
        deadlines.plan("a", at)
    deadlines.plan("b", 15)
    assert len(deadlines._heap) == 2
    assert [deadlines.pop(40), deadlines.pop(40), deadlines.pop(40)] == [(15, "b"), (30, "a"), None]


def test_taken_back_and_planned_again() -> None:
    """What was taken back does not come; planned again it comes once, be it for the same moment."""
    deadlines: Deadlines[str] = Deadlines()
    for at in (10, None, 10, 5, 10):
        deadlines.plan("a", at)
    assert [deadlines.pop(40), deadlines.pop(40)] == [(10, "a"), None]
