"""Rules about agents at their places (domain.md §4), as stories: at, below and above each limit."""

from __future__ import annotations

import pytest

from alerts.model import Severity
from tests.alerts.stage import rule_story

ENDED = """
        at    | what happens                     | Ann     | R-PRS-20 Ann
        0     | Ann sits in sales with wrap-up 200 | ready | fine
        1     | C1 joins sales; sales rings Ann for C1; Ann lifts; sales connects Ann to C1 | talking | fine
        10    | sales completes Ann with C1: 9 s, by caller; Ann hangs up; C1 hangs up | acw | fine
"""


@pytest.mark.parametrize(
    ("after", "stands"), [(29.9, "fine"), (30.3, "noticed"), (89.9, "noticed"), (90, "noticed"), (90.3, "warn")]
)
def test_after_call_work(after: float, stands: str) -> None:
    """R-PRS-20: the tile shows it after 30 s, the leader is told after 90 s."""
    story = rule_story(ENDED)
    story.happens(10 + after, "time passes")
    assert story.cell("R-PRS-20 Ann") == stands


def test_after_call_work_is_over() -> None:
    """R-PRS-20: the breach keeps how long it was, until the wrap-up ran out."""
    story = rule_story(ENDED)
    story.happens(250, "time passes")
    assert story.spans("R-PRS-20") == [(100, 210, 200, Severity.WARN)]


def test_unattended_seat() -> None:
    """R-PRS-16: two offers in a row let go while ready; one is not enough, answering or a pause shows she is there."""
    story = rule_story(
        """
        at    | what happens                     | Ann     | R-PRS-16 Ann
        0     | Ann sits in sales; C1 joins sales | ready  | fine
        2     | sales rings Ann for C1           | ringing | fine
        7     | Ann lets it ring                 | ready   | fine
        8     | sales rings Ann for C1           | ringing | fine
        13    | Ann lets it ring                 | ready   | warn
        14    | sales rings Ann for C1           | ringing | warn
        19    | Ann lets it ring                 | ready   | warn
        40    | Ann pauses for toilet            | paused  | fine
        50    | Ann returns                      | ready   | fine
        """
    )
    assert story.spans("R-PRS-16") == [(13, 40, 3, Severity.WARN)]
