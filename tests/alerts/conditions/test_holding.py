"""Rules about holding and transfer (domain.md §2), as stories: at, below and above each limit."""

from __future__ import annotations

import pytest

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


def test_hold_at_the_limit() -> None:
    """R-HLD-2: back after exactly 15 s is in time."""
    story = rule_story(TALKING + "10 | Ann holds | holding | fine\n25 | Ann resumes | talking | fine")
    assert story.spans("R-HLD-2") == []


def test_hold_without_unhold() -> None:
    """R-HLD-2: a hold that never got its Unhold ends when the held caller hears no music any more (F5)."""
    story = rule_story(TALKING + "10 | Ann holds | holding | fine\n26 | music stops for C1 | talking | fine")
    assert story.spans("R-HLD-2") == [(25, 26, 16, Severity.INFO)]


def test_hold_that_ends_with_the_call() -> None:
    """R-HLD-2: hung up while on hold, the hold ends with the call."""
    story = rule_story(TALKING + "10 | Ann holds | holding | fine")
    story.happens(27, "sales completes Ann with C1: 23 s, by caller; Ann hangs up; C1 hangs up")
    assert story.spans("R-HLD-2") == [(25, 27, 17, Severity.INFO)]


def test_transfer_during_hold() -> None:
    """R-HLD-2: a consultation counts as hold; the transfer ends it."""
    story = rule_story(
        TALKING
        + """
        10    | Ann holds                        | holding | fine
        12    | Ann dials somebody               | holding | fine
        22.3  | time passes                      | holding | noticed
        31    | Ann transfers attended           | talking | fine
        """
    )
    assert story.spans("R-HLD-2") == [(25, 31, 21, Severity.INFO)]


def test_holds_of_two_queues() -> None:
    """R-HLD-2: each hold is its own, by its queue and its call."""
    story = rule_story(TALKING.replace("Ann sits in sales", "Ann sits in sales; Ann sits in care"))
    story.happens(10, "Ann holds")
    story.happens(26, "Ann resumes; sales completes Ann with C1: 22 s, by caller; Ann hangs up; C1 hangs up")
    story.happens(30, "C2 joins care; care rings Ann for C2")
    story.happens(31, "Ann lifts; care connects Ann to C2 after 1; Ann holds")
    story.happens(47, "Ann resumes")
    assert [(one.queue, one.call, one.value) for one in story.breaches("R-HLD-2")] == [
        ("sales", "C1", 16),
        ("care", "C2", 16),
    ]


@pytest.mark.parametrize(("second", "stands"), [(30, "fine"), (35, "fine"), (35.4, "info")])
def test_hold_in_all(second: float, stands: str) -> None:
    """R-HLD-3: all holds of one caller together, 25 s and then this much more; 60 s is the limit."""
    story = rule_story(TALKING.replace("R-HLD-2", "R-HLD-3") + "10 | Ann holds | holding | fine")
    story.happens(35, "Ann resumes")
    story.happens(50, "Ann holds")
    story.happens(50 + second, "time passes")
    assert story.cell("R-HLD-3 Ann") == stands


def test_long_hold_stays_until_the_conversation_ends() -> None:
    """R-HLD-3: once 60 s are full the promise of a call back is owed, back on the line or not."""
    story = rule_story(TALKING.replace("R-HLD-2", "R-HLD-3") + "10 | Ann holds | holding | fine")
    story.happens(75, "Ann resumes")
    assert story.cell("R-HLD-3 Ann") == "info"
    story.happens(90, "sales completes Ann with C1: 86 s, by caller; Ann hangs up; C1 hangs up")
    assert story.cell("R-HLD-3 Ann") == "fine"
    assert story.spans("R-HLD-3") == [(70, 90, 65, Severity.INFO)]


def test_number_of_holds() -> None:
    """R-HLD-3: three holds are fine, the fourth is the limit, a fifth is recorded as five."""
    story = rule_story(TALKING)
    for number, stands in ((1, "fine"), (2, "fine"), (3, "fine"), (4, "info"), (5, "info")):
        story.happens(10 * number, "Ann holds")
        assert story.cell("R-HLD-3-spans Ann") == stands
        story.happens(10 * number + 2, "Ann resumes")
    story.happens(70, "sales completes Ann with C1: 66 s, by caller; Ann hangs up; C1 hangs up")
    assert story.spans("R-HLD-3-spans") == [(40, 70, 5, Severity.INFO)]


def test_blind_transfers() -> None:
    """R-HLD-6: each is recorded, the fourth of a day tells the leader; the next day counts anew."""
    story = rule_story(TALKING.replace("R-HLD-2", "R-HLD-6"))
    for number, stands in ((1, "info"), (2, "info"), (3, "info"), (4, "warn")):
        if number > 1:
            story.happens(100 * number, f"C{number} joins sales; sales rings Ann for C{number}")
            story.happens(100 * number + 1, f"Ann lifts; sales connects Ann to C{number}")
        story.happens(100 * number + 9, "Ann transfers blind")
        assert story.cell("R-HLD-6 Ann") == stands
        story.happens(100 * number + 10, f"sales completes Ann with C{number}: 9 s, by transfer; Ann hangs up")
    story.happens(86400, "C5 joins sales; sales rings Ann for C5; Ann lifts; sales connects Ann to C5")
    assert story.cell("R-HLD-6 Ann") == "fine"
    assert [one.severity for one in story.breaches("R-HLD-6")] == [Severity.INFO] * 3 + [Severity.WARN]


@pytest.mark.parametrize(("after", "stands"), [(29.9, "fine"), (30, "fine"), (30.4, "warn")])
def test_transferred_caller_whom_nobody_takes(after: float, stands: str) -> None:
    """R-HLD-8: it rings for a transferred caller; 30 s is the limit."""
    story = rule_story(TALKING)
    story.happens(9, "Ann transfers blind; sales completes Ann with C1: 5 s, by transfer; Ann hangs up")
    story.happens(10, "C1 rings X1")
    story.happens(10 + after, "time passes")
    assert story.cell("R-HLD-8 Ann") == stands
    story.happens(60, "C1 talks")
    assert story.spans("R-HLD-8") == [(40, 60, 50, Severity.WARN)]
    assert story.breaches("R-HLD-8")[0].call == "C1"
