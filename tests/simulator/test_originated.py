"""Originate: ringing a phone for somebody, above all to listen; laid beside the capture of a supervisor who listens."""

from __future__ import annotations

import pytest

from asterisk.simulator.exchange import HungUp
from asterisk.simulator.originated import Origination, originate
from asterisk.simulator.parts import Phone
from asterisk.simulator.spying import Sound
from tests.simulator.orders import messages, story, tape
from tests.simulator.stages import Stage


def _stage() -> Stage:
    stage = Stage()
    queue = stage.queue()
    stage.agent("Ann", "1001", queue, talks_s=600.0)
    stage.world.phones["1900"] = Phone("1900", "192.0.2.9")
    stage.call(queue)
    stage.pass_time(20.0)
    stage.said.clear()
    return stage


def _listen(stage: Stage, data: str, number: str = "*1") -> None:
    asked = Origination("PJSIP/1900", "77", "ChanSpy", data, number=number, name="Monitor")
    call = stage.exchange.begin(lambda call: originate(stage.exchange, call, asked))
    stage.pass_time(15.0)
    if call.legs and call.legs[0].name in stage.world.channels:
        call.life.interrupt(HungUp(call.legs[0]))
    stage.pass_time(1.0)


def test_listening_is_told_as_in_the_capture() -> None:
    """The phone rings, OriginateResponse, ChanSpyStart, hang-up, ChanSpyStop, in this order."""
    stage = _stage()
    _listen(stage, "PJSIP/1001,qE")
    names = [str(said) for said in story(stage.tape) if said.name != "DeviceStateChange"]
    real = [str(said) for said in tape("captures/spy_modes")]
    first = real.index("Newchannel c")
    theirs = [line for line in real[first:] if not line.startswith(("DeviceState", "QueueMember"))][: len(names)]
    assert [line.replace(" a", " c") for line in names] == theirs


@pytest.mark.parametrize("data", ["PJSIP/1001,qwE", "{exact},quE"])
def test_the_spied_channel_is_found_by_prefix_or_exactly(data: str) -> None:
    """Option ``u`` takes the whole name; otherwise a prefix does."""
    stage = _stage()
    exact = stage.world.phones["1001"].channels[0].name
    _listen(stage, data.format(exact=exact))
    started = [m for m in messages(stage.tape) if m["Event"] == "ChanSpyStart"]
    assert [m["SpyeeChannel"] for m in started] == [exact]
    assert started[0]["SpyerChannel"].startswith("PJSIP/1900-")


def test_listening_ends_with_the_call() -> None:
    """When the spied channel is gone, the spy's leg goes, too."""
    stage = _stage()
    asked = Origination("PJSIP/1900", "77", "ChanSpy", "PJSIP/1001,qE")
    stage.exchange.begin(lambda call: originate(stage.exchange, call, asked))
    stage.pass_time(10.0)
    talking = next(iter(stage.exchange.calls))
    talking.life.interrupt(HungUp(talking.caller))
    stage.to_the_end()
    assert [m["Event"] for m in messages(stage.tape)].count("ChanSpyStop") == 1
    assert not stage.world.channels


@pytest.mark.parametrize(
    ("channel", "reason"), [("PJSIP/9999", "0"), ("AudioSocket/127.0.0.1:1/x", "0"), ("PJSIP/1001", "5")]
)
def test_what_cannot_be_rung_fails_in_the_response(channel: str, reason: str) -> None:
    """No such phone, a technology that the simulator has not, a phone in a call."""
    stage = _stage()
    asked = Origination(channel, "77", "Wait", "1")
    stage.exchange.begin(lambda call: originate(stage.exchange, call, asked))
    stage.pass_time(5.0)
    response = next(m for m in messages(stage.tape) if m["Event"] == "OriginateResponse")
    assert (response["Response"], response["Reason"], response["ActionID"]) == ("Failure", reason, "77")


def test_a_phone_can_be_sent_into_the_dialplan() -> None:
    """To a queue's number: it waits there as a caller."""
    stage = Stage()
    stage.queue()
    stage.world.phones["1900"] = Phone("1900", "192.0.2.9")
    asked = Origination("PJSIP/1900", "77", context="internal", exten="700")
    stage.exchange.begin(lambda call: originate(stage.exchange, call, asked))
    stage.pass_time(10.0)
    assert [waiter.channel.device for waiter in stage.world.queues["support"].line] == [stage.world.phones["1900"]]
    stage.to_the_end()


ID = "12345678-1234-1234-1234-123456789abc"
SOCKET = f"AudioSocket/127.0.0.1:9/{ID}"


def _socket(stage: Stage, data: str, *, up: bool) -> list[Sound]:
    """Order a listening over a network on which the connection comes about, or not."""
    sounds: list[Sound] = []

    def connect(sound: Sound) -> None:
        sounds.append(sound)
        stage.world.schedule.after(0.01, lambda: sound.connected(up))

    stage.exchange.connect = connect
    asked = Origination(SOCKET, "77", "ChanSpy", data, channel_id="floor-spy-1")
    stage.exchange.begin(lambda call: originate(stage.exchange, call, asked))
    stage.pass_time(1.0)
    return sounds


def test_a_socket_listens_until_the_other_side_ends_it() -> None:
    """Under the uniqueid that was chosen, to the channel of this uniqueid; the other side hangs up, and it is over."""
    stage = _stage()
    spied = stage.world.phones["1001"].channels[0]
    (sound,) = _socket(stage, f"{spied.uniqueid},uqESD", up=True)
    started = [m for m in messages(stage.tape) if m["Event"] == "ChanSpyStart"]
    assert [(m["SpyerUniqueid"], m["SpyeeUniqueid"]) for m in started] == [("floor-spy-1", spied.uniqueid)]
    assert sound.frame(0.0) is not None
    sound.end()
    stage.pass_time(1.0)
    assert [m["Event"] for m in messages(stage.tape)][-2:] == ["ChanSpyStop", "Hangup"]


def test_a_socket_ends_with_the_call() -> None:
    """And the other side is told by the end of its sound."""
    stage = _stage()
    (sound,) = _socket(stage, f"{stage.world.phones['1001'].channels[0].uniqueid},uqESD", up=True)
    talking = next(iter(stage.exchange.calls))
    talking.life.interrupt(HungUp(talking.caller))
    stage.to_the_end()
    assert sound.over
    assert not stage.world.channels


@pytest.mark.parametrize(("data", "up", "response"), [("9.9,uqESD", True, "Success"), ("9.9,uqESD", False, "Failure")])
def test_a_socket_without_a_call_or_a_connection(data: str, up: bool, response: str) -> None:
    """A call that is over is not listened to, and no other one is; a connection not made is told in the response."""
    stage = _stage()
    (sound,) = _socket(stage, data, up=up)
    said = [m for m in messages(stage.tape) if m["Event"] in ("OriginateResponse", "ChanSpyStart")]
    assert [m["Response"] for m in said] == [response]
    assert sound.over


def test_hung_up_by_its_uniqueid() -> None:
    """As Asterisk, the simulator takes a uniqueid where a name is asked for."""
    stage = _stage()
    spied = stage.world.phones["1001"].channels[0]
    assert stage.world.channel(spied.uniqueid) is stage.world.channel(spied.name) is spied
    assert stage.world.channel("9.9") is None
