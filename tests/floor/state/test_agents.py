"""Agents: the one state that follows from memberships, calls, phone and clock, as stories."""

from __future__ import annotations

import pytest

from floor.state.model import AgentState, Device, Span
from tests.support.replay import PBX
from tests.support.stories import BEGIN, Story, told

STATES = {
    "logging in and out": """
        at | what happens        | Ann
        0  | time passes         | nowhere
        1  | Ann sits in sales   | ready since 1
        2  | Ann sits in support | ready since 1
        8  | Ann leaves sales    | ready since 1
        9  | Ann leaves support  | logged_out since 9
    """,
    "paused in some of her queues she still works": """
        at | what happens                              | Ann
        0  | Ann sits in sales; Ann sits in support    | ready
        5  | Ann pauses in sales for meal              | ready since 0
        9  | Ann pauses in support for meal            | paused since 9
        12 | Ann returns in sales                      | ready since 12
        13 | Ann returns in support                    | ready since 12
    """,
    "a new reason begins a new pause": """
        at | what happens          | Ann
        0  | Ann sits in sales     | ready
        5  | Ann pauses for meal   | paused since 5
        25 | Ann pauses for coaching | paused since 25
        30 | Ann returns           | ready since 30
    """,
    "who did not answer is not on a break": """
        at | what happens               | Ann
        0  | Ann sits in sales          | ready
        5  | Ann pauses for Auto-Pause  | auto_paused since 5
        9  | Ann returns                | ready since 9
    """,
    "emergency": """
        at | what happens              | Ann
        0  | Ann sits in sales         | ready
        5  | Ann pauses for emergency  | emergency since 5
    """,
    "after-call work by pause reason": """
        at | what happens        | Ann
        0  | Ann sits in sales   | ready
        5  | Ann pauses for acw  | acw since 5
        9  | Ann returns         | ready since 9
    """,
    "paused during a call: the pause counts from the call's end": """
        at | what happens                                                       | Ann
        0  | Ann sits in sales; C1 joins sales; sales rings Ann for C1          | ringing
        2  | Ann lifts; C1 leaves sales; sales connects Ann to C1 after 2       | talking since 2
        9  | Ann pauses for meal                                                | talking since 2
        20 | sales completes Ann with C1: 18 s, by agent; Ann hangs up          | paused since 20
    """,
    "wrap-up runs out by itself": """
        at | what happens                                                       | Ann
        0  | Ann sits in sales with wrap-up 10; C1 joins sales                  | ready
        1  | sales rings Ann for C1; Ann lifts; sales connects Ann to C1        | talking
        6  | sales completes Ann with C1: 5 s, by caller; Ann hangs up          | acw since 6
        15 | time passes                                                        | acw since 6
        17 | time passes                                                        | ready since 16
    """,
    "off hook: in use without any call": """
        at | what happens            | Ann
        0  | Ann sits in sales       | ready
        5  | phone of Ann is in_use  | ready since 0
        7  | time passes             | ready since 0
        9  | time passes             | offhook since 5
        12 | phone of Ann is idle    | ready since 12
    """,
    "the phone's state may lag behind the call": """
        at | what happens                              | Ann
        0  | Ann sits in sales                         | ready
        5  | Ann is called by X1; phone of Ann is in_use | ringing
        6  | Ann lifts                                 | talking
        9  | Ann hangs up                              | ready since 9
        10 | phone of Ann is idle                      | ready since 9
        20 | time passes                               | ready since 9
    """,
    "off hook during a pause shows when the pause is over": """
        at | what happens            | Ann
        0  | Ann sits in sales       | ready
        5  | Ann pauses for meal     | paused since 5
        9  | phone of Ann is in_use  | paused since 5
        20 | Ann returns             | offhook since 20
    """,
    "phone gone": """
        at | what happens                    | Ann
        0  | Ann sits in sales               | ready
        5  | phone of Ann is unavailable     | unreachable since 5
        8  | phone of Ann is idle            | ready since 8
    """,
    "two phones: one of them is enough": """
        at | what happens                                                      | Ann
        0  | Ann sits in sales at PJSIP/1; Ann sits in support at PJSIP/2      | ready
    """,
}


@pytest.mark.parametrize("story", STATES.values(), ids=STATES)
def test_state(story: str) -> None:
    """In every line of the story she is in the one state it names, since the moment it names."""
    told(story)


def test_spans_are_whole() -> None:
    """States follow one another without hole or overlap, each bearing what explains it."""
    story = told(
        """
        at | what happens                                                 | Ann
        0  | Ann sits in sales with wrap-up 3                             | ready
        5  | C1 joins sales; sales rings Ann for C1                       | ringing
        8  | Ann lifts; sales connects Ann to C1 after 3                  | talking
        9  | Ann holds                                                    | holding
        12 | Ann resumes                                                  | talking
        15 | sales completes Ann with C1: 7 s, by caller; Ann hangs up    | acw
        20 | Ann pauses for meal                                          | paused since 20
        30 | Ann leaves sales                                             | logged_out
        """
    )
    spans = [record for record in story.stage.records if isinstance(record, Span)]
    assert [
        (span.state.value, span.began_at - BEGIN, span.ended_at - BEGIN, span.reason, span.call) for span in spans
    ] == [
        ("ready", 0, 5, None, None),
        ("ringing", 5, 8, None, "C1"),
        ("talking", 8, 9, None, "C1"),
        ("holding", 9, 12, None, "C1"),
        ("talking", 12, 15, None, "C1"),
        ("acw", 15, 18, None, "C1"),
        ("ready", 18, 20, None, None),
        ("paused", 20, 30, "meal", None),
    ]


def test_reason_stays_with_its_span() -> None:
    """The event that ends a pause bears no reason; the span keeps the one it had."""
    story = told(
        """
        at | what happens        | Ann
        0  | Ann sits in sales   | ready
        5  | Ann pauses for meal | paused
        9  | Ann returns         | ready
        """
    )
    (pause,) = [r for r in story.stage.records if isinstance(r, Span) and r.state is AgentState.PAUSED]
    assert pause.reason == "meal"


def test_misses_in_a_row() -> None:
    """Rings let go are counted until she answers one (R-PRS-16)."""
    story = Story().tell(
        """
        at | what happens                                          | Ann
        0  | Ann sits in sales; C1 joins sales                     | ready
        1  | sales rings Ann for C1                                | ringing
        6  | Ann lets it ring                                      | ready
        7  | sales rings Ann for C1                                | ringing
        12 | Ann lets it ring                                      | ready
        """
    )
    agent = story.agent("Ann")
    assert agent is not None
    assert agent.misses == 2
    story.tell(
        """
        at | what happens                                          | Ann
        13 | sales rings Ann for C1; Ann lifts                     | talking
        13 | sales connects Ann to C1                              | talking
        """
    )
    agent = story.agent("Ann")
    assert agent is not None
    assert agent.misses == 0


def test_clock_set_back_makes_no_negative_time() -> None:
    """When the exchange's clock is set back, spans have no negative length and the new state bears the new time."""
    story = told(
        """
        at   | what happens         | Ann
        1000 | Ann sits in sales    | ready since 1000
        1010 | Ann pauses for meal  | paused since 1010
        400  | Ann returns          | ready since 400
        410  | Ann pauses for smoke | paused since 410
        """
    )
    spans = [record for record in story.stage.records if isinstance(record, Span)]
    assert all(span.ended_at >= span.began_at for span in spans)


def test_wrap_up_is_over_once() -> None:
    """After wrap-up ran out, an exchange clock set back does not bring it back."""
    told(
        """
        at  | what happens                                                  | Ann
        100 | Ann sits in sales with wrap-up 10; C1 joins sales             | ready
        101 | sales rings Ann for C1; Ann lifts; sales connects Ann to C1   | talking
        106 | sales completes Ann with C1: 5 s, by caller; Ann hangs up     | acw
        120 | time passes                                                   | ready
        50  | phone of Ann is idle                                          | ready
        """
    )


def test_members_of_realtime_queues_are_met_when_rung() -> None:
    """No event tells them; being called for a caller makes agent, membership and queue known."""
    story = told(
        """
        at | what happens        | Ann
        0  | Ann sits in sales   | ready
        1  | C1 joins night      |
        """
    )
    story.members["Zoe", "night"] = story.members["Ann", "sales"].__class__("night", "Zoe", "PJSIP/Zoe", "PJSIP/Zoe")
    story.tell(
        """
        at | what happens            | Zoe
        2  | night rings Zoe for C1  | ringing
        """
    )
    floor = story.stage.store.snapshot()
    assert floor.queues[PBX, "night"].waiting == 1
    assert dict(floor.queues[PBX, "night"].states) == {AgentState.RINGING: 1}


def test_logging_in_from_a_phone_in_a_call() -> None:
    """The call she has while she logs in is hers at once."""
    story = Story()
    story.happens(0, "Bob sits in sales at PJSIP/9; Bob dials 555")
    story.happens(1, "Bob leaves sales")
    told_ = story.tell(
        """
        at | what happens                     | Bob
        2  | Bob sits in sales at PJSIP/9     | outbound
        """
    )
    assert told_.agent("Bob") is not None


def test_two_agents_at_one_phone() -> None:
    """A call at a shared phone is given to the one who works; the queue's word corrects it."""
    told(
        """
        at | what happens                                                     | Ann     | Bob
        0  | Ann sits in sales at PJSIP/1; Bob sits in sales at PJSIP/1       | ready   | ready
        1  | Bob pauses for meal                                              | ready   | paused
        2  | Ann is called by X1                                              | ringing | paused
        3  | Ann hangs up                                                     | ready   | paused
        4  | Bob returns; C1 joins sales                                      | ready   | ready
        5  | sales rings Ann for C1                                           | ringing | ready
        """
    )


def test_agent_and_queue_of_one_name() -> None:
    """An agent may be called like his queue, in any script."""
    story = Story()
    story.happens(0, "Sales sits in sales")
    assert story.cell("Sales") == "ready"


@pytest.mark.parametrize("device", [Device.IN_USE, Device.BUSY, Device.ON_HOLD])
def test_off_hook_by_any_busy_device(device: Device) -> None:
    """Whatever the exchange calls a busy phone, three seconds of it without a call are off hook."""
    story = told(
        f"""
        at | what happens                   | Ann
        0  | Ann sits in sales              | ready
        5  | phone of Ann is {device.value} | ready
        9  | time passes                    | offhook
        """
    )
    assert story.agent("Ann") is not None
