"""Which changes of the floor become a row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.history.keeping import worth_keeping
from floor.ports import Change
from floor.state.model import Caller, CallerStage, LinkState, Pbx
from tests.history.entities import finished, talking, waiting

LEAVING = replace(waiting(), stage=CallerStage.LEAVING)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (None, waiting(), True),
        (waiting(), waiting(position=2), False),
        (waiting(), LEAVING, False),
        (LEAVING, talking(waiting()), True),
        (LEAVING, replace(waiting(), stage=CallerStage.TALKING), True),
        (talking(waiting()), replace(talking(waiting()), hold_s=4.0), True),
        (talking(waiting()), finished(waiting()), True),
        (None, finished(waiting()), True),
        (finished(waiting()), None, False),
    ],
    ids=[
        "joined",
        "moved up",
        "leaving",
        "answered",
        "found talking",
        "was on hold",
        "ended",
        "known only at its end",
        "left the floor",
    ],
)
def test_worth_keeping(before: Caller | None, after: Caller | None, kept: bool) -> None:
    """A visit is stored when it joins, is answered, ends or is corrected, and not when he only moves up."""
    assert worth_keeping(Change(before, after)) == (after if kept else None)


def test_only_visits() -> None:
    """Other entities have no rows."""
    assert worth_keeping(Change(None, Pbx("pbx", LinkState.UP, 0.0))) is None
