"""Legs: whose a channel is, and that it is nobody else's."""

from __future__ import annotations

from floor.state import facts as f
from floor.state.floor import Draft
from floor.state.model import LegStage, OfferResult
from floor.state.reduce.legs import agent_of, begin_hold, close_offer, end_hold, leg_of
from tests.support.replay import PBX
from tests.support.stories import BEGIN, told

TALKS = """
    at | what happens                                                   | Ann
    0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1      | ringing
    2  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 2   | talking
"""


def test_channel_knows_its_agent() -> None:
    """From the channel to the agent and his leg, in one step each."""
    story = told(TALKS)
    draft, leg_id = Draft(story.stage.store._floor), story.legs["Ann"][0]
    found = leg_of(draft, PBX, leg_id)
    assert found is not None
    assert (found[0].name, found[1].call, found[1].stage) == ("Ann", "C1", LegStage.UP)
    assert agent_of(draft, PBX, "C1") is None


def test_hold_cannot_begin_before_the_call() -> None:
    """Only a call that is up can be held, and only a held one resumed."""
    story = told(TALKS.rsplit("\n", 2)[0])
    draft = Draft(story.stage.store._floor)
    found = leg_of(draft, PBX, story.legs["Ann"][0])
    assert found is not None
    begin_hold(draft, *found, BEGIN + 1)
    assert end_hold(draft, *found, BEGIN + 2).stage is LegStage.RINGING
    assert not draft.agents.written


def test_ring_has_one_result() -> None:
    """A second result for the same ring is refused."""
    story = told(TALKS.rsplit("\n", 2)[0])
    draft, leg = Draft(story.stage.store._floor), story.legs["Ann"][0]
    assert close_offer(draft, PBX, "Ann", leg, OfferResult.NO_ANSWER, BEGIN + 5)
    assert not close_offer(draft, PBX, "Ann", leg, OfferResult.CANCELLED, BEGIN + 6)
    assert not close_offer(draft, PBX, "Bob", leg, OfferResult.CANCELLED, BEGIN + 6)


def test_legs_keep_their_order() -> None:
    """What happens on one leg moves no other: of two direct calls the first explains the state."""
    story = told(
        """
        at | what happens         | Ann
        0  | Ann sits in sales    | ready
        1  | Ann is called by X1  | ringing
        2  | Ann lifts            | talking
        3  | Ann is called by X2  | talking
        """
    )
    story.stage.tell(f.ChannelChanged(PBX, BEGIN + 4, story.legs["Ann"][0], "up"))
    agent = story.agent("Ann")
    assert agent is not None
    assert agent.call == "X1"
    assert [leg.uniqueid for leg in agent.legs] == story.legs["Ann"]
