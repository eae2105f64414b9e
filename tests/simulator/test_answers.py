"""Answered calls from the first word to the last leg, laid beside the tapes."""

from __future__ import annotations

from typing import Any

import pytest

from asterisk.simulator.exchange import Moved
from tests.simulator.orders import Play, assert_same_story, messages
from tests.simulator.stages import Stage


def _simple(**habits: Any) -> Play:
    """One agent, one caller, to the end."""

    def play(stage: Stage) -> None:
        queue = stage.queue()
        stage.agent("Ann", "1001", queue, **habits)
        stage.call(queue)
        stage.to_the_end()

    return play


def _redirected(stage: Stage) -> None:
    queue = stage.queue()
    stage.agent("Ann", "1001", queue, talks_s=600.0)
    call = stage.call(queue)
    stage.pass_time(20.0)
    call.life.interrupt(Moved(call.caller, "aside", "s", 1))
    stage.to_the_end()


SITUATIONS: dict[str, Play] = {
    "22/answered-caller-hangs-up": _simple(),
    "22/answered-agent-hangs-up": _simple(hangs_up_first=1.0),
    "22/hold-once": _simple(holds=0.5),
    "22/hold-several": _simple(holds=0.7, hangs_up_first=1.0),
    "captures/basic_hold": _simple(holds=0.5),
    "captures/agent_hangs_up": _simple(hangs_up_first=1.0),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_conversations_are_told_as_on_the_tape(name: str) -> None:
    """The same events in the same order."""
    assert_same_story(name, SITUATIONS[name])


def test_a_redirected_conversation_completes_when_the_caller_is_gone() -> None:
    """The agent is free at once, AgentComplete comes with the caller's hang-up: as on the tape."""
    assert_same_story("22/redirected-while-talking", _redirected, loose=True)


@pytest.mark.parametrize(
    ("first", "verb", "reason"), [(0.0, "COMPLETECALLER", "caller"), (1.0, "COMPLETEAGENT", "agent")]
)
def test_figures_agree_between_event_and_log(first: float, verb: str, reason: str) -> None:
    """Wait, ring, talk and position: AgentConnect, AgentComplete and queue_log say the same whole seconds."""
    stage = Stage()
    _simple(hangs_up_first=first)(stage)
    told = {m["Event"]: m for m in messages(stage.tape)}
    connect, complete = told["AgentConnect"], told["AgentComplete"]
    lines = {line.split("|")[4]: line.split("|") for line in stage.world.queue_log}
    assert lines["CONNECT"][5:] == [connect["HoldTime"], connect["DestUniqueid"], connect["RingTime"]]
    assert lines[verb][5:] == [complete["HoldTime"], complete["TalkTime"], "1"]
    assert complete["Reason"] == reason
    assert complete["HoldTime"] == connect["HoldTime"]


def test_the_queue_keeps_its_own_statistics() -> None:
    """Completed calls, the member's calls and last call, who is in a call while it lasts."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue)
    stage.call(queue)
    stage.pass_time(12.0)
    assert ann.members["support"].in_call
    stage.to_the_end()
    seat = ann.members["support"]
    assert (queue.completed, seat.calls_taken, seat.in_call) == (1, 1, False)
    assert seat.last_call > stage.world.now - 600


def test_wrap_up_keeps_the_next_caller_waiting() -> None:
    """For so many seconds after a call the member is not rung."""
    stage = Stage()
    queue = stage.queue(wrapup_s=20)
    ann = stage.agent("Ann", "1001", queue)
    ann.members["support"].wrapup_s = 20
    stage.call(queue)
    while not queue.completed:
        stage.pass_time(0.5)
    ended_at = stage.world.now
    stage.call(queue)
    stage.to_the_end()
    called = [float(m["Timestamp"]) for m in messages(stage.tape) if m["Event"] == "AgentCalled"]
    assert 19 <= called[1] - ended_at <= 22


def test_some_pause_for_after_call_work() -> None:
    """With the reason ``acw``, and come back by themselves."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue, acw_pause=1.0)
    stage.call(queue)
    stage.to_the_end()
    assert ann.members["support"].reason == "acw"
    stage.pass_time(600)
    assert not ann.paused
