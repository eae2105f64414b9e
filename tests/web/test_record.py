"""Whose record it is, and what of a figure is his."""

from __future__ import annotations

import pytest

from floor.people.model import Role
from floor.state.figures import Figures
from tests.support.people import person
from tests.web.doubles import FloorDouble, agent, pbx
from web.record import FIGURES, RATIOS, agents_of, view_sums


@pytest.mark.parametrize(
    ("agents", "found"),
    [
        ((), []),
        ((("pbx1", "Ann"),), [("pbx1", "Ann")]),
        ((("pbx1", "Gone"),), [("pbx1", "Gone")]),
        ((("*", "Ann"),), [("pbx1", "Ann"), ("pbx2", "Ann")]),
        ((("*", "Bob"), ("pbx2", "Bob")), [("pbx2", "Bob")]),
        ((("*", "Nobody"),), []),
    ],
)
def test_agents_of_a_person(agents: tuple[tuple[str, str], ...], found: list[tuple[str, str]]) -> None:
    """Those he is registered as, once each; everywhere means where the name is known."""
    floor = FloorDouble(pbx(), pbx("pbx2"), agent("Ann"), agent("Ann", exchange="pbx2"), agent("Bob", exchange="pbx2"))
    assert agents_of(person(Role.AGENT, agents=agents), floor.snapshot()) == found


def test_sums_and_ratios() -> None:
    """All that is kept per agent, each under its name; what cannot be divided is not known."""
    told = view_sums(Figures(answered=4, talk_s=100))
    assert tuple(told) == (*FIGURES, *RATIOS)
    assert (told["att_s"], told["ring_no_answer_rate"]) == (25, None)
