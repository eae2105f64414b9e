"""Figures are rendered when they change, and only then."""

from __future__ import annotations

from floor.state.figures import TOTAL
from tests.web.doubles import MeasuresDouble
from web.scores import Scores


def test_equal_figures_are_rendered_once() -> None:
    """The same F is given out until the figures differ."""
    measures = MeasuresDouble()
    scores = Scores(measures)
    measures.set(TOTAL, offered=1)
    first = scores.of(TOTAL, "today")
    assert scores.of(TOTAL, "today") is first
    measures.set(TOTAL, offered=2)
    assert scores.of(TOTAL, "today")["offered"] == 2


def test_known_leaves_out_what_cannot_be_divided() -> None:
    """Nothing at all is empty; something has its sums, zeros included, and no nulls."""
    measures = MeasuresDouble()
    scores = Scores(measures)
    assert scores.known(TOTAL, "today") == {}
    measures.set(TOTAL, offered=1)
    known = scores.known(TOTAL, "today")
    assert (known["offered"], known["answered"], known["answer_rate"]) == (1, 0, 0.0)
    assert "asa_s" not in known
