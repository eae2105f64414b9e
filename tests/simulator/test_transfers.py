"""Blind transfers, laid beside the tapes."""

from __future__ import annotations

from typing import Any

from tests.simulator.orders import Play, assert_same_story, played_like
from tests.simulator.stages import Stage


def _to_colleague(**habits: Any) -> Play:
    """Ann hands the caller to Cho; the dice say how."""

    def play(stage: Stage) -> None:
        queue = stage.queue()
        stage.agent("Ann", "1001", queue, transfers=1.0)
        stage.agent("Cho", "1003", **habits)
        stage.call(queue)
        stage.to_the_end()

    return play


def _to_queue(stage: Stage) -> None:
    queue, other = stage.queue(), stage.queue("sales", "701")
    stage.agent("Ann", "1001", queue, transfers=1.0)
    stage.agent("Cho", "1003", other)
    stage.call(queue)
    stage.to_the_end()


def test_a_transfer_to_a_colleague_is_told_as_on_the_tape() -> None:
    """The stray Unhold, AgentComplete at the moment of transfer, Dial() by the caller's own channel."""
    assert_same_story("22/blind-transfer-to-phone", _to_colleague(hangs_up_first=1.0), loose=True)
    assert_same_story("captures/blind_transfer", _to_colleague(), loose=True)


def test_a_transfer_to_a_queue_is_told_as_on_the_tape() -> None:
    """The same channel joins a second queue and is answered there."""
    assert_same_story("22/blind-transfer-to-queue", _to_queue)


def test_a_transfer_is_written_as_asterisk_writes_it() -> None:
    """``BLINDTRANSFER|exten|context|wait|talk|position``, and the visit to the first queue has no other ending."""
    told = played_like("22/blind-transfer-to-queue", _to_queue)
    assert any(said.name == "BlindTransfer" for said in told)
    for seed in range(1, 60):
        stage = Stage(seed)
        _to_queue(stage)
        lines = [line.split("|", 4) for line in stage.world.queue_log]
        found = [data for *_, queue, _, data in lines if data.startswith("BLINDTRANSFER|701")]
        if found:
            assert found[0].split("|")[:3] == ["BLINDTRANSFER", "701", "internal"]
            assert len(found[0].split("|")) == 6
            endings = [data for _, _, queue, _, data in lines if queue == "support" and "COMPLETE" in data]
            assert not endings
            return
    raise AssertionError("no transfer to a queue in sixty days")
