"""``/api/v1/today``: everything known has its row, with what is needed to judge it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from floor.settings import Settings
from floor.state.figures import NAMES, TOTAL, indicators
from tests.web.doubles import NOON, FloorDouble, MeasuresDouble, agent, pbx, queue
from web import today
from web.ports import FloorView


@pytest.fixture
def measures() -> MeasuresDouble:
    return MeasuresDouble()


def view_today(floor: FloorDouble, measures: MeasuresDouble, **settings: Any) -> dict[str, Any]:
    """What a program gets, after its journey as JSON."""
    view: FloorView = floor.snapshot()
    document: dict[str, Any] = json.loads(json.dumps(today.view_today(view, measures, Settings(**settings), NOON)))
    return document


def test_an_empty_floor_has_an_empty_day(measures: MeasuresDouble) -> None:
    """Before the first call: no rows, a total of zeros, and ratios that are not known."""
    document = view_today(FloorDouble(), measures)
    assert (document["queues"], document["agents"], document["gaps"]) == ([], [], {})
    assert document["total"]["offered"] == 0
    assert document["total"]["answer_rate"] is None
    assert set(document["total"]["sl"].values()) == {None}


def test_the_frame_says_when_and_how_it_was_counted(measures: MeasuresDouble) -> None:
    """Now, the beginning of the day, the formula and the limit that the figures were counted with."""
    document = view_today(FloorDouble(), measures, formula="E", answer_s=20)
    assert document["now"] == NOON
    assert document["day_began_at"] == measures.day_begin
    assert (document["formula"], document["answer_s"]) == ("E", 20)


def test_who_is_known_has_a_row_without_a_call(measures: MeasuresDouble) -> None:
    """A queue and an agent that had no call yet are there, with zeros."""
    document = view_today(FloorDouble(queue("support"), agent("Ann")), measures)
    for kind, name in (("queues", "support"), ("agents", "Ann")):
        (row,) = document[kind]
        assert (row["pbx"], row["name"], row["offered"]) == ("pbx1", name, 0)


def test_who_left_keeps_what_he_did(measures: MeasuresDouble) -> None:
    """An agent who logged out and a queue that was removed keep their rows for the day, once each."""
    measures.set(("agent", "pbx1", "Bob"), answered=3)
    measures.set(("agent", "pbx1", "Ann"), answered=1)
    measures.set(("queue", "pbx1", "gone"), offered=2)
    document = view_today(FloorDouble(queue("support"), agent("Ann")), measures)
    assert [(row["name"], row["answered"]) for row in document["agents"]] == [("Ann", 1), ("Bob", 3)]
    assert [(row["name"], row["offered"]) for row in document["queues"]] == [("gone", 2), ("support", 0)]


def test_rows_are_in_order_of_exchange_and_name(measures: MeasuresDouble) -> None:
    """The same names on two exchanges are two rows; order does not depend on who called first."""
    floor = FloorDouble(queue("b"), queue("a"), queue("a", exchange="pbx0"))
    assert [(row["pbx"], row["name"]) for row in view_today(floor, measures)["queues"]] == [
        ("pbx0", "a"),
        ("pbx1", "a"),
        ("pbx1", "b"),
    ]


def test_a_row_has_all_sums_levels_and_indicators(measures: MeasuresDouble) -> None:
    """Nothing that is counted is left out, and what is told is what was counted."""
    measures.set(TOTAL, offered=10, answered=8, abandoned=2, answered_in_time=6, talk_s=400, hold_s=1.23456)
    total = view_today(FloorDouble(), measures)["total"]
    assert total.keys() == {*NAMES, "sl", *indicators(measures.figures(TOTAL))}
    assert (total["answered"], total["answer_rate"], total["att_s"], total["hold_s"]) == (8, 0.8, 50.0, 1.2346)
    assert total["sl"]["A"] == 0.75


def test_gaps_of_every_exchange(measures: MeasuresDouble) -> None:
    """Each exchange has its list, an empty one when nothing was missed; an open gap has no end."""
    measures.breaks["pbx2"] = [(NOON - 60, NOON - 30), (NOON - 5, None)]
    document = view_today(FloorDouble(pbx("pbx2"), pbx("pbx1")), measures)
    assert document["gaps"] == {"pbx1": [], "pbx2": [[NOON - 60, NOON - 30], [NOON - 5, None]]}
    assert list(document["gaps"]) == ["pbx1", "pbx2"]
