"""Callers taken to a phone that is lifted for them, out of the line and out of a conversation, as real exchanges do."""

from __future__ import annotations

from asterisk.simulator.exchange import Call, HungUp
from asterisk.simulator.originated import Origination, originate
from asterisk.simulator.parts import Phone
from tests.simulator.orders import messages
from tests.simulator.stages import Stage


def _stage(*, ready: bool) -> tuple[Stage, Call]:
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue, talks_s=600.0)
    stage.world.phones["1900"] = Phone("1900", "192.0.2.9")
    if not ready:
        stage.exchange.lines.pause(ann, "meal")
    call = stage.call(queue)
    stage.pass_time(20.0)
    stage.said.clear()
    return stage, call


def _fetch(stage: Stage, name: str, phone: str = "1900", application: str = "Bridge") -> Call:
    asked = Origination(f"PJSIP/{phone}", "77", application, name)
    taking = stage.exchange.begin(lambda call: originate(stage.exchange, call, asked))
    stage.pass_time(10.0)
    return taking


def _names(stage: Stage) -> list[str]:
    return [message["Event"] for message in messages(stage.tape)]


def _verbs(stage: Stage) -> list[str]:
    return [line.split("|")[4] for line in stage.world.queue_log]


def test_out_of_the_line() -> None:
    """No word of leaving: a bridge with the lifted phone, and the log lets somebody nameless give up."""
    stage, call = _stage(ready=False)
    caller = call.caller
    taking = _fetch(stage, caller.name)
    assert not {"QueueCallerLeave", "QueueCallerAbandon", "Hangup"} & set(_names(stage))
    entered = [m["Channel"] for m in messages(stage.tape) if m["Event"] == "BridgeEnter"]
    assert entered == [caller.name, taking.legs[0].name]
    assert not stage.world.queues["support"].line
    assert _verbs(stage)[-1] == "ABANDON"
    assert stage.world.queue_log[-1].split("|")[1] != caller.uniqueid
    taking.life.interrupt(HungUp(taking.legs[0]))
    stage.to_the_end()
    assert not stage.world.channels


def test_out_of_a_conversation() -> None:
    """The agent is free at once; his call completes when the caller is gone, as the caller's."""
    stage, call = _stage(ready=True)
    caller, ann = call.caller, stage.world.agents["Ann"]
    assert ann.busy
    taking = _fetch(stage, caller.name)
    assert not ann.busy
    assert not ann.phone.channels
    assert "AgentComplete" not in _names(stage)
    taking.life.interrupt(HungUp(caller))
    stage.to_the_end()
    assert [m["Reason"] for m in messages(stage.tape) if m["Event"] == "AgentComplete"] == ["caller"]
    assert _verbs(stage)[-1] == "COMPLETECALLER"
    assert not stage.world.channels


def test_while_a_phone_rings_for_him() -> None:
    """It stops ringing, and its agent is free."""
    stage = Stage()
    queue = stage.queue()
    ann = stage.agent("Ann", "1001", queue, answers_after_s=60.0)
    stage.world.phones["1900"] = Phone("1900", "192.0.2.9")
    call = stage.call(queue)
    stage.pass_time(2.0)
    assert ann.phone.channels
    _fetch(stage, call.caller.name)
    assert not ann.phone.channels
    assert _verbs(stage)[-2:] == ["RINGCANCELED", "ABANDON"]


def test_nobody_of_that_name() -> None:
    """The lifted phone hears the line end; the caller stays where he is."""
    stage, call = _stage(ready=True)
    taking = _fetch(stage, "PJSIP/carrier-99999999")
    assert taking not in stage.exchange.calls
    assert call in stage.exchange.calls


def test_calling_an_agent() -> None:
    """One phone rings, then the other; a busy one is not rung."""
    stage, _ = _stage(ready=False)
    _fetch(stage, "PJSIP/1001,30", application="Dial")
    assert stage.world.agents["Ann"].busy
    stage.world.phones["1901"] = Phone("1901", "192.0.2.10")
    second = _fetch(stage, "PJSIP/1001,30", "1901", "Dial")
    assert second not in stage.exchange.calls
