"""Attended transfers: laid beside the tape, and what happens when somebody does not play along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from asterisk.simulator.exchange import Call, HungUp
from asterisk.simulator.parts import Channel
from tests.simulator.orders import assert_same_story, story
from tests.simulator.stages import Stage


def _consult(stage: Stage, **habits: Any) -> Call:
    """Ann has a caller and will ask Cho."""
    queue = stage.queue()
    stage.agent("Ann", "1001", queue, transfers=1.0)
    stage.agent("Cho", "1003", **habits)
    return stage.call(queue)


def _to_the_end(stage: Stage) -> None:
    _consult(stage)
    stage.to_the_end()


def test_a_hand_over_is_told_as_on_the_tape() -> None:
    """Hold, the Local channel to the colleague, the merge, the optimisation, the end."""
    assert_same_story("22/attended-transfer-to-phone", _to_the_end, loose=True)


def _until_consulting(answered: bool, **habits: Any) -> tuple[Stage, Call]:
    """The first day on which Ann asks Cho, stopped while he rings or while they speak."""
    for seed in range(1, 100):
        stage = Stage(seed)
        call = _consult(stage, **habits)
        for _ in range(2000):
            stage.pass_time(0.1)
            cho = stage.world.phones["1003"].channels
            if cho and "Hold\r\n" in stage.tape and (not answered or cho[0].bridge is not None):
                return stage, call
            if not stage.exchange.calls:
                break
    raise AssertionError("nobody was ever asked")


def _nothing_left(stage: Stage) -> None:
    stage.to_the_end()
    assert not stage.world.channels
    assert not stage.world.bridges
    assert not any(agent.busy for agent in stage.world.agents.values())


def _ends(stage: Stage) -> list[str]:
    return [line.split("|")[4] for line in stage.world.queue_log][2:]


def test_after_a_hand_over_the_call_is_written_as_transferred() -> None:
    """``ATTENDEDTRANSFER|BRIDGE|id|wait|talk|position`` and nothing else."""
    stage, _ = _until_consulting(answered=True)
    _nothing_left(stage)
    assert _ends(stage) == ["ATTENDEDTRANSFER"]
    assert stage.world.queue_log[-1].split("|")[5] == "BRIDGE"


def test_a_colleague_who_does_not_answer_gives_the_caller_back() -> None:
    """The agent takes the caller off hold, they talk on, the call completes as usual."""
    stage, _ = _until_consulting(answered=False, misses=1.0)
    _nothing_left(stage)
    told = [said.name for said in story(stage.tape)]
    assert "AttendedTransfer" not in told
    assert told.count("Hold") == told.count("Unhold") == 1
    assert _ends(stage)[0].startswith("COMPLETE")


Chosen = Callable[[Stage, Call], Channel]

WHO: dict[str, Chosen] = {
    "the caller": lambda stage, call: call.caller,
    "the colleague": lambda stage, call: stage.world.phones["1003"].channels[0],
    "the agent": lambda stage, call: stage.world.phones["1001"].channels[0],
}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("answered", [False, True], ids=["ringing", "speaking"])
def test_whoever_hangs_up_during_the_consultation_the_call_ends_once(who: str, answered: bool) -> None:
    """One ending in the log, nothing left behind, whoever it is and whenever."""
    stage, call = _until_consulting(answered)
    call.life.interrupt(HungUp(WHO[who](stage, call)))
    _nothing_left(stage)
    assert len(_ends(stage)) == 1
    if who == "the agent" and answered:
        assert _ends(stage) == ["ATTENDEDTRANSFER"]
