"""Dial() without a queue: answered, unanswered, given up, broken off."""

from __future__ import annotations

from typing import Any

import pytest

from asterisk.simulator import outgoing
from asterisk.simulator.exchange import Call, HungUp
from tests.simulator.orders import Play, assert_same_story, story
from tests.simulator.stages import Stage


def _internal(stage: Stage, **habits: Any) -> Call:
    ann = stage.agent("Ann", "1001", stage.queue())
    stage.agent("Bob", "1002", **habits)
    return stage.exchange.begin(lambda call: outgoing.internal(stage.exchange, call, ann))


def _bob_hangs_up(stage: Stage) -> None:
    _internal(stage, hangs_up_first=1.0)
    stage.to_the_end()


def test_an_internal_call_is_told_as_on_the_tape() -> None:
    """Ann calls Bob, they talk, Bob hangs up."""
    assert_same_story("22/internal-call", _bob_hangs_up)


@pytest.mark.parametrize(
    ("seconds", "who", "status"), [(1.0, "1001", "CANCEL"), (1.0, "1002", "BUSY"), (15.0, "1001", "ANSWER")]
)
def test_whoever_hangs_up_both_are_free(seconds: float, who: str, status: str) -> None:
    """While it rings or while they talk; the last DialEnd says how it went."""
    stage = Stage()
    call = _internal(stage, talks_s=600.0)
    stage.pass_time(seconds)
    call.life.interrupt(HungUp(stage.world.phones[who].channels[0]))
    stage.to_the_end()
    assert [said.detail for said in story(stage.tape) if said.name == "DialEnd"][-1] == status
    assert not stage.world.channels
    assert not any(agent.busy for agent in stage.world.agents.values())


def _unanswered() -> Play:
    def play(stage: Stage) -> None:
        _internal(stage, misses=1.0)
        stage.to_the_end()

    return play


def test_an_unanswered_call_ends_by_itself() -> None:
    """After Dial()'s twenty seconds; the caller's dialplan hangs up."""
    stage = Stage()
    _unanswered()(stage)
    told = story(stage.tape)
    assert [said.detail for said in told if said.name == "DialEnd"] == ["NOANSWER"]
    assert stage.world.now - stage.world.booted_at >= 20
