"""Rules about answering (domain.md §1), as stories: at, below and above each limit."""

from __future__ import annotations

from alerts.model import Severity
from tests.alerts.stage import rule_story


def test_ring_below_the_limit() -> None:
    """R-ANS-1: noticed after two rings, and no breach when answered before the third has rung out."""
    story = rule_story(
        """
        at    | what happens                     | Ann     | R-ANS-1 Ann
        0     | Ann sits in sales                | ready   | fine
        1     | C1 joins sales                   |         |
        2     | sales rings Ann for C1           | ringing | fine
        11.9  | time passes                      | ringing | fine
        12.3  | time passes                      | ringing | noticed
        16.9  | Ann lifts                        | talking | fine
        """
    )
    assert story.breaches() == []


def test_ring_at_the_limit() -> None:
    """R-ANS-1: answered after exactly 15 s is within the third ring."""
    story = rule_story(
        """
        at    | what happens                     | Ann     | R-ANS-1 Ann
        0     | Ann sits in sales                | ready   | fine
        1     | C1 joins sales                   |         |
        2     | sales rings Ann for C1           | ringing | fine
        17    | Ann lifts                        | talking | fine
        """
    )
    assert story.breaches() == []


def test_ring_above_the_limit() -> None:
    """R-ANS-1: after 15 s it is broken; the breach keeps how long it really rang."""
    story = rule_story(
        """
        at    | what happens                     | Ann     | R-ANS-1 Ann
        0     | Ann sits in sales                | ready   | fine
        1     | C1 joins sales                   |         |
        2     | sales rings Ann for C1           | ringing | fine
        17.3  | time passes                      | ringing | info
        20    | Ann lifts                        | talking | fine
        """
    )
    assert story.spans("R-ANS-1") == [(17, 20, 18, Severity.INFO)]
    (breach,) = story.breaches("R-ANS-1")
    assert (breach.limit, breach.queue, breach.call, breach.agent) == (15, "sales", "C1", "Ann")
    assert [proof["fact"] for proof in breach.evidence] == ["OfferBegan", "ChannelChanged"]
