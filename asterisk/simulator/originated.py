"""Action: Originate: the exchange rings a phone, then runs an application (ChanSpy above all) or the dialplan."""

from __future__ import annotations

from dataclasses import dataclass

from asterisk.simulator import bridging, calls, dialling, wire
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Channel, ChannelState, Phone
from asterisk.simulator.schedule import Steps
from asterisk.simulator.spying import Socket, Sound

NO_SUCH, BUSY, ANSWERED = 0, 5, 4
"""OriginateResponse reasons."""
LISTENED_OUT_S = 86_400.0


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
    channel_id: str = ""
    """The uniqueid that the channel is to have."""


def originate(exchange: Exchange, call: Call, asked: Origination) -> Steps:
    """Ring the phone or connect the socket, say how it went, run what was asked."""
    if asked.channel.startswith("AudioSocket/"):
        yield from _bring(exchange, call, asked)
        return
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
    name = asked.application.lower()
    if name == "bridge":
        exchange.switch.change(leg, application=asked.application, data=asked.data)
        yield from bridging.fetch(exchange, call, leg, asked.data.partition(",")[0])
    elif name == "dial":
        yield from _dials(exchange, call, leg, asked)
    elif name:
        yield from _application(exchange, leg, asked)
    else:
        exchange.switch.step(leg, "Answer", context=asked.context, exten=asked.exten, priority=asked.priority)
        yield from calls.dialplan(exchange, call, Moved(leg, asked.context, asked.exten, asked.priority))


def _dials(exchange: Exchange, call: Call, leg: Channel, asked: Origination) -> Steps:
    """The lifted phone calls an agent at his own."""
    exchange.switch.step(leg, "Dial", asked.data)
    number = asked.data.partition(",")[0].partition("/")[2].partition("@")[0]
    phone = exchange.world.phones.get(number)
    target = phone.agent if phone is not None else None
    if target is None or target.busy or target.phone.channels or not target.phone.reachable:
        exchange.switch.set(leg, "DIALSTATUS", "BUSY" if target is not None else "CHANUNAVAIL")
        exchange.switch.close(leg, 17)
        return
    exchange.take(call, target)
    yield from dialling.ring_agent(exchange, call, leg, target)


def _bring(exchange: Exchange, call: Call, asked: Origination) -> Steps:
    """A channel that is a TCP connection: answered as soon as that is made."""
    socket = Socket.read(asked.channel)
    if socket is None or exchange.connect is None:
        yield 0.05
        _say(exchange, asked, None, NO_SUCH)
        return
    sound = Sound(exchange.world, socket, lambda: call.life.wake(None))
    exchange.connect(sound)
    try:
        while sound.up is None:
            yield None
        if not sound.up:
            _say(exchange, asked, None, NO_SUCH)
            return
        leg = exchange.switch.open_socket(asked.channel, asked.channel_id)
        call.caller = leg
        call.own(leg)
        exchange.switch.enter_state(leg, ChannelState.UP)
        _say(exchange, asked, leg, ANSWERED)
        yield from _application(exchange, leg, asked, sound)
    finally:
        sound.end()


def _dial(exchange: Exchange, call: Call, phone: Phone, asked: Origination) -> Channel:
    switch = exchange.switch
    leg = switch.open(
        phone, number=phone.number, name=phone.agent.name if phone.agent else "", uniqueid=asked.channel_id
    )
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


def _application(exchange: Exchange, leg: Channel, asked: Origination, sound: Sound | None = None) -> Steps:
    """Runs until the phone or the socket hangs up, or with ChanSpy and ``E`` until the spied channel is gone; with
    ``S`` not at all when there is none."""
    switch = exchange.switch
    switch.change(leg, application=asked.application, data=asked.data)
    spying = asked.application.lower() == "chanspy"
    options = asked.data.partition(",")[2]
    spied = _spied(exchange, asked) if spying else None
    if spied is not None:
        _say_spying(exchange, "ChanSpyStart", leg, spied)
        if sound is not None:
            sound.spies(spied, options)
    elif spying and "S" in options:
        switch.close(leg, 0)
        return
    # Who listens on a phone of the simulator gives it up at last; a program that listens does not.
    ends_at = exchange.world.now + (about(exchange.world.random, 90.0) if sound is None else LISTENED_OUT_S)
    asked_hangup = True
    try:
        while exchange.world.now < ends_at:
            yield 0.5 if spied is not None else ends_at - exchange.world.now
            if sound is not None and sound.over:
                break
            if spied is not None and spied.name not in exchange.world.channels:
                asked_hangup = False
                break
    except (HungUp, Moved, Withdrawn) as broken:
        asked_hangup = isinstance(broken, HungUp) and broken.asked
    if asked_hangup and sound is None:
        switch.ask_hangup(leg)
    if spied is not None:
        _say_spying(exchange, "ChanSpyStop", leg, spied)
    switch.close(leg, 0)


def _spied(exchange: Exchange, asked: Origination) -> Channel | None:
    """ChanSpy takes a prefix; with option ``u`` the whole name or the uniqueid."""
    name, _, options = asked.data.partition(",")
    exact = "u" in options
    for leg in exchange.world.channels.values():
        if leg.bridge is not None and (name in (leg.name, leg.uniqueid) if exact else leg.name.startswith(name)):
            return leg
    return None


def _say_spying(exchange: Exchange, name: str, spyer: Channel, spied: Channel) -> None:
    exchange.world.emit(name, wire.channel(spyer, "Spyer"), wire.channel(spied, "Spyee"))
