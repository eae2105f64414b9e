"""Rings of members, laid beside the tapes: answered elsewhere, refused, rung out, through a Local channel."""

from __future__ import annotations

import pytest

from asterisk.simulator.exchange import HungUp
from tests.simulator.orders import Play, assert_same_story, messages
from tests.simulator.stages import Stage


def _misses(stage: Stage) -> None:
    queue = stage.queue(strategy="rrmemory")
    stage.agent("Ann", "1001", queue, misses=1.0)
    stage.agent("Bob", "1002", queue)
    stage.call(queue)
    stage.to_the_end()


def _rejects(stage: Stage) -> None:
    queue = stage.queue(strategy="rrmemory")
    stage.agent("Ann", "1001", queue, rejects=1.0)
    stage.agent("Bob", "1002", queue, hangs_up_first=1.0)
    stage.call(queue)
    stage.to_the_end()


def _automatic_pause(stage: Stage) -> None:
    queue = stage.queue(autopause=True, ring_s=2.0)
    stage.agent("Ann", "1001", queue, misses=1.0)
    stage.agent("Bob", "1002", queue, answers_after_s=0.5)
    stage.call(queue)
    stage.to_the_end()


def _ring_all(stage: Stage) -> None:
    queue = stage.queue(strategy="ringall")
    for name, number, seconds in (("Ann", "1001", 9.0), ("Bob", "1002", 9.0), ("Cho", "1003", 0.5)):
        stage.agent(name, number, queue, answers_after_s=seconds)
    stage.call(queue)
    stage.to_the_end()


def _behind_local(stage: Stage) -> None:
    queue = stage.queue()
    stage.agent("Ann", "1001", queue, local=True, hangs_up_first=1.0)
    stage.call(queue)
    stage.to_the_end()


SITUATIONS: dict[str, Play] = {
    "22/ring-no-answer-then-other": _misses,
    "22/agent-rejects": _rejects,
    "22/automatic-pause": _automatic_pause,
    "22/ring-all": _ring_all,
    "captures/ring_no_answer": _misses,
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_rings_are_told_as_on_the_tape(name: str) -> None:
    """The same events in the same order."""
    assert_same_story(name, SITUATIONS[name])


def test_a_member_behind_a_local_channel_is_told_as_on_the_tape() -> None:
    """Both ends of the Local channel and the phone, each in its order."""
    assert_same_story("22/phone-behind-local-agent-hangs-up", _behind_local, loose=True)


def test_ring_times_are_milliseconds_when_missed_and_seconds_when_answered() -> None:
    """AgentRingNoAnswer counts differently from AgentConnect (domain.md F1)."""
    stage = Stage()
    _misses(stage)
    told = {m["Event"]: m for m in messages(stage.tape)}
    assert told["AgentRingNoAnswer"]["RingTime"] == "15000"
    assert int(told["AgentConnect"]["RingTime"]) < 60


def test_a_phone_lost_while_it_rings_counts_as_not_answered() -> None:
    """The queue goes on with the next member, and the agent is free for nobody until he is back."""
    stage = Stage()
    queue = stage.queue(strategy="rrmemory")
    ann = stage.agent("Ann", "1001", queue, misses=1.0)
    stage.agent("Bob", "1002", queue)
    call = stage.call(queue)
    stage.pass_time(3.0)
    ann.phone.reachable = False
    call.life.interrupt(HungUp(ann.phone.channels[0], 20, asked=False))
    stage.to_the_end()
    verbs = [line.split("|")[3:5] for line in stage.world.queue_log]
    assert ["Ann", "RINGNOANSWER"] in verbs
    assert ["Bob", "CONNECT"] in verbs
    assert not ann.busy


def test_automatic_pause_is_of_one_queue() -> None:
    """``autopause = yes`` pauses where the call was missed, with the reason Asterisk gives."""
    stage = Stage()
    queue, other = stage.queue(autopause=True, ring_s=2.0), stage.queue("sales", "701")
    ann = stage.agent("Ann", "1001", queue, other, misses=1.0)
    stage.call(queue, patience_s=5.0)
    stage.to_the_end()
    assert (ann.members["support"].paused, ann.members["support"].reason) == (True, "Auto-Pause")
    assert not ann.members["sales"].paused
