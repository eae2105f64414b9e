"""AgentComplete: whose conversation it ends, when it does not say, comes late, or comes for the second time."""

from __future__ import annotations

from floor.state import facts as f
from floor.state.model import LinkState
from tests.support.replay import PBX
from tests.support.stories import BEGIN, told


def test_last_word_without_a_name_is_the_closing_visits() -> None:
    """Of two calls one agent has, an AgentComplete without channel ends the one whose channel is gone."""
    story = told(
        """
        at | what happens                                                            | C1      | C2
        0  | Ann sits in sales; C1 joins sales; C2 joins sales                       | waiting | waiting
        2  | sales rings Ann for C1; Ann lifts; C1 leaves sales                      | leaving | waiting
        2  | sales connects Ann to C1 after 2                                        | talking | waiting
        3  | sales rings Ann for C2; Ann lifts; C2 leaves sales                      | talking | leaving
        3  | sales connects Ann to C2 after 3                                        | talking | talking
        8  | C2 hangs up                                                             | talking | closing
        8  | sales completes Ann: 5 s, by caller                                     | talking | answered
        9  | sales completes Ann with C1: 7 s, by agent                              | answered | answered
        """
    )
    assert (story.ended("C2").talk_s, story.ended("C1").talk_s) == (5, 7)


def test_last_word_without_a_name_may_name_the_leg() -> None:
    """Of two calls of one agent, an AgentComplete that knows only her channel ends the one on it."""
    story = told(
        """
        at | what happens                                           | C1      | C2
        0  | Ann sits in sales; C1 joins sales; C2 joins sales      | waiting | waiting
        2  | sales rings Ann for C1; Ann lifts; C1 leaves sales     | leaving | waiting
        2  | sales connects Ann to C1 after 2                       | talking | waiting
        3  | sales rings Ann for C2; Ann lifts; C2 leaves sales     | talking | leaving
        """
    )
    first, second = story.legs["Ann"]
    story.stage.tell(
        f.OfferAnswered(PBX, BEGIN + 3, "sales", "Ann", "PJSIP/Ann", "C2", second, 3, 1),
        f.CallCompleted(PBX, BEGIN + 9, "sales", "Ann", "PJSIP/Ann", None, second, 3, 6, None),
    )
    assert (story.cell("C1"), story.cell("C2")) == ("talking", "answered")
    story.stage.tell(f.CallCompleted(PBX, BEGIN + 12, "sales", "Ann", "PJSIP/Ann", None, first, 2, 10, None))
    assert story.ended("C1").talk_s == 10


def test_last_word_on_a_caller_never_seen() -> None:
    """An AgentComplete alone is a whole answered visit, dated by its seconds."""
    story = told(
        """
        at | what happens                                        | C1
        0  | Ann sits in sales                                   | nowhere
        30 | sales completes Ann with C1 wait 5: 10 s, by caller | answered
        """
    )
    visit = story.stage.endings[-1]
    assert (visit.joined_at, visit.answered_at, visit.agent) == (BEGIN + 15, BEGIN + 20, "Ann")


def test_passed_on_to_the_queue_he_came_from() -> None:
    """He joins again before the exchange says that Ann is done with him: her seconds go to his first visit."""
    story = told(
        """
        at | what happens                                                    | C1
        0  | Ann sits in sales; Bob sits in sales; C1 joins sales            | waiting
        2  | sales rings Ann for C1; Ann lifts; C1 leaves sales              | leaving
        2  | sales connects Ann to C1 after 2                                | talking
        9  | C1 joins sales                                                  | waiting
        9  | sales rings Bob for C1                                          | waiting
        9  | Ann transfers blind                                             | waiting
        9  | sales completes Ann with C1: 7 s, by transfer                   | waiting
        10 | Bob lifts; C1 leaves sales; sales connects Bob to C1 after 1    | talking
        15 | sales completes Bob with C1: 5 s, by caller                     | answered
        """
    )
    ann, bob = (story.stage.figures(("agent", PBX, name)) for name in ("Ann", "Bob"))
    assert [one["talk_s"] for one in (ann, bob)] == [7, 5]
    assert [one["transferred"] for one in (ann, bob)] == [1, 0]
    assert [one["blind_transferred"] for one in (ann, bob)] == [1, 0]
    assert [one["completed_by_caller"] for one in (ann, bob)] == [0, 1]
    assert story.stage.figures(("queue", PBX, "sales"))["offered"] == 2


def test_last_word_without_a_name_is_not_for_a_visit_that_talked_otherwise() -> None:
    """A gap swallowed C1's last word; one without a name about a later call, which the gap hid, is not taken for it."""
    story = told(
        """
        at | what happens                                       | C1
        0  | Ann sits in sales; C1 joins sales                  | waiting
        2  | sales rings Ann for C1; Ann lifts; C1 leaves sales | leaving
        2  | sales connects Ann to C1 after 2                   | talking
        3  | link down                                          | talking
        """
    )
    story.stage.tell(f.ChannelsSynced(PBX, BEGIN + 8, ()), f.LinkChanged(PBX, BEGIN + 8, LinkState.UP))
    story.happens(10, "sales completes Ann: 1 s, by agent")
    story.stage.wait(10)
    assert (story.ended("C1").talk_s, story.ended("C1").completed_by) == (None, None)


def test_conversation_that_began_in_a_gap() -> None:
    """In a gap Ann passed him back to the queue and Bob answered. Bob's last word is not for the first visit, whose
    ending stays unknown; the second is a visit of its own."""
    story = told(
        """
        at | what happens                                           | C1
        0  | Ann sits in sales; Bob sits in sales; C1 joins sales   | waiting
        1  | sales rings Ann for C1; Ann lifts; C1 leaves sales     | leaving
        1  | sales connects Ann to C1 after 1                       | talking
        2  | link down                                              | talking
        """
    )
    there = f.PictureChannel("C1", "PJSIP/C1", "C1", "up", "b", "Queue", "sales,t", 9)
    story.stage.tell(f.ChannelsSynced(PBX, BEGIN + 9, (there,)), f.LinkChanged(PBX, BEGIN + 9, LinkState.UP))
    story.happens(15, "sales completes Bob with C1 wait 2: 8 s, by caller")
    first, second = (story.stage.figures(("agent", PBX, name)) for name in ("Ann", "Bob"))
    assert [(one["answered"], one["talk_s"]) for one in (first, second)] == [(1, 0), (1, 8)]
    visit = story.stage.endings[-1]
    assert (visit.agent, visit.joined_at, visit.answered_at, visit.gap) == ("Bob", BEGIN + 5, BEGIN + 7, True)
    totals = story.stage.figures(("queue", PBX, "sales"))
    assert (totals["offered"], totals["answered"]) == (2, 2)


def test_last_word_between_the_gap_and_its_picture() -> None:
    """Reconnected, but the full picture is still to come: a last word without a name about a conversation that the gap
    hid is not taken for the one that was known before."""
    story = told(
        """
        at | what happens                                       | C1
        0  | Ann sits in sales; C1 joins sales                  | waiting
        1  | sales rings Ann for C1; Ann lifts; C1 leaves sales | leaving
        1  | sales connects Ann to C1 after 1                   | talking
        2  | link down                                          | talking
        """
    )
    story.stage.tell(f.LinkChanged(PBX, BEGIN + 12, LinkState.SYNCING))
    story.happens(13, "sales completes Ann: 3 s, by agent")
    assert story.cell("C1") == "talking"


def test_joining_after_being_found_talking_is_another_visit() -> None:
    """A list found him talking; an event of his joining later tells of his next visit, not of how this one began."""
    story = told(
        """
        at | what happens                         | C1
        0  | Ann sits in sales; Bob sits in sales | nowhere
        1  | link down                            | nowhere
        """
    )
    leg = f.PictureChannel("L1", "PJSIP/Ann", "C1", "up", "b", "AppQueue", "", 3)
    there = f.PictureChannel("C1", "PJSIP/C1", "C1", "up", "b", "Queue", "sales,t", 9)
    story.stage.tell(f.ChannelsSynced(PBX, BEGIN + 9, (there, leg)), f.LinkChanged(PBX, BEGIN + 9, LinkState.UP))
    story.stage.tell(f.CallerJoined(PBX, BEGIN + 12, "sales", "C1", "C1"))
    story.stage.tell(f.CallCompleted(PBX, BEGIN + 12.1, "sales", "Ann", "PJSIP/Ann", "C1", None, 2, 5, None))
    story.stage.wait(1)
    first = story.stage.endings[0]
    assert (first.agent, first.joined_at) == ("Ann", None)
    (waits,) = story.stage.store.snapshot().callers.values()
    assert waits.joined_at == BEGIN + 12


def test_last_word_right_after_a_gap() -> None:
    """A conversation that began in the gap ends soon after it, without a name; the one that was answered meanwhile is
    not taken for it."""
    story = told(
        """
        at | what happens                          | C1
        0  | Ann sits in sales                     | nowhere
        1  | link down                             | nowhere
        """
    )
    story.stage.tell(f.LinkChanged(PBX, BEGIN + 5, LinkState.UP))
    story.happens(5.2, "C1 joins sales")
    story.happens(5.2, "sales rings Ann for C1; Ann lifts; C1 leaves sales; sales connects Ann to C1 after 0")
    story.happens(5.6, "sales completes Ann: 2 s, by caller")
    assert story.cell("C1") == "talking"
    story.happens(9.7, "sales completes Ann with C1: 4 s, by caller")
    assert story.ended("C1").talk_s == 4
