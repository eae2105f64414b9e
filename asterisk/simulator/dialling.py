"""Dial(): one leg calls another without a queue; ringing, talking, and how it ends."""

from __future__ import annotations

from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Agent, Bridge, Channel, ChannelState
from asterisk.simulator.schedule import Steps
from asterisk.simulator.switch import DIAL_VARIABLES


def ring_agent(exchange: Exchange, call: Call, caller: Channel, target: Agent) -> Steps:
    """The caller's Dial() rings an agent who has been taken for this call; to the end of both legs."""
    switch, world, began_at = exchange.switch, exchange.world, exchange.world.now
    leg = open_leg(exchange, call, caller, target)
    answered_at = None
    try:
        if world.chance(target.habits.misses):
            yield 20.0
            unanswered(exchange, caller, leg, "NOANSWER")
            return
        yield about(world.random, target.habits.answers_after_s)
        answered_at = world.now
        answered(exchange, caller, leg)
        yield max(4.0, about(world.random, target.habits.talks_s * 0.7, 0.7))
        hung = HungUp(leg if world.chance(target.habits.hangs_up_first) else caller)
    except (HungUp, Moved, Withdrawn) as broken:
        hung = broken if isinstance(broken, HungUp) else HungUp(broken.leg, asked=False)
    if answered_at is not None:
        ended(exchange, caller, leg, hung, answered_at, began_at)
    elif hung.leg is leg:
        if hung.asked:
            switch.ask_hangup(leg)
        unanswered(exchange, caller, leg, "BUSY")
    else:
        given_up(exchange, caller, leg, asked=hung.asked)


def open_leg(exchange: Exchange, call: Call, caller: Channel, target: Agent) -> Channel:
    """The dialled leg, up to its ringing."""
    switch, number = exchange.switch, target.phone.number
    switch.clear(caller, DIAL_VARIABLES)
    leg = switch.open(target.phone, number=number, name=target.name, linked=caller)
    call.own(leg)
    switch.set(leg, "DIALEDPEERNUMBER", number)
    switch.step(leg, "AppDial", "(Outgoing Line)", exten=number)
    switch.connect_line(leg, caller.number, caller.caller_name)
    switch.dial_begin(caller, leg, f"PJSIP/{number}")
    switch.connect_line(caller, number, target.name)
    switch.enter_state(leg, ChannelState.RINGING)
    switch.ring_time(caller)
    switch.dial_state(caller, leg, "RINGING")
    switch.refresh(target.phone)
    for seat in target.members.values():
        exchange.lines.announce_available(seat.queue)
    return leg


def answered(exchange: Exchange, caller: Channel, leg: Channel) -> Bridge:
    """The dialled phone is up: DialEnd, a bridge of two."""
    switch = exchange.switch
    switch.enter_state(leg, ChannelState.UP)
    if leg.device is not None:
        switch.refresh(leg.device)
    switch.dialled(caller, leg)
    if caller.state is not ChannelState.UP:
        switch.enter_state(caller, ChannelState.UP)
    room = switch.build_bridge()
    switch.step(leg, "AppDial", "(Outgoing Line)", exten="")
    switch.enter(room, leg)
    switch.enter(room, caller)
    switch.introduce(room)
    return room


def unanswered(exchange: Exchange, caller: Channel, leg: Channel, status: str) -> None:
    """Busy or not answered: the dialplan goes on and hangs up."""
    switch, cause = exchange.switch, {"BUSY": 17, "NOANSWER": 19}.get(status, 20)
    switch.dial_end(caller, leg, status)
    switch.set(caller, "DIALSTATUS", status)
    switch.step(caller, "Hangup", priority=caller.priority + 1)
    switch.soft_hangup(caller)
    switch.close(leg, cause if status == "BUSY" else 0)
    switch.close(caller, cause)


def given_up(exchange: Exchange, caller: Channel, leg: Channel, *, asked: bool) -> None:
    """The dialling side puts down while it rings."""
    switch = exchange.switch
    if asked:
        switch.ask_hangup(caller)
    switch.dial_end(caller, leg, "CANCEL")
    switch.set(caller, "DIALSTATUS", "CANCEL")
    switch.soft_hangup(caller)
    switch.close(caller, 0)
    switch.close(leg, 0)


def ended(
    exchange: Exchange,
    caller: Channel,
    leg: Channel,
    hung: HungUp,
    answered_at: float,
    began_at: float,
    *,
    by_dial: bool = True,
) -> None:
    """A bridge of two comes to its end by one of them; ``by_dial``: the caller's Dial() made it."""
    switch, now, room = exchange.switch, exchange.world.now, caller.bridge
    first, second = (caller, leg) if hung.leg is caller else (leg, caller)
    if hung.asked:
        switch.ask_hangup(first)
    switch.forget_peers(first, second)
    switch.leave(first)
    if first is leg:
        switch.leave(caller)
    switch.measure_call(caller, now - answered_at, now - began_at)
    if by_dial:
        switch.set(caller, "DIALSTATUS", "ANSWER")
    switch.soft_hangup(caller)
    if first is caller:
        switch.leave(leg)
    if room is not None:
        switch.tear_down(room)
    switch.close(leg, 16)
    switch.close(caller, 16)
