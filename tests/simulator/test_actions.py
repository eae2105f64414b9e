"""Actions that change the exchange: what they do, beyond what they answer."""

from __future__ import annotations

import pytest

from asterisk.simulator.actions import ACTIONS, Refused
from asterisk.simulator.parts import Phone
from asterisk.simulator.wire import Pairs
from tests.simulator.orders import messages
from tests.simulator.stages import Stage


def _do(stage: Stage, action: str, **asked: str) -> Pairs:
    kind, pairs = ACTIONS[action].do(stage.exchange, asked)
    assert kind == "Success"
    return pairs


def _names(stage: Stage) -> list[str]:
    return [m["Event"] for m in messages(stage.tape)]


def test_a_member_is_added_penalised_and_removed() -> None:
    """A dynamic member, with penalty and pause as asked; a static one cannot be removed."""
    stage = Stage()
    queue, other = stage.queue(), stage.queue("sales", "701")
    stage.agent("Ann", "1001", queue)
    asked = {"queue": "sales", "interface": "PJSIP/1001", "penalty": "2", "paused": "true", "reason": "training"}
    _do(stage, "queueadd", **asked)
    seat = other.members["Ann"]
    assert (seat.dynamic, seat.penalty, seat.paused, seat.reason) == (True, 2, True, "training")
    _do(stage, "queuepenalty", interface="PJSIP/1001", penalty="7", queue="sales")
    assert seat.penalty == 7
    _do(stage, "queueremove", queue="sales", interface="PJSIP/1001")
    assert not other.members
    with pytest.raises(Refused, match="Member not dynamic"):
        _do(stage, "queueremove", queue="support", interface="PJSIP/1001")
    assert _names(stage).count("QueueMemberAdded") == _names(stage).count("QueueMemberRemoved") == 1


def test_a_pause_is_of_all_queues_or_of_one() -> None:
    """As asked; unpausing likewise."""
    stage = Stage()
    ann = stage.agent("Ann", "1001", stage.queue(), stage.queue("sales", "701"))
    _do(stage, "queuepause", interface="PJSIP/1001", paused="true", queue="sales", reason="meal")
    assert [seat.paused for seat in ann.members.values()] == [False, True]
    _do(stage, "queuepause", interface="PJSIP/1001", paused="yes")
    assert [seat.paused for seat in ann.members.values()] == [True, True]
    _do(stage, "queuepause", interface="PJSIP/1001", paused="0")
    assert not ann.paused


def test_a_hangup_ends_the_call_without_a_request_of_the_phone() -> None:
    """The exchange does it: no HangupRequest, the caller's visit is abandoned."""
    stage = Stage()
    call = stage.call(stage.queue())
    stage.pass_time(3.0)
    _do(stage, "hangup", channel=call.caller.name, cause="21")
    stage.to_the_end()
    assert "HangupRequest" not in _names(stage)
    assert stage.world.queue_log[-1].split("|")[4] == "ABANDON"


def test_a_redirect_takes_a_caller_out_of_the_line() -> None:
    """To a queue's number he joins again there."""
    stage = Stage()
    call = stage.call(stage.queue())
    stage.queue("sales", "701")
    stage.pass_time(3.0)
    _do(stage, "redirect", channel=call.caller.name, context="internal", exten="701", priority="1")
    stage.pass_time(1.0)
    assert [len(queue.line) for queue in stage.world.queues.values()] == [0, 1]
    with pytest.raises(Refused, match="Invalid priority"):
        _do(stage, "redirect", channel=call.caller.name, exten="701", priority="one")
    stage.to_the_end()


def test_a_caller_is_withdrawn() -> None:
    """Out of the queue with the information given."""
    stage = Stage()
    call = stage.call(stage.queue())
    stage.pass_time(3.0)
    _do(stage, "queuewithdrawcaller", queue="support", caller=call.caller.name, withdrawinfo="called back")
    stage.to_the_end()
    assert stage.world.queue_log[-1].endswith("|WITHDRAW|1|1|2|called back") or stage.world.queue_log[-1].endswith(
        "|WITHDRAW|1|1|3|called back"
    )


def test_originate_rings_a_phone() -> None:
    """Queued at once; caller id in either form; the response comes as an event."""
    stage = Stage()
    stage.world.phones["1900"] = Phone("1900", "192.0.2.9")
    asked = {"channel": "PJSIP/1900", "application": "Wait", "data": "5", "callerid": '"Floor" <*1>', "actionid": "9"}
    assert _do(stage, "originate", **asked) == {"Message": "Originate successfully queued"}
    stage.pass_time(20.0)
    response = next(m for m in messages(stage.tape) if m["Event"] == "OriginateResponse")
    assert (response["Response"], response["ActionID"]) == ("Success", "9")
    assert (response["CallerIDNum"], response["CallerIDName"]) == ("*1", "Floor")
    with pytest.raises(Refused, match="Extension not specified"):
        _do(stage, "originate", channel="PJSIP/1900")


def test_status_counts_calls() -> None:
    """Calls under way and processed since boot."""
    stage = Stage()
    stage.call(stage.queue(), patience_s=5.0)
    stage.pass_time(1.0)
    assert _do(stage, "corestatus")["CoreCurrentCalls"] == 1
    stage.to_the_end()
    assert _do(stage, "corestatus")["CoreProcessedCalls"] == 1
    assert _do(stage, "corestatus")["CoreStartupDate"] == "2026-11-22"
