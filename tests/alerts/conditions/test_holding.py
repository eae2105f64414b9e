"""Rules about holding and transfer (domain.md §2), as stories: at, below and above each limit."""

from __future__ import annotations

from alerts.model import Severity
from tests.alerts.stage import rule_story

TALKING = """
        at    | what happens                     | Ann     | R-HLD-2 Ann
        0     | Ann sits in sales                | ready   | fine
        1     | C1 joins sales                   |         |
        2     | sales rings Ann for C1           | ringing | fine
        4     | Ann lifts; sales connects Ann to C1 after 3 | talking | fine
"""


def test_hold_below_the_limit() -> None:
    """R-HLD-2: the tile warns at 12 s; back before 15 s is no breach, and the next hold has a clock of its own."""
    story = rule_story(
        TALKING
        + """
        10    | Ann holds                        | holding | fine
        22.3  | time passes                      | holding | noticed
        24.9  | Ann resumes                      | talking | fine
        25    | Ann holds                        | holding | fine
        36    | time passes                      | holding | fine
        40    | Ann resumes                      | talking | fine
        """
    )
    assert story.breaches() == []


def test_hold_above_the_limit() -> None:
    """R-HLD-2: broken at 15 s, told the leader at 30 s, once more with every 15 s without a word to the customer."""
    story = rule_story(
        TALKING
        + """
        10    | Ann holds                        | holding | fine
        25.3  | time passes                      | holding | info
        39.9  | time passes                      | holding | info
        40.3  | time passes                      | holding | warn
        58    | Ann resumes                      | talking | fine
        """
    )
    assert story.spans("R-HLD-2") == [(25, 58, 48, Severity.WARN)]
    (breach,) = story.breaches()
    again = [proof["times"] for proof in breach.evidence if proof["fact"] == "LimitPassedAgain"]
    assert again == [2, 3]
