"""Rules about answering (domain.md §1), as stories: at, below and above each limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.model import Severity
from tests.alerts.stage import rule_story, rules_from


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


RING = """
        at    | what happens                     | Ann     | {rule} Ann
        0     | Ann sits in sales                | ready   | fine
        1     | C1 joins sales                   |         |
        2     | sales rings Ann for C1           | ringing | fine
"""


def test_early_answer_is_not_watched_by_default() -> None:
    """R-ANS-2 is off."""
    story = rule_story(RING.format(rule="R-ANS-2") + "3 | Ann lifts; sales connects Ann to C1 after 2 | talking | fine")
    assert story.breaches() == []


@pytest.mark.parametrize(("at", "recorded"), [(11.9, 1), (12, 0), (12.1, 0)])
def test_early_answer_where_it_is_watched(tmp_path: Path, at: float, recorded: int) -> None:
    """R-ANS-2, switched on: answered before two rings (10 s) are over is recorded, nobody is told."""
    rules = rules_from('[[rule]]\nid = "R-ANS-2"\nenabled = true', tmp_path)
    story = rule_story(RING.format(rule="R-ANS-2"), rules)
    story.happens(at, "Ann lifts; sales connects Ann to C1 after 10")
    assert [breach.severity for breach in story.breaches("R-ANS-2")] == [Severity.INFO] * recorded


@pytest.mark.parametrize(("at", "tile"), [(16.9, "fine"), (17, "fine"), (17.1, "noticed")])
def test_late_answer_owes_an_apology(at: float, tile: str) -> None:
    """R-ANS-3: rung longer than 15 s, the tile says so while they talk; nobody is told, nothing more is recorded."""
    story = rule_story(RING.format(rule="R-ANS-3"))
    story.happens(at, "Ann lifts; sales connects Ann to C1 after 15")
    assert story.cell("R-ANS-3 Ann") == tile
    story.happens(30, "Ann holds")
    assert story.cell("R-ANS-3 Ann") == tile
    story.happens(60, "sales completes Ann with C1: 43 s, by caller; Ann hangs up; C1 hangs up")
    assert story.cell("R-ANS-3 Ann") == "fine"
    assert story.breaches("R-ANS-3") == []


def test_unanswered_rings() -> None:
    """R-ANS-5: one is recorded, two in a row warn the leader, three within 30 minutes call the chief."""
    story = rule_story(
        """
        at    | what happens                              | Ann     | R-ANS-5 Ann
        0     | Ann sits in sales; Bob sits in sales      | ready   | fine
        1     | C1 joins sales                            |         |
        2     | sales rings Ann for C1                    | ringing | fine
        7     | Ann lets it ring                          | ready   | info
        8     | sales rings Bob for C1; Bob lifts; sales connects Bob to C1 after 7 | | info
        67.3  | time passes                               | ready   | fine
        70    | C2 joins sales; sales rings Ann for C2    | ringing | fine
        75    | Ann lets it ring                          | ready   | warn
        76    | sales rings Ann for C2                    | ringing | warn
        80    | Ann lifts; sales connects Ann to C2 after 10 | talking | info
        90    | sales completes Ann with C2: 10 s, by caller; Ann hangs up; C2 hangs up | ready | info
        1800  | C3 joins sales; sales rings Ann for C3    | ringing | fine
        1805  | Ann lets it ring                          | ready   | crit
        1807.3 | time passes                              | ready   | info
        """
    )
    severities = [breach.severity for breach in story.breaches("R-ANS-5", "Ann")]
    assert severities == [Severity.INFO, Severity.WARN, Severity.CRIT]
    assert all(breach.began_at == breach.ended_at for breach in story.breaches("R-ANS-5"))


def test_row_ends_when_the_agent_leaves() -> None:
    """R-ANS-5: who pauses or logs out has ended the row."""
    story = rule_story(RING.format(rule="R-ANS-5"))
    story.happens(7, "Ann lets it ring")
    story.happens(8, "Ann pauses for meal")
    story.happens(300, "Ann returns")
    story.happens(301, "sales rings Ann for C1")
    story.happens(306, "Ann lets it ring")
    assert story.cell("R-ANS-5 Ann") == "info"


def test_refused_ring() -> None:
    """R-ANS-6: each rejection warns the leader; it is no ring that nobody answered."""
    story = rule_story(
        RING.format(rule="R-ANS-6")
        + """
        4     | Ann rejects                      | ready   | warn
        303.9 | time passes                      | ready   | warn
        304.3 | time passes                      | ready   | fine
        """
    )
    assert [breach.value for breach in story.breaches("R-ANS-6")] == [1]
    assert story.breaches("R-ANS-5") == []


def test_agents_in_an_emergency_are_exempt() -> None:
    """R-EMG-17: paused for an emergency everywhere, nothing that still rings is held against her."""
    story = rule_story(RING.format(rule="R-ANS-5"))
    story.happens(4, "Ann pauses for emergency")
    story.happens(5, "Ann lets it ring")
    assert [breach for breach in story.breaches() if breach.rule == "R-ANS-5"] == []
