"""The log's visits of one call are laid beside ours in the order in which they happened."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.history.alignment import LIMIT, align, known_rings
from floor.history.log_visits import LogVisit
from floor.state.model import Caller, Ending
from tests.history.entities import NOW, finished, lost, waiting


def _log(*visits: Caller) -> list[LogVisit]:
    return [LogVisit(visit, ()) for visit in visits]


def _partners(logged: list[LogVisit], stored: list[Caller]) -> list[int | None]:
    return [None if ours is None else stored.index(ours) for _, ours in align(logged, stored)]


@pytest.mark.parametrize(
    ("logged", "stored", "partners"),
    [
        ([0.0], [0.4], [0]),
        ([0.0], [1.9], [0]),
        ([0.0], [2.5], [None]),
        ([0.0, 1.0], [1.05], [None, 0]),
        ([0.0, 1.0], [0.1], [0, None]),
        ([0.0, 1.0, 2.0], [0.9, 2.9], [None, 0, 1]),
        ([5.0, 5.0], [5.1, 5.6], [0, 1]),
        ([0.0], [0.3, 0.4], [0]),
    ],
    ids=[
        "same",
        "two seconds",
        "too far",
        "second known",
        "first known",
        "first missing",
        "within a second",
        "nearer",
    ],
)
def test_order_and_distance(logged: list[float], stored: list[float], partners: list[int | None]) -> None:
    """Nobody steals the row of a later visit; the total distance is the least."""
    assert (
        _partners(_log(*(waiting(joined_at=NOW + at) for at in logged)), [waiting(joined_at=NOW + at) for at in stored])
        == partners
    )


def test_agent_decides() -> None:
    """A visit that another agent answered is another visit, however near in time."""
    ann, bob = (replace(finished(waiting(joined_at=NOW + at)), agent=name) for at, name in ((0.0, "Ann"), (0.5, "Bob")))
    stored = [replace(ann, joined_at=NOW + 0.4)]
    logged = _log(ann, bob)
    assert _partners(logged, stored) == [0, None]


def test_ending_decides() -> None:
    """Where time leaves it open, the visit that ended alike is meant."""
    stored = [lost(waiting(joined_at=NOW + 0.9), Ending.TIMED_OUT, 1)]
    logged = _log(
        lost(waiting(joined_at=NOW), Ending.EXIT_EMPTY, 1), lost(waiting(joined_at=NOW + 1), Ending.TIMED_OUT, 1)
    )
    assert _partners(logged, stored) == [None, 0]


def test_shorter_than_a_second() -> None:
    """A visit of half a second ended, by the log's whole seconds, before it began by ours: still the same."""
    stored = [replace(lost(waiting(joined_at=NOW + 0.3), wait_s=0), ended_at=NOW + 0.8)]
    assert _partners(_log(lost(waiting(joined_at=NOW), wait_s=0)), stored) == [0]


def test_beginning_unknown() -> None:
    """A call found already talking is recognised by when it was answered."""
    ours = replace(finished(waiting()), joined_at=None)
    assert _partners(_log(finished(waiting())), [ours]) == [0]


@settings(deadline=None)
@given(st.lists(st.floats(0, 30), max_size=6), st.lists(st.floats(0, 30), max_size=6))
def test_each_at_most_once(logged: list[float], stored: list[float]) -> None:
    """Every visit of the log comes out once, in order, and no stored visit is two."""
    ours = [waiting(f"{n}", NOW + at) for n, at in enumerate(sorted(stored))]
    theirs = _log(*(waiting(joined_at=NOW + at) for at in sorted(logged)))
    pairs = align(theirs, ours)
    partners = [ours.index(one) for _, one in pairs if one is not None]
    assert [one for one, _ in pairs] == theirs
    assert partners == sorted(set(partners))


def test_a_looping_dialplan() -> None:
    """Thousands of visits of one call take no more than their number."""
    many = [waiting(joined_at=NOW + 3 * n) for n in range(LIMIT + 50)]
    assert all(one.visit is ours for one, ours in align(_log(*many), many))


@pytest.mark.parametrize(
    ("logged", "stored", "known"),
    [
        pytest.param([10], [10.4], [True], id="within its second"),
        pytest.param([10], [], [False], id="never heard of"),
        pytest.param([10, 11, 12, 13], [12.3, 13.7], [False, False, True, True], id="a gap swallowed the first two"),
        pytest.param([10, 11, 12, 13], [10.9, 13.1], [True, False, False, True], id="a gap in the middle"),
        pytest.param([10, 10], [10.1], [True, False], id="two in one second, one known"),
        pytest.param([10], [12.5], [True], id="told late"),
        pytest.param([10], [14.0], [False], id="another one"),
    ],
)
def test_rings_one_after_the_other(logged: list[float], stored: list[float], known: list[bool]) -> None:
    """Somebody who refuses each call is rung every second; each ring of the log finds its own, or none."""
    found = known_rings(logged, stored)
    assert sorted(found) == sorted(known)
    if len(set(logged)) == len(logged):
        assert found == known


def test_very_many_rings() -> None:
    """Too many to be laid side by side are looked up one by one."""
    logged = [float(second) for second in range(LIMIT + 1)]
    assert known_rings(logged, [second + 0.5 for second in logged]) == [True] * (LIMIT + 1)
