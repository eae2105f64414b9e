"""Calls that were placed: told once, to whom they belong, in whatever order the words come; nothing grows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.audit.model import Doer, Entry, Stage
from floor.command.placed import MOST, SAID, PlacedCalls
from floor.state.facts import CallPlaced

ASKED = Entry("t1", "pick", Stage.ASKED, 1.0, Doer("Lin", 1), "pbx", more={"caller": "2.2"})


def told(reached: str = "unanswered", order: str = "floor-call-1") -> CallPlaced:
    return CallPlaced("pbx", 5.0, order, reached)


@pytest.mark.parametrize("reached", SAID)
def test_is_told_once(reached: str) -> None:
    """The audit gets a second answer of the same thread; a word that comes twice adds nothing."""
    calls = PlacedCalls()
    assert calls.expect("floor-call-1", ASKED) is None
    entry = calls.tell(told(reached))
    assert entry is not None
    assert (entry.thread, entry.stage, entry.more) == ("t1", Stage.ANSWERED, {"caller": "2.2", "reached": reached})
    assert entry.said == SAID[reached]["en"]
    assert calls.tell(told("answered")) is None
    call = calls.of(1, "t1")
    assert call is not None
    assert (call.reached, call.words) == (reached, SAID[reached])


def test_word_before_the_answer() -> None:
    """A phone that is refused at once may be told of first."""
    calls = PlacedCalls()
    assert calls.tell(told()) is None
    entry = calls.expect("floor-call-1", ASKED)
    assert entry is not None
    assert entry.more["reached"] == "unanswered"


def test_unknown_word() -> None:
    """Of a newer node: told as a failure, never as success."""
    calls = PlacedCalls()
    calls.expect("floor-call-1", ASKED)
    entry = calls.tell(told("sideways"))
    assert entry is not None
    assert entry.more["reached"] == "failed"


def test_whose_it_is() -> None:
    """By person and thread; while it rings there is nothing to say."""
    calls = PlacedCalls()
    calls.expect("floor-call-1", ASKED)
    assert calls.of(2, "t1") is None
    assert calls.of(1, "t2") is None
    call = calls.of(1, "t1")
    assert call is not None
    assert (call.reached, call.words) == (None, {})


def test_nothing_grows() -> None:
    """Neither what is awaited nor what nobody awaits."""
    calls = PlacedCalls()
    for n in range(3 * MOST):
        calls.expect(f"a{n}", replace(ASKED, thread=f"t{n}"))
        calls.tell(told(order=f"b{n}"))
    assert (len(calls._calls), len(calls._early)) == (MOST, MOST)
    assert calls.of(1, "t0") is None
