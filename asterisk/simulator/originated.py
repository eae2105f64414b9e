"""Action: Originate: the exchange rings a phone, then runs an application (ChanSpy above all) or the dialplan."""

from __future__ import annotations

from dataclasses import dataclass

from asterisk.simulator import calls, wire
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Channel, ChannelState, Phone
from asterisk.simulator.schedule import Steps

NO_SUCH, BUSY, ANSWERED = 0, 5, 4
"""OriginateResponse reasons."""


@dataclass(frozen=True, slots=True)
class Origination:
    """What was asked for."""

    channel: str
    action_id: str
    application: str = ""
    data: str = ""
    context: str = ""
    exten: str = ""
    priority: int = 1
    number: str = ""
    name: str = ""


def originate(exchange: Exchange, call: Call, asked: Origination) -> Steps:
    """Ring the phone, say how it went, run what was asked."""
    phone = exchange.world.phones.get(asked.channel.removeprefix("PJSIP/"))
    if phone is None or not phone.reachable or phone.channels:
        yield 0.05
        _say(exchange, asked, None, NO_SUCH if phone is None or not phone.reachable else BUSY)
        return
    if phone.agent is not None:
        if phone.agent.busy:
            _say(exchange, asked, None, BUSY)
            return
        exchange.take(call, phone.agent)
    leg = _dial(exchange, call, phone, asked)
    yield about(exchange.world.random, 2.5)
    exchange.switch.enter_state(leg, ChannelState.UP)
    exchange.switch.refresh(phone)
    exchange.switch.dial_end(None, leg, "ANSWER")
    _say(exchange, asked, leg, ANSWERED)
    if asked.application:
        yield from _application(exchange, leg, asked)
    else:
        exchange.switch.step(leg, "Answer", context=asked.context, exten=asked.exten, priority=asked.priority)
        yield from calls.dialplan(exchange, call, Moved(leg, asked.context, asked.exten, asked.priority))


def _dial(exchange: Exchange, call: Call, phone: Phone, asked: Origination) -> Channel:
    switch = exchange.switch
    leg = switch.open(phone, number=phone.number, name=phone.agent.name if phone.agent else "")
    call.caller = leg
    call.own(leg)
    switch.step(leg, "AppDial2", "(Outgoing Line)")
    if asked.number:
        switch.identify(leg, asked.number, asked.name)
        switch.connect_line(leg, asked.number, asked.name)
    switch.dial_begin(None, leg, phone.number)
    switch.enter_state(leg, ChannelState.RINGING)
    switch.refresh(phone)
    switch.dial_state(None, leg, "RINGING")
    return leg


def _say(exchange: Exchange, asked: Origination, leg: Channel | None, reason: int) -> None:
    """OriginateResponse."""
    what: wire.Pairs = (
        {"Application": asked.application, "Data": asked.data}
        if asked.application
        else {"Context": asked.context, "Exten": asked.exten}
    )
    body: wire.Pairs = {
        **({"ActionID": asked.action_id} if asked.action_id else {}),
        "Response": "Success" if leg else "Failure",
        "Channel": leg.name if leg else asked.channel,
        **what,
        "Reason": reason,
        "Uniqueid": leg.uniqueid if leg else "<unknown>",
        "CallerIDNum": (leg.number if leg else asked.number) or "<unknown>",
        "CallerIDName": (leg.caller_name if leg else asked.name) or "<unknown>",
    }
    exchange.world.emit("OriginateResponse", wire.lines(body))


def _application(exchange: Exchange, leg: Channel, asked: Origination) -> Steps:
    """Runs until the phone hangs up, or with ChanSpy and ``E`` until the spied channel is gone."""
    switch = exchange.switch
    switch.change(leg, application=asked.application, data=asked.data)
    spied = _spied(exchange, asked) if asked.application.lower() == "chanspy" else None
    if spied is not None:
        _say_spying(exchange, "ChanSpyStart", leg, spied)
    ends_at = exchange.world.now + about(exchange.world.random, 90.0)
    asked_hangup = True
    try:
        while exchange.world.now < ends_at:
            yield 0.5 if spied is not None else ends_at - exchange.world.now
            if spied is not None and spied.name not in exchange.world.channels:
                asked_hangup = False
                break
    except (HungUp, Moved, Withdrawn) as broken:
        asked_hangup = isinstance(broken, HungUp) and broken.asked
    if asked_hangup:
        switch.ask_hangup(leg)
    if spied is not None:
        _say_spying(exchange, "ChanSpyStop", leg, spied)
    switch.close(leg, 0)


def _spied(exchange: Exchange, asked: Origination) -> Channel | None:
    """ChanSpy takes a prefix; with option ``u`` the whole name."""
    name, _, options = asked.data.partition(",")
    exact = "u" in options
    for leg in exchange.world.channels.values():
        if leg.bridge is not None and (leg.name == name if exact else leg.name.startswith(name)):
            return leg
    return None


def _say_spying(exchange: Exchange, name: str, spyer: Channel, spied: Channel) -> None:
    exchange.world.emit(name, wire.channel(spyer, "Spyer"), wire.channel(spied, "Spyee"))
