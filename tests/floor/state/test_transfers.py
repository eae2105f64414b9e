"""Callers passed on, and why a call is ended."""

from __future__ import annotations

from floor.state import facts as f
from floor.state.model import Agent
from tests.support.replay import PBX
from tests.support.stories import Story, told

TALK = """
    at  | what happens           | Ann
    0   | Ann sits in sales      | ready
    1   | C1 joins sales         |
    2   | sales rings Ann for C1 | ringing
    3   | Ann lifts; sales connects Ann to C1 after 2 | talking
"""


def _ann(story: Story) -> Agent:
    agent = story.agent("Ann")
    assert agent is not None
    return agent


def _passed(story: Story) -> list[str]:
    return [uniqueid for uniqueid, _ in _ann(story).passed_on]


def test_blind_transfer_rings_on() -> None:
    """Whom she passed on is hers, since it rings for him elsewhere, until somebody takes him."""
    story = told(TALK + "5 | Ann transfers blind |\n6 | C1 rings X1 |")
    assert _passed(story) == ["C1"]
    story.happens(9, "C1 talks")
    assert _passed(story) == []


def test_caller_who_hangs_up_is_nobodys() -> None:
    """When he is gone, she owes him nothing."""
    story = told(TALK + "5 | Ann transfers blind |\n6 | C1 rings X1 |")
    story.happens(9, "C1 hangs up")
    assert _passed(story) == []


def test_caller_who_goes_elsewhere_is_not_rung_for() -> None:
    """A mailbox answers without a bridge: what the dialplan does next with him ends the ringing."""
    story = told(TALK + "5 | Ann transfers blind |\n6 | C1 rings X1 |")
    story.happens(9, "C1 moves on")
    assert _passed(story) == []


def test_attended_transfer_is_to_somebody_who_talks() -> None:
    """An attended transfer hands him to whom she spoke with; unless it still rang there."""
    answered = told(TALK + "4 | Ann holds |\n5 | Ann dials somebody |\n6 | Ann lifts |\n7 | Ann transfers attended |")
    assert _passed(answered) == []
    ringing = told(TALK + "4 | Ann holds |\n5 | Ann dials somebody |\n7 | Ann transfers attended |")
    assert _passed(ringing) == ["C1"]


def test_rejected_ring_is_marked() -> None:
    """A phone that says no marks its leg before the queue gives up on it."""
    story = told(TALK)
    story.happens(9, "C1 hangs up; sales completes Ann with C1 wait 2: 6 s, by caller; Ann hangs up; C2 joins sales")
    story.happens(10, "sales rings Ann for C2")
    story.stage.tell(f.HangupAsked(PBX, story.at, story.legs["Ann"][-1], 17))
    assert [leg.refused for leg in _ann(story).legs] == [True]


def test_reason_is_kept_until_the_next_call() -> None:
    """Why she ends the call is said during it, and forgotten with the next."""
    story = told(TALK + "5 | Ann gives the reason nuisance |")
    assert _ann(story).end_reason == "nuisance"
    story.happens(6, "sales completes Ann with C1 wait 2: 3 s, by agent; Ann hangs up; C1 hangs up; C2 joins sales")
    assert _ann(story).end_reason == "nuisance"
    story.happens(7, "sales rings Ann for C2; Ann lifts; sales connects Ann to C2")
    assert _ann(story).end_reason is None


def test_reason_by_channel() -> None:
    """A dialplan names the channel it runs on: her phone's, or the caller's."""
    for whose in ("leg", "C1"):
        story = told(TALK)
        uniqueid = story.legs["Ann"][-1] if whose == "leg" else whose
        story.stage.tell(f.EndReasonGiven(PBX, story.at, "noise", uniqueid))
        assert _ann(story).end_reason == "noise"
