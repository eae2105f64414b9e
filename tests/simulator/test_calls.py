"""Calls from outside: into a queue, refused by it, straight to an agent; and where the dialplan takes them."""

from __future__ import annotations

from typing import Any

import pytest

from asterisk.simulator import calls
from asterisk.simulator.exchange import Moved
from tests.simulator.orders import Play, assert_same_story, story
from tests.simulator.stages import Stage


def _full(stage: Stage) -> None:
    queue = stage.queue(max_callers=1)
    stage.call(queue, patience_s=3.0)
    stage.pass_time(1.0)
    stage.call(queue)
    stage.to_the_end()


def _join_empty(stage: Stage) -> None:
    queue = stage.queue(join_empty=False)
    stage.call(queue)
    stage.to_the_end()


def _direct(**habits: Any) -> Play:
    def play(stage: Stage) -> None:
        ann, trunk = stage.agent("Ann", "1001", **habits), stage.world.trunks["carrier"]
        stage.exchange.begin(lambda call: calls.direct(stage.exchange, call, trunk, "01632960002", ann))
        stage.to_the_end()

    return play


@pytest.mark.parametrize(("name", "play"), [("22/queue-full", _full), ("22/join-empty-refused", _join_empty)])
def test_a_caller_whom_the_queue_does_not_take_is_told_as_on_the_tape(name: str, play: Play) -> None:
    """QUEUESTATUS without a join; nothing in queue_log."""
    assert_same_story(name, play)


def test_a_call_to_an_agents_own_number_is_told_like_an_internal_one() -> None:
    """Dial() from the start; the caller's leg is up only when the agent is; no queue hears of it."""
    assert_same_story("22/internal-call", _direct(hangs_up_first=1.0))
    stage = Stage()
    _direct(misses=1.0)(stage)
    assert not stage.world.queue_log
    assert not stage.world.channels


def test_a_busy_agent_cannot_be_dialled() -> None:
    """The caller hears so and is gone; the agent's call is not touched."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue, talks_s=600.0)
    stage.call(queue)
    stage.pass_time(15.0)
    trunk = stage.world.trunks["carrier"]
    stage.exchange.begin(lambda call: calls.direct(stage.exchange, call, trunk, "01632960002", ann))
    stage.pass_time(5.0)
    assert len(ann.phone.channels) == 1
    assert len(stage.exchange.calls) == 1


@pytest.mark.parametrize("exten", ["701", "1003", "s"])
def test_a_moved_caller_goes_where_the_dialplan_leads(exten: str) -> None:
    """To another queue, to an agent's number, or to a while of nothing; and then he is gone."""
    stage = Stage()
    queue, other = stage.queue(), stage.queue("sales", "701")
    stage.agent("Bob", "1002", other)
    stage.agent("Cho", "1003")
    call = stage.call(queue)
    stage.pass_time(2.0)
    call.life.interrupt(Moved(call.caller, "internal", exten, 1))
    stage.to_the_end()
    told = story(stage.tape)
    assert [said.name for said in told].count("QueueCallerJoin") == (2 if exten == "701" else 1)
    assert ("DialBegin" in {said.name for said in told}) is (exten != "s")
    assert not stage.world.channels
