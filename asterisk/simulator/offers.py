"""One ring of one member for one caller: dialled, ringing, then answered, refused, rung out or cancelled.

A member with a PJSIP interface is one leg. A member behind a Local channel is three: ``;1`` that the queue dials,
``;2`` that runs Dial(), and the phone.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from asterisk.simulator import wire
from asterisk.simulator.exchange import Call, Exchange
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Bridge, Channel, ChannelState, Member, Waiter
from asterisk.simulator.switch import DIAL_VARIABLES

SIGNAL_S = 0.04
"""From INVITE to the phone's first ring."""


@dataclass(slots=True, eq=False)
class Offer:
    """A member being rung; ``leg`` is what the queue dialled, ``phone`` what rings on the desk."""

    seat: Member
    began_at: float
    decides_at: float
    answers: bool
    leg: Channel = field(init=False)
    phone: Channel = field(init=False)
    far: Channel | None = None
    back_room: Bridge | None = None
    """The bridge between ``;2`` and the phone."""
    answered_at: float = 0.0
    ring_s: int = 0

    @property
    def legs(self) -> tuple[Channel, ...]:
        return (self.leg,) if self.far is None else (self.leg, self.far, self.phone)


def call_all(exchange: Exchange, call: Call, waiter: Waiter, seats: list[Member]) -> list[Offer]:
    """AgentCalled and DialBegin of each, then the phones begin to ring."""
    rung = [_called(exchange, call, waiter, seat, alone=len(seats) == 1) for seat in seats]
    for offer in rung:
        _ringing(exchange, waiter, offer)
        exchange.lines.announce_available(offer.seat.queue)
    return rung


def _called(exchange: Exchange, call: Call, waiter: Waiter, seat: Member, *, alone: bool) -> Offer:
    exchange.take(call, seat.agent)
    offer = Offer(seat, exchange.world.now, *_decision(exchange, waiter, seat))
    (_dial_local if seat.agent.is_local else _dial_phone)(exchange, waiter, offer)
    call.own(*offer.legs)
    if alone:
        exchange.switch.connect_line(waiter.channel, seat.agent.phone.number, seat.agent.name)
    return offer


def _decision(exchange: Exchange, waiter: Waiter, seat: Member) -> tuple[float, bool]:
    """When the agent does something about it, and whether that is answering; never means he misses it."""
    world, habits = exchange.world, seat.agent.habits
    if waiter.cue is not None:
        return world.now + SIGNAL_S + waiter.cue.rings_s, True
    dice = world.random.random()
    if dice < habits.misses:
        return float("inf"), False
    if dice < habits.misses + habits.rejects:
        return world.now + about(world.random, 2.0), False
    return world.now + SIGNAL_S + about(world.random, habits.answers_after_s), True


def _dial_phone(exchange: Exchange, waiter: Waiter, offer: Offer) -> None:
    switch, agent, caller = exchange.switch, offer.seat.agent, waiter.channel
    leg = switch.open(agent.phone, number=agent.phone.number, name=agent.name, linked=caller)
    offer.leg = offer.phone = leg
    switch.set(leg, "DIALEDPEERNUMBER", agent.phone.number)
    switch.change(leg, exten=caller.exten)
    say_agent(exchange, "AgentCalled", waiter, offer)
    switch.dial_begin(caller, leg, agent.interface)


def _dial_local(exchange: Exchange, waiter: Waiter, offer: Offer) -> None:
    switch, agent, caller = exchange.switch, offer.seat.agent, waiter.channel
    number = agent.phone.number
    leg, far = switch.open_local(number, "internal", caller)
    offer.leg, offer.far = leg, far
    switch.step(leg, "AppQueue", "(Outgoing Line)")
    switch.identify(leg, number, agent.name)
    for end in (leg, far):
        switch.set(end, "DIALEDPEERNUMBER", agent.interface.removeprefix("Local/"))
    switch.identify(far, caller.number, caller.caller_name)
    switch.connect_line(far, caller.number, caller.caller_name)
    switch.join_local(leg, far, optimises=False)
    say_agent(exchange, "AgentCalled", waiter, offer)
    switch.dial_begin(caller, leg, agent.interface)
    switch.step(far, "Dial", f"{agent.phone.name},20,tT")
    switch.clear(far, DIAL_VARIABLES)
    phone = offer.phone = switch.open(agent.phone, number=number, name=agent.name, linked=caller)
    switch.set(phone, "DIALEDPEERNUMBER", number)
    switch.step(phone, "AppDial", "(Outgoing Line)", exten=number)
    switch.connect_line(phone, caller.number, caller.caller_name)
    switch.dial_begin(far, phone, f"PJSIP/{number}")
    switch.connect_line(far, number, agent.name)


def say_agent(exchange: Exchange, name: str, waiter: Waiter, offer: Offer, **figures: object) -> None:
    """An Agent… event about this offer; a leg that is gone already is left out."""
    seat = offer.seat
    body = {"Queue": seat.queue.name, "Interface": seat.agent.interface, "MemberName": seat.agent.name, **figures}
    dest = wire.channel(offer.leg, "Dest") if offer.leg.name in exchange.world.channels else ""
    exchange.world.emit(name, wire.channel(waiter.channel), dest, wire.lines(body))


def _ringing(exchange: Exchange, waiter: Waiter, offer: Offer) -> None:
    """The phone says it rings."""
    switch, caller, phone = exchange.switch, waiter.channel, offer.phone
    switch.enter_state(phone, ChannelState.RINGING)
    if offer.far is None:
        switch.step(phone, "AppQueue", "(Outgoing Line)")
        switch.connect_line(phone, caller.number, caller.caller_name)
        switch.dial_state(caller, phone, "RINGING")
        switch.refresh(offer.seat.agent.phone)
        return
    switch.refresh(offer.seat.agent.phone)
    switch.enter_state(offer.leg, ChannelState.RINGING)
    switch.step(offer.leg, "AppQueue", "(Outgoing Line)", exten=caller.exten)
    switch.identify(offer.leg, phone.number, phone.caller_name)
    switch.connect_line(offer.leg, caller.number, caller.caller_name)
    switch.ring_time(offer.far)
    switch.dial_state(offer.far, phone, "RINGING")
    switch.dial_state(caller, offer.leg, "RINGING")


def answered(exchange: Exchange, call: Call, waiter: Waiter, offer: Offer, others: list[Offer]) -> None:
    """AgentConnect: the phone is up, the others stop ringing, the caller leaves the line, both hear each other."""
    switch, lines, world, caller = exchange.switch, exchange.lines, exchange.world, waiter.channel
    offer.answered_at = world.now
    offer.ring_s = int(world.now - offer.began_at)
    switch.enter_state(offer.phone, ChannelState.UP)
    switch.refresh(offer.seat.agent.phone)
    if offer.far is not None:
        switch.dialled(offer.far, offer.phone)
        switch.enter_state(offer.leg, ChannelState.UP)
    switch.dial_end(caller, offer.leg, "ANSWER")
    _others_stop(exchange, call, waiter, offer, others)
    switch.stop_music(caller)
    waited = lines.waited(waiter)
    lines.leave(waiter)
    lines.measure_wait(waiter)
    _count_answer(offer, waited)
    say_agent(exchange, "AgentConnect", waiter, offer, HoldTime=waited, RingTime=offer.ring_s)
    world.note(
        caller.uniqueid, waiter.queue.name, offer.seat.agent.name, "CONNECT", waited, offer.leg.uniqueid, offer.ring_s
    )
    room = switch.build_bridge()
    switch.enter(room, offer.leg)
    switch.enter(room, caller)
    switch.introduce(room)
    if offer.far is not None:
        _join_back_room(exchange, offer, offer.far)


def _others_stop(exchange: Exchange, call: Call, waiter: Waiter, offer: Offer, others: list[Offer]) -> None:
    """With ringall: those who were too late."""
    if not others:
        return
    for other in others:
        exchange.switch.dial_end(waiter.channel, other.leg, "CANCEL")
    exchange.switch.connect_line(waiter.channel, offer.leg.number, offer.leg.caller_name)
    for other in others:
        exchange.switch.dial_end(waiter.channel, other.leg, "CANCEL")
        _closed(exchange, call, other, 26)


def _join_back_room(exchange: Exchange, offer: Offer, far: Channel) -> None:
    switch = exchange.switch
    switch.enter_state(far, ChannelState.UP)
    room = offer.back_room = switch.build_bridge()
    switch.step(offer.phone, "AppDial", "(Outgoing Line)", exten="")
    switch.enter(room, offer.phone)
    switch.enter(room, far)


def _count_answer(offer: Offer, waited: int) -> None:
    queue = offer.seat.queue
    queue.hold_s = (queue.hold_s * 3 + waited) // 4
    queue.answered_in_time += waited <= queue.options.service_level_s
    offer.seat.in_call = True


def rung_out(exchange: Exchange, call: Call, waiter: Waiter, offer: Offer) -> None:
    """AgentRingNoAnswer after the full ring time; with autopause the member is paused in this queue."""
    rang_ms = round((exchange.world.now - offer.began_at) * 1000)
    _say_unanswered(exchange, waiter, offer, rang_ms)
    if offer.seat.queue.options.autopause and not offer.seat.paused:
        exchange.lines.pause(offer.seat.agent, "Auto-Pause", queue=offer.seat.queue.name)
    exchange.switch.dial_end(waiter.channel, offer.leg, "NOANSWER")
    exchange.switch.dial_end(waiter.channel, offer.leg, "CANCEL")
    _closed(exchange, call, offer, 0)


def cancelled(exchange: Exchange, call: Call, waiter: Waiter, offer: Offer) -> None:
    """The caller is away."""
    exchange.switch.dial_end(waiter.channel, offer.leg, "CANCEL")
    exchange.switch.dial_end(waiter.channel, offer.leg, "CANCEL")
    _closed(exchange, call, offer, 0)


def refused(
    exchange: Exchange, call: Call, waiter: Waiter, offer: Offer, cause: int = 17, *, asked: bool = True
) -> None:
    """The reject key, or a phone that is gone: to the queue, a ring without answer of zero length."""
    switch, phone, far = exchange.switch, offer.phone, offer.far
    if asked:
        switch.ask_hangup(phone, cause)
    if far is not None:
        switch.dial_end(far, phone, "BUSY")
        switch.close(phone, cause)
        switch.set(far, "DIALSTATUS", "BUSY")
        switch.step(far, "Hangup", priority=2)
        switch.soft_hangup(far)
        switch.set(offer.leg, "CHANLOCALSTATUS", "BUSY")
        switch.ask_hangup(offer.leg, cause)
    switch.dial_end(waiter.channel, offer.leg, "NOANSWER")
    _say_unanswered(exchange, waiter, offer, 0)
    switch.close(offer.leg, cause)
    if far is not None:
        switch.close(far, cause)
    _free(exchange, call, offer)


def _say_unanswered(exchange: Exchange, waiter: Waiter, offer: Offer, rang_ms: int) -> None:
    say_agent(exchange, "AgentRingNoAnswer", waiter, offer, RingTime=rang_ms)
    exchange.world.note(waiter.channel.uniqueid, waiter.queue.name, offer.seat.agent.name, "RINGNOANSWER", rang_ms)


def _closed(exchange: Exchange, call: Call, offer: Offer, cause: int) -> None:
    """The rung legs are gone and the agent is free again."""
    switch, far = exchange.switch, offer.far
    if far is not None:
        switch.ask_hangup(far, cause)
        switch.dial_end(far, offer.phone, "CANCEL")
        switch.set(far, "DIALSTATUS", "CANCEL")
        switch.soft_hangup(far)
        switch.close(far, cause)
        switch.close(offer.phone, cause)
    switch.close(offer.leg, cause)
    _free(exchange, call, offer)


def _free(exchange: Exchange, call: Call, offer: Offer) -> None:
    exchange.give_back(call, offer.seat.agent)
    exchange.lines.announce_available(offer.seat.queue)
