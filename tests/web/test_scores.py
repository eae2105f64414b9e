"""Figures are rendered when they change, and only then."""

from __future__ import annotations

from floor.state.figures import TOTAL
from tests.web.doubles import MeasuresDouble
from web import wire
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


def test_what_is_still_is_asked_for_once() -> None:
    """While nothing can change, several boards cost one question; afterwards the newest word counts again."""
    measures = MeasuresDouble()
    scores = Scores(measures)
    measures.set(TOTAL, offered=1)
    with scores.still():
        assert scores.figures(TOTAL, "today").offered == 1
        measures.set(TOTAL, offered=2)
        assert scores.figures(TOTAL, "today").offered == 1
    assert scores.figures(TOTAL, "today").offered == 2


def test_what_several_screens_show_alike_is_rendered_once() -> None:
    """By what it is and how it is shown; only while nothing can change."""
    scores, made = Scores(MeasuresDouble()), []

    def make() -> wire.Trunk:
        made.append(1)
        return wire.Trunk("pbx1", "carrier", "reachable", 1.0, "ok")

    with scores.still():
        assert scores.once(("name", "a"), make) is scores.once(("name", "a"), make)
        assert len(made) == 1
        scores.once(("number", "a"), make)
        assert len(made) == 2
    scores.once(("name", "a"), make)
    assert len(made) == 3


def test_a_chart_is_kept_until_it_moved() -> None:
    """Charts are told at leisure: several boards share one, and the newest word counts once it is said to differ."""
    measures = MeasuresDouble()
    scores = Scores(measures)
    before = scores.points(TOTAL)
    measures.set(TOTAL, offered=1)
    assert scores.points(TOTAL) is before
    scores.moved([TOTAL])
    assert scores.points(TOTAL)[0]["offered"] == 1


def test_an_agents_figures_are_shared_while_nothing_changes() -> None:
    """Rendered once for all boards of one flush, and not kept: there are thousands."""
    measures = MeasuresDouble()
    scores, ann = Scores(measures), ("agent", "pbx1", "Ann")
    measures.set(ann, answered=1)
    with scores.still():
        assert scores.known(ann, "today") is scores.known(ann, "today")
    measures.set(ann, answered=2)
    assert scores.known(ann, "today")["answered"] == 2
