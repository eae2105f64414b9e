"""When two descriptions are of one visit, and what is true when they differ."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.history.identity import complete, distance, merged, nearest, settled
from floor.state.model import Caller, CallerStage, Ending
from tests.history.entities import NOW, finished, lost, talking, waiting

STAGES = [waiting(), talking(waiting()), lost(waiting(), Ending.UNKNOWN), lost(waiting()), finished(waiting())]


@pytest.mark.parametrize(
    ("stored", "seen", "same"),
    [
        (waiting(joined_at=NOW), waiting(joined_at=NOW), True),
        (waiting(joined_at=NOW), waiting(joined_at=NOW + 1.9), True),
        (waiting(joined_at=NOW), waiting(joined_at=NOW + 2.1), False),
        (lost(waiting(), wait_s=1), waiting(joined_at=NOW + 1.2), False),
        (lost(waiting(), wait_s=3), lost(waiting(joined_at=NOW + 0.8), wait_s=2), True),
        (waiting(), waiting(joined_at=None), True),
        (waiting(joined_at=None), waiting(), True),
        (lost(waiting(), Ending.UNKNOWN), waiting(joined_at=None), True),
        (finished(waiting()), replace(finished(waiting()), joined_at=None), True),
        (finished(waiting()), waiting(joined_at=None), False),
        (lost(waiting()), lost(waiting(joined_at=None), wait_s=500), False),
    ],
    ids=[
        "the same moment",
        "counted back from whole seconds",
        "too far apart",
        "came back right after he had left",
        "seen twice, roughly",
        "found again without knowing since when",
        "now we learn since when",
        "ended unknown, found after all",
        "the same conversation without its beginning",
        "another one, long after",
        "ended at another time",
    ],
)
def test_same_visit(stored: Caller, seen: Caller, same: bool) -> None:
    """The tolerance joins what is one visit and keeps apart what are two."""
    assert (distance(stored, seen) is not None) is same


def test_nearest_of_several() -> None:
    """Among several visits of one call the nearest is meant."""
    visits = [waiting(joined_at=NOW), waiting(joined_at=NOW + 1.5)]
    assert nearest(visits, waiting(joined_at=NOW + 1.4)) == 1
    assert nearest(visits, waiting(joined_at=NOW + 99)) is None


@pytest.mark.parametrize(
    ("stored", "seen", "becomes"),
    [
        (waiting(), talking(waiting()), "seen"),
        (talking(waiting()), waiting(), "stored"),
        (finished(waiting()), talking(waiting()), "stored"),
        (lost(waiting(), Ending.UNKNOWN), talking(waiting()), "seen"),
        (lost(waiting()), lost(waiting(), Ending.UNKNOWN), "stored"),
        (lost(waiting(), Ending.UNKNOWN), lost(waiting()), "seen"),
    ],
    ids=["a step", "an old step", "already over", "was not over", "known before", "known now"],
)
def test_later_wins(stored: Caller, seen: Caller, becomes: str) -> None:
    """A later stage replaces an earlier one, never the other way round, and a known ending stays known."""
    assert merged(stored, seen) == {"stored": stored, "seen": seen}[becomes]


def test_nothing_known_is_forgotten() -> None:
    """What a restarted Floorwatch does not know about a call it found again stays as it was."""
    found = replace(talking(waiting()), joined_at=None, wait_s=None, number=None, answered_at=None, holds=0, gap=True)
    before = replace(talking(waiting()), hold_s=5.0, holds=1, healed=True)
    after = merged(before, found)
    assert (after.joined_at, after.wait_s, after.number, after.answered_at) == (NOW, 5, "1900", NOW + 5)
    assert (after.hold_s, after.holds, after.healed, after.gap) == (5.0, 1, True, True)


@settings(deadline=None)
@given(st.sampled_from(STAGES), st.sampled_from(STAGES))
def test_repeating_changes_nothing(stored: Caller, seen: Caller) -> None:
    """Writing the same thing twice is writing it once."""
    once = merged(stored, seen)
    assert merged(once, seen) == once
    assert merged(once, once) == once


@settings(deadline=None)
@given(st.lists(st.sampled_from(STAGES), max_size=6))
def test_old_news_change_no_ending(replayed: list[Caller]) -> None:
    """Once the ending is known, nothing that is replayed takes it away."""
    visit = finished(waiting())
    for seen in replayed:
        visit = merged(visit, seen)
        assert settled(visit)


def test_complete() -> None:
    """Complete is what needs no healing: ended, dated, with its seconds."""
    assert complete(finished(waiting()))
    assert complete(lost(waiting()))
    assert complete(lost(replace(waiting(joined_at=None), wait_s=None), Ending.QUEUE_FULL))
    assert not complete(waiting())
    assert not complete(lost(waiting(), Ending.UNKNOWN))
    assert not complete(replace(finished(waiting()), talk_s=None))
    assert not complete(replace(finished(waiting()), joined_at=None))
    assert not complete(replace(waiting(), stage=CallerStage.CLOSING, ended_at=NOW))
