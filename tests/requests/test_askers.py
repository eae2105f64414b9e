"""The agent behind somebody who is signed in."""

from __future__ import annotations

from dataclasses import replace

from floor.requests.askers import Askers
from floor.state.model import Agent, AgentState, CallKind, Leg, LegStage, LinkState, Member, Pbx
from tests.requests.seats import ANN, BOB, LEADER, Seats


def test_where_he_has_a_call(seats: Seats) -> None:
    """On several exchanges he is where his call is, else where he is logged in, else the first that is named."""
    askers = Askers(seats.people, lambda: seats.view)
    seats.view.pbxs["pbx2"] = Pbx("pbx2", LinkState.UP, 0.0)
    seats.view.agents.clear()
    assert askers.of_person(ANN).key == ("pbx1", "Ann")  # type: ignore[union-attr]
    member = Member("support", "Ann", "PJSIP/1", "PJSIP/1")
    seats.view.agents["pbx2", "Ann"] = Agent("pbx2", "Ann", AgentState.READY, 0.0, members=(member,))
    assert askers.of_person(ANN).key == ("pbx2", "Ann")  # type: ignore[union-attr]
    leg = Leg("8.8", LegStage.UP, CallKind.QUEUE, 0.0)
    seats.view.agents["pbx1", "Ann"] = Agent("pbx1", "Ann", AgentState.TALKING, 0.0, legs=(leg,))
    assert askers.of_person(ANN).key == ("pbx1", "Ann")  # type: ignore[union-attr]
    assert askers.keys(ANN) == {("pbx1", "Ann"), ("pbx2", "Ann")}


def test_who_is_no_agent(seats: Seats) -> None:
    """Nobody is made up; a member without a person is known by his member name."""
    askers = Askers(seats.people, lambda: seats.view)
    assert askers.of_person(LEADER) is None
    assert askers.keys(replace(BOB, agents=())) == frozenset()
    stranger = askers.of_agent(("pbx1", "Eve"))
    assert (stranger.person, stranger.name, stranger.group) == (None, "Eve", None)
    assert askers.linkedid("pbx1", "1.1") == ""
