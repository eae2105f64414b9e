"""Callers: every way a visit can begin and end, as stories."""

from __future__ import annotations

import pytest

from floor.state import facts as f
from floor.state.figures import TOTAL
from floor.state.model import CompletedBy, Ending, LinkState
from tests.support.replay import PBX
from tests.support.stories import BEGIN, told

ENDINGS = {
    "answered, caller hangs up": """
        at | what happens                                | Ann     | C1
        0  | Ann sits in sales                           | ready   | nowhere
        1  | C1 joins sales                              | ready   | waiting
        2  | sales rings Ann for C1                      | ringing | waiting
        4  | Ann lifts                                   | talking | waiting
        4  | C1 leaves sales                             | talking | leaving
        4  | sales connects Ann to C1 after 3            | talking | talking
        9  | sales completes Ann with C1: 5 s, by caller | talking | answered
        9  | C1 hangs up; Ann hangs up                   | ready   | answered
    """,
    "answered, and AgentComplete comes after his channel is gone, without its name": """
        at  | what happens                            | Ann     | C1
        0   | Ann sits in sales; C1 joins sales       | ready   | waiting
        2   | sales rings Ann for C1; Ann lifts       | talking | waiting
        2   | C1 leaves sales; sales connects Ann to C1 after 2 | talking | talking
        7   | C1 hangs up                             |         | closing
        7   | Ann hangs up                            | ready   | closing
        7.1 | sales completes Ann: 5 s, by caller     | ready   | answered
    """,
    "abandoned while waiting": """
        at | what happens               | C1
        0  | C1 joins sales             | waiting
        9  | C1 gives up sales after 9  | waiting
        9  | C1 leaves sales            | leaving
        9  | C1 hangs up                | abandoned
    """,
    "timed out: QueueCallerAbandon comes first, and twice": """
        at | what happens                | C1
        0  | C1 joins sales              | waiting
        20 | C1 gives up sales after 20  | waiting
        20 | C1 gives up sales after 20  | waiting
        20 | C1 leaves sales             | leaving
        20 | C1 is released as timed_out | timed_out
        20 | C1 gives up sales after 20  | timed_out
        20 | C1 moves on; C1 hangs up    | timed_out
    """,
    "taken out of the line by a command": """
        at | what happens               | Ann     | C1
        0  | Ann sits in sales; C1 joins sales | ready | waiting
        2  | sales rings Ann for C1     | ringing | waiting
        5  | C1 talks; Ann hangs up     | ready   | transferred_away
        9  | C1 hangs up                | ready   | transferred_away
    """,
    "exit by key": """
        at | what happens    | C1
        0  | C1 joins sales  | waiting
        4  | C1 leaves sales | leaving
        4  | C1 moves on     | exit_key
    """,
    "exit when empty": """
        at | what happens                 | C1
        0  | C1 joins sales               | waiting
        5  | C1 gives up sales after 5    | waiting
        5  | C1 leaves sales              | leaving
        5  | C1 is released as exit_empty | exit_empty
    """,
    "withdrawn": """
        at | what happens                | C1
        0  | C1 joins sales              | waiting
        5  | C1 is released as withdrawn | withdrawn
    """,
    "taken elsewhere while waiting": """
        at | what happens              | C1
        0  | C1 joins sales            | waiting
        5  | C1 gives up sales after 5 | waiting
        5  | C1 leaves sales           | leaving
        5  | C1 moves on               | transferred_away
    """,
    "continued after nobody came": """
        at | what happens                | C1
        0  | C1 joins sales              | waiting
        5  | C1 leaves sales             | leaving
        5  | C1 is released as continued | continued
    """,
    "not let in, the queue is full": """
        at | what happens                 | C1
        0  | C1 enters sales              | nowhere
        0  | C1 is released as queue_full | queue_full
    """,
    "not let in, nobody there": """
        at | what happens                 | C1
        0  | C1 enters sales              | nowhere
        0  | C1 is released as join_empty | join_empty
    """,
    "left the line and no word came": """
        at | what happens    | C1
        0  | C1 joins sales  | waiting
        4  | C1 leaves sales | leaving
        5  | C1 hangs up     | unknown
    """,
    "given up, and never heard of again": """
        at | what happens              | C1
        0  | C1 joins sales            | waiting
        4  | C1 gives up sales after 4 | waiting
        10 | time passes               | unknown
    """,
    "answered, and the exchange never said its last word": """
        at | what happens                                                    | Ann     | C1
        0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1       | ringing | waiting
        2  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 2    | talking | talking
        8  | C1 hangs up; Ann hangs up                                       | ready   | closing
        14 | time passes                                                     | ready   | answered
    """,
    "answered after a long announcement": """
        at | what happens                                       | Ann     | C1
        0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1 | ringing | waiting
        2  | Ann lifts; C1 leaves sales                         | talking | leaving
        30 | time passes                                        | talking | leaving
        31 | sales connects Ann to C1 after 2                   | talking | talking
    """,
}


@pytest.mark.parametrize("story", ENDINGS.values(), ids=ENDINGS)
def test_visit_ends_once(story: str) -> None:
    """Each way to end gives its ending, one only."""
    stage = told(story).stage
    stage.wait(60)
    assert len(stage.endings) <= 1


def test_answered_visit_tells_all() -> None:
    """An answered visit bears the agent, the exchange's seconds and who hung up."""
    visit = told(ENDINGS["answered, caller hangs up"]).ended("C1")
    assert (visit.agent, visit.wait_s, visit.talk_s, visit.ring_s) == ("Ann", 3, 5, 1)
    assert visit.completed_by is CompletedBy.CALLER
    assert (visit.joined_at, visit.answered_at, visit.ended_at) == (BEGIN + 1, BEGIN + 4, BEGIN + 9)


def test_callers_turned_away_are_no_contacts() -> None:
    """Who was not let in is on record and in no figure, because the queue never had him."""
    story = told(ENDINGS["not let in, the queue is full"])
    assert story.ended("C1").ending is Ending.QUEUE_FULL
    assert not story.stage.measures.figures(TOTAL)


def test_abandon_during_the_announcement_is_laid_at_the_agents_door() -> None:
    """He lifted, an announcement played, the caller hung up: abandoned, with the agent's name."""
    story = told(
        """
        at | what happens                                               | Ann     | C1
        0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1  | ringing | waiting
        2  | Ann lifts; C1 leaves sales                                 | talking | leaving
        4  | C1 gives up sales after 4; C1 hangs up; Ann hangs up       | ready   | abandoned
        """
    )
    assert story.ended("C1").agent == "Ann"


def test_second_queue_of_one_call() -> None:
    """A call that times out in one queue and joins the next makes two visits with an ending each."""
    told(
        """
        at | what happens                                               | C1@sales  | C1@support
        0  | C1 joins sales                                             | waiting   | nowhere
        9  | C1 gives up sales after 9; C1 leaves sales                 | leaving   | nowhere
        9  | C1 is released as timed_out; C1 moves on                   | timed_out | nowhere
        9  | C1 joins support                                           | timed_out | waiting
        12 | C1 gives up support after 3; C1 leaves support; C1 hangs up | timed_out | abandoned
        """
    )


def test_second_queue_without_rights_to_see_the_dialplan() -> None:
    """Joining elsewhere says that he left, even where no dialplan event may be seen."""
    told(
        """
        at | what happens                     | C1@sales | C1@support
        0  | C1 joins sales                   | waiting  | nowhere
        9  | C1 leaves sales                  | leaving  | nowhere
        9  | C1 joins support                 | exit_key | waiting
        """
    )


def test_same_queue_again() -> None:
    """The same call may visit the same queue many times; each visit counts."""
    story = told(
        """
        at  | what happens                                                   | C1
        0   | C1 joins sales                                                 | waiting
        5   | C1 gives up sales after 5; C1 leaves sales                     | leaving
        5   | C1 is released as timed_out                                    | timed_out
        5.1 | C1 joins sales                                                 | waiting
        9   | C1 gives up sales after 3; C1 leaves sales; C1 hangs up        | abandoned
        """
    )
    assert [visit.ending for visit in story.stage.endings] == [Ending.TIMED_OUT, Ending.ABANDONED]
    assert story.stage.figures(TOTAL)["offered"] == 2


def test_same_queue_again_without_a_word_between() -> None:
    """Back in the line while we thought him talking: that visit was answered, and a new one begins."""
    story = told(
        """
        at | what happens                                                       | C1
        0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1          | waiting
        2  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 2       | talking
        30 | C1 joins sales                                                     | waiting
        31 | C1 gives up sales after 1; C1 hangs up                             | abandoned
        """
    )
    assert [visit.ending for visit in story.stage.endings] == [Ending.ANSWERED, Ending.ABANDONED]
    assert story.stage.figures(TOTAL)["answered"] == 1


def test_joining_said_twice() -> None:
    """A repeated or late word about a joining makes no second visit."""
    story = told(
        """
        at | what happens                                              | C1
        0  | C1 joins sales                                            | waiting
        1  | C1 joins sales                                            | waiting
        4  | C1 gives up sales after 4; C1 leaves sales; C1 hangs up   | abandoned
        """
    )
    assert story.stage.figures(TOTAL)["offered"] == 1


def test_masquerade_keeps_the_visit() -> None:
    """A caller whose channel is swapped while he waits (attended transfer into the queue) stays the same visit.

    The queue names the new channel from then on; the old one hangs up as a zombie.
    """
    story = told(
        """
        at | what happens                                              | Ann     | C1      | X1
        0  | Ann sits in sales; C1 joins sales                         | ready   | waiting | nowhere
        3  | C1 becomes a zombie; C1 hangs up                          | ready   | waiting | nowhere
        5  | sales rings Ann for X1; Ann lifts; X1 leaves sales        | talking | leaving | nowhere
        5  | sales connects Ann to X1 after 5                          | talking | talking | nowhere
        9  | Ann holds                                                 | holding | talking | nowhere
        11 | music stops for X1                                        | talking | talking | nowhere
        15 | sales completes Ann with X1: 10 s, by caller; X1 hangs up | talking | answered | nowhere
        """
    )
    visit = story.ended("C1")
    assert (visit.talk_s, visit.holds, visit.hold_s) == (10, 1, 2.0)
    assert story.stage.figures(TOTAL)["offered"] == 1


def test_masqueraded_caller_may_give_up() -> None:
    """After the swap he may hang up like anybody: one visit, abandoned."""
    story = told(
        """
        at | what happens                                             | C1
        0  | C1 joins sales                                           | waiting
        3  | C1 becomes a zombie; C1 hangs up                         | waiting
        8  | X1 gives up sales after 8; X1 leaves sales; X1 hangs up  | abandoned
        """
    )
    assert story.stage.figures(TOTAL)["abandoned"] == 1


def test_answer_of_a_caller_whose_joining_was_missed() -> None:
    """An AgentConnect for somebody unknown dates his joining by the exchange's own seconds, and marks the gap."""
    story = told(
        """
        at | what happens                                | C1
        0  | Ann sits in sales                           | nowhere
        9  | sales rings Ann for C1; sales connects Ann to C1 after 7 | talking
        12 | sales completes Ann with C1: 3 s, by caller | answered
        """
    )
    visit = story.ended("C1")
    assert (visit.joined_at, visit.wait_s, visit.gap) == (BEGIN + 2, 7, True)


def test_news_of_a_visit_that_is_over() -> None:
    """A late AgentComplete after we gave up on it makes no second visit."""
    story = told(ENDINGS["answered, and the exchange never said its last word"])
    story.happens(30, "sales completes Ann with C1 wait 2: 6 s, by caller")
    assert len(story.stage.endings) == 1


def test_waits_are_never_negative() -> None:
    """The exchange's clock set back during a visit makes no negative wait."""
    story = told(
        """
        at  | what happens                | C1
        500 | C1 joins sales              | waiting
        0   | C1 leaves sales             | leaving
        0   | C1 is released as timed_out | timed_out
        """
    )
    assert story.ended("C1").wait_s == 0


def test_pick_up_of_a_former_visit_is_forgotten() -> None:
    """Who gives up in the second queue is not laid at the door of the agent who answered him in the first."""
    story = told(
        """
        at | what happens                                       | C1
        0  | Ann sits in sales; C1 enters sales; C1 joins sales | waiting
        2  | sales rings Ann for C1; Ann lifts; C1 leaves sales | leaving
        2  | sales connects Ann to C1 after 2                   | talking
        9  | sales completes Ann with C1: 7 s, by transfer      | answered
        9  | C1 joins help                                      | waiting
        12 | C1 gives up help after 3; C1 hangs up              | abandoned
        """
    )
    assert [visit.agent for visit in story.stage.endings] == ["Ann", None]


def test_who_left_unseen_is_not_said_to_have_pressed_a_key() -> None:
    """The picture after a gap does not show him; that he runs on in the dialplan tells nothing of how he left."""
    story = told(
        """
        at | what happens                                      | C1
        0  | Ann sits in sales; C1 enters sales; C1 joins sales | waiting
        3  | link down                                         | waiting
        """
    )
    story.stage.tell(f.QueuesSynced(PBX, BEGIN + 8), f.LinkChanged(PBX, BEGIN + 8, LinkState.UP))
    story.happens(9, "C1 moves on")
    assert story.cell("C1") == "leaving"
    story.stage.wait(10)
    assert story.ended("C1").ending is Ending.UNKNOWN


@pytest.mark.parametrize("name", ["C1", None], ids=["with a name", "without a name"])
def test_last_word_that_comes_when_we_had_given_up(name: str | None) -> None:
    """A burst held it up for longer than our patience: it completes the visit all the same, and no other."""
    story = told(
        """
        at | what happens                                       | C1       | C2
        0  | Ann sits in sales; C1 joins sales                  | waiting  | nowhere
        2  | sales rings Ann for C1; Ann lifts; C1 leaves sales | leaving  | nowhere
        2  | sales connects Ann to C1 after 2                   | talking  | nowhere
        9  | C1 hangs up; Ann hangs up                          | closing  | nowhere
        20 | C2 joins sales                                     | answered | waiting
        21 | sales rings Ann for C2; Ann lifts; C2 leaves sales | answered | leaving
        21 | sales connects Ann to C2 after 1                   | answered | talking
        """
    )
    word = f.CallCompleted(PBX, BEGIN + 9, "sales", "Ann", "PJSIP/Ann", name, None, 2, 7, CompletedBy.CALLER)
    story.stage.tell(word)
    assert story.cell("C2") == "talking"
    figures = story.stage.figures(("agent", PBX, "Ann"))
    assert (figures["answered"], figures["talk_s"], figures["completed_by_caller"]) == (2, 7, 1)
