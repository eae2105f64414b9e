"""Calls that agents make themselves: to the outside through a trunk, to a colleague inside."""

from __future__ import annotations

from asterisk.simulator import dialling
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Agent, Channel, ChannelState, Trunk
from asterisk.simulator.schedule import Steps
from asterisk.simulator.switch import DIAL_VARIABLES


def _off_hook(exchange: Exchange, call: Call, agent: Agent, exten: str, data: str) -> Channel:
    """The agent dials: his leg runs Dial()."""
    switch, phone = exchange.switch, agent.phone
    exchange.take(call, agent)
    leg = switch.open(phone, exten=exten, state=ChannelState.RING, number=phone.number, name=agent.name)
    call.caller = leg
    call.own(leg)
    switch.set(leg, "SIPDOMAIN", "192.0.2.10")
    switch.refresh(phone)
    for seat in agent.members.values():
        exchange.lines.announce_available(seat.queue)
    switch.step(leg, "Dial", data)
    return leg


def internal(exchange: Exchange, call: Call, agent: Agent) -> Steps:
    """An agent rings a colleague's number."""
    target = exchange.colleague(agent)
    if target is None or agent.busy:
        return
    number = target.phone.number
    caller = _off_hook(exchange, call, agent, number, f"PJSIP/{number},20,tT")
    exchange.take(call, target)
    yield from dialling.ring_agent(exchange, call, caller, target)


def outbound(exchange: Exchange, call: Call, agent: Agent, trunk: Trunk, number: str) -> Steps:
    """An agent calls a customer: answered, busy or not answered."""
    if agent.busy:
        return
    switch, world = exchange.switch, exchange.world
    caller = _off_hook(exchange, call, agent, number, f"PJSIP/{number}@{trunk.number},45,tT")
    leg = _through_trunk(exchange, call, caller, trunk, number)
    began_at, answered_at = world.now, None
    try:
        yield world.random.uniform(1.0, 3.0)
        switch.enter_state(leg, ChannelState.RINGING)
        switch.refresh(trunk)
        switch.ring_time(caller)
        switch.dial_state(caller, leg, "RINGING")
        if world.chance(0.3):
            status = world.random.choice(("NOANSWER", "BUSY"))
            yield 3.0 if status == "BUSY" else about(world.random, 30.0, 0.3)
            if status == "BUSY":
                switch.ask_hangup(leg, 17)
            dialling.unanswered(exchange, caller, leg, status)
            return
        yield about(world.random, 9.0)
        answered_at = world.now
        dialling.answered(exchange, caller, leg)
        yield max(5.0, about(world.random, agent.habits.talks_s, 0.7))
        hung = HungUp(caller if world.chance(0.5) else leg)
    except (HungUp, Moved, Withdrawn) as broken:
        hung = broken if isinstance(broken, HungUp) else HungUp(broken.leg, asked=False)
    if answered_at is not None:
        dialling.ended(exchange, caller, leg, hung, answered_at, began_at)
    elif hung.leg is leg:
        dialling.unanswered(exchange, caller, leg, "CHANUNAVAIL")
    else:
        dialling.given_up(exchange, caller, leg, asked=hung.asked)


def _through_trunk(exchange: Exchange, call: Call, caller: Channel, trunk: Trunk, number: str) -> Channel:
    """The leg to the outside."""
    switch, string = exchange.switch, f"{trunk.number}/sip:{number}@{trunk.host}"
    switch.clear(caller, DIAL_VARIABLES)
    leg = switch.open(trunk, number=number, linked=caller)
    call.own(leg)
    switch.set(leg, "DIALEDPEERNUMBER", string)
    switch.step(leg, "AppDial", "(Outgoing Line)", exten=number)
    switch.connect_line(leg, caller.number, caller.caller_name)
    switch.dial_begin(caller, leg, string)
    switch.connect_line(caller, number, "")
    return leg
