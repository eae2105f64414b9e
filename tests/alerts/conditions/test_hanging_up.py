"""Rules about hanging up and silent calls (domain.md §3), as stories: at, below and above each limit."""

from __future__ import annotations

import pytest

from alerts.model import Severity
from tests.alerts.stage import RuleStory, rule_story

TALKING = """
        at    | what happens                     | Ann     | R-HUP-1 Ann
        0     | Ann sits in sales                | ready   | fine
        1     | C1 joins sales                   |         |
        2     | sales rings Ann for C1           | ringing | fine
        4     | Ann lifts; sales connects Ann to C1 after 3 | talking | fine
"""


def _ended(story: RuleStory, seconds: int, by: str) -> None:
    story.happens(4 + seconds, f"sales completes Ann with C1: {seconds} s, by {by}; Ann hangs up; C1 hangs up")


def _broken(story: RuleStory) -> dict[str, Severity]:
    return {one.rule: one.severity for one in story.breaches() if one.rule.startswith("R-HUP")}


def test_customer_hangs_up_first() -> None:
    """R-HUP-1: as it should be."""
    story = rule_story(TALKING)
    _ended(story, 5, "caller")
    assert _broken(story) == {}


def test_agent_hangs_up_first() -> None:
    """R-HUP-1: without a reason the leader is told."""
    story = rule_story(TALKING)
    _ended(story, 60, "agent")
    assert _broken(story) == {"R-HUP-1": Severity.WARN}
    assert story.cell("R-HUP-1 Ann") == "warn"
    (breach,) = story.breaches("R-HUP-1")
    assert breach.evidence[0]["talk_s"] == 60


@pytest.mark.parametrize(("reason", "broken"), [("left_on_line", []), ("nuisance", []), ("because", ["R-HUP-1"])])
def test_agent_with_a_reason(reason: str, broken: list[str]) -> None:
    """R-HUP-1: one of the fixed reasons is enough; anything else is none."""
    story = rule_story(TALKING + f"30 | Ann gives the reason {reason} | talking | fine")
    _ended(story, 60, "agent")
    assert list(_broken(story)) == broken


@pytest.mark.parametrize(("talked", "broken"), [(9, True), (10, False), (11, False)])
def test_hung_up_directly(talked: int, broken: bool) -> None:
    """R-HUP-7: the agent ended it within 10 s of connecting."""
    story = rule_story(TALKING)
    _ended(story, talked, "agent")
    assert ("R-HUP-7" in _broken(story)) is broken
    if broken:
        (breach,) = story.breaches("R-HUP-7")
        assert (breach.value, breach.limit) == (9, 10)


@pytest.mark.parametrize(("reason", "broken"), [("faint", True), ("nuisance", False)])
def test_reason_for_hanging_up_directly(reason: str, broken: bool) -> None:
    """R-HUP-7: a faint voice is none, a nuisance call is one."""
    story = rule_story(TALKING + f"5 | Ann gives the reason {reason} | talking | fine")
    _ended(story, 4, "agent")
    assert ("R-HUP-7" in _broken(story)) is broken


def test_transferred_is_not_hung_up() -> None:
    """R-HUP-1: passing a caller on is not hanging up on him."""
    story = rule_story(TALKING + "9 | Ann transfers blind | talking | fine")
    _ended(story, 6, "transfer")
    assert _broken(story) == {}


HEARD = """
        at    | what happens                     | Ann     | R-HUP-2 Ann
        0     | Ann sits in sales                | ready   | fine
        1     | C8 joins sales; sales rings Ann for C8; Ann lifts; sales connects Ann to C8; C8 speaks | talking | fine
        30    | sales completes Ann with C8: 29 s, by caller; Ann hangs up; C8 hangs up | ready | fine
        31    | C1 joins sales                   |         |
        32    | sales rings Ann for C1           | ringing | fine
        34    | Ann lifts; sales connects Ann to C1 after 3 | talking | fine
"""


@pytest.mark.parametrize(("talked", "broken"), [(14, True), (15, False), (16, False)])
def test_silent_call(talked: int, broken: bool) -> None:
    """R-HUP-2: ended before three times five seconds of silence."""
    story = rule_story(HEARD)
    story.happens(34 + talked, f"sales completes Ann with C1: {talked} s, by agent; Ann hangs up; C1 hangs up")
    assert ("R-HUP-2" in _broken(story)) is broken


def test_caller_who_spoke_is_not_silent() -> None:
    """R-HUP-2: whoever was heard once was no silent call."""
    story = rule_story(HEARD + "36 | C1 speaks | talking | fine")
    story.happens(40, "sales completes Ann with C1: 6 s, by agent; Ann hangs up; C1 hangs up")
    assert "R-HUP-2" not in _broken(story)


@pytest.mark.parametrize(("spoke", "broken"), [("", True), ("35 | C1 speaks | talking | fine", False)])
def test_word_of_the_end_comes_after_the_channel_is_gone(spoke: str, broken: bool) -> None:
    """R-HUP-2: whether the caller was heard is known also when the exchange says last that the call is complete."""
    story = rule_story(HEARD + spoke)
    story.happens(40, "Ann hangs up; C1 hangs up; sales completes Ann with C1: 6 s, by agent")
    assert ("R-HUP-2" in _broken(story)) is broken


def test_silence_tells_nothing_without_talk_detection() -> None:
    """R-HUP-2: where nobody was heard in the last hour, talk detection is off."""
    story = rule_story(TALKING)
    _ended(story, 5, "agent")
    assert "R-HUP-2" not in _broken(story)
