"""Attended transfer (Atxfer): the caller on hold, a word with a colleague, then the caller is handed over.

The colleague is reached through a Local channel, which removes itself once everybody has been connected.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from asterisk.simulator import answers, dialling, wire
from asterisk.simulator.exchange import Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Agent, Bridge, Channel, ChannelState
from asterisk.simulator.schedule import Steps
from asterisk.simulator.switch import DIAL_VARIABLES

if TYPE_CHECKING:
    from asterisk.simulator.answers import Talk


@dataclass(slots=True, eq=False)
class Consultation:
    """The second call of the agent: both ends of the Local channel, the colleague's leg, two bridges."""

    target: Agent
    room: Bridge
    near: Channel
    far: Channel
    leg: Channel
    began_at: float
    answered_at: float | None = None
    back_room: Bridge | None = None


def attended(
    exchange: Exchange, talk: Talk, target: Agent
) -> Generator[float | None, object, HungUp | Moved | str | None]:
    """``transferred`` when it came to that; else what broke it off, and the agent has the caller back."""
    world = exchange.world
    exchange.take(talk.call, target)
    second = _ask(exchange, talk, target)
    try:
        if world.chance(target.habits.misses):
            yield 12.0
            _back_to_caller(exchange, talk, second, "NOANSWER", asked=False)
            return (yield from answers.talked(exchange, talk, 8.0))
        yield about(world.random, target.habits.answers_after_s)
        _colleague_answers(exchange, second)
        yield about(world.random, 15.0)
    except (HungUp, Moved, Withdrawn) as broken:
        hung = broken if isinstance(broken, HungUp) else HungUp(broken.leg, asked=False)
        if hung.leg is not talk.offer.leg or second.answered_at is None:
            return (yield from _broken(exchange, talk, second, hung))
    _hand_over(exchange, talk, second)
    yield 0.005
    _local_goes(exchange, second)
    yield from _talk_on(exchange, talk, second)
    return "transferred"


def _ask(exchange: Exchange, talk: Talk, target: Agent) -> Consultation:
    """Hold the caller and dial the colleague."""
    switch, world, agent_leg, caller = exchange.switch, exchange.world, talk.offer.leg, talk.waiter.channel
    number = target.phone.number
    switch.set(agent_leg, "TRANSFER_CONTEXT", "internal")
    switch.hold(agent_leg, caller)
    near, far = switch.open_local(number, "internal", caller)
    switch.set(near, "TRANSFERERNAME", agent_leg.name)
    switch.set(near, "ATTENDEDTRANSFER", agent_leg.name)
    room = switch.build_bridge()
    switch.set(far, "ATTENDEDTRANSFER", agent_leg.name)
    switch.set(far, "TRANSFERERNAME", agent_leg.name)
    switch.identify(far, agent_leg.number, agent_leg.caller_name)
    switch.join_local(near, far, optimises=True)
    switch.step(far, "Dial", f"PJSIP/{number},20,tT")
    switch.clear(far, DIAL_VARIABLES)
    switch.connect_line(near, agent_leg.number, agent_leg.caller_name)
    switch.enter(room, near)
    switch.set(near, "ATTENDEDTRANSFER")
    switch.leave(agent_leg)
    switch.enter(room, agent_leg)
    switch.connect_line(agent_leg, "", "")
    talk.call.own(near, far)
    leg = _ring_colleague(exchange, talk, target, far)
    second = Consultation(target, room, near, far, leg, world.now)
    _hear_ringing(exchange, talk, second)
    return second


def _ring_colleague(exchange: Exchange, talk: Talk, target: Agent, far: Channel) -> Channel:
    switch, number = exchange.switch, target.phone.number
    leg = switch.open(target.phone, number=number, name=target.name, linked=talk.waiter.channel)
    talk.call.own(leg)
    switch.set(leg, "DIALEDPEERNUMBER", number)
    switch.step(leg, "AppDial", "(Outgoing Line)", exten=number)
    switch.connect_line(leg, talk.agent.phone.number, talk.agent.name)
    switch.dial_begin(far, leg, f"PJSIP/{number}")
    switch.connect_line(far, number, target.name)
    return leg


def _hear_ringing(exchange: Exchange, talk: Talk, second: Consultation) -> None:
    switch, target = exchange.switch, second.target
    switch.connect_line(talk.offer.leg, target.phone.number, target.name)
    switch.identify(second.near, target.phone.number, target.name)
    switch.enter_state(second.leg, ChannelState.RINGING)
    switch.refresh(target.phone)
    switch.enter_state(second.near, ChannelState.RINGING)
    switch.ring_time(second.far)
    switch.dial_state(second.far, second.leg, "RINGING")
    switch.dial_state(None, second.near, "RINGING")


def _colleague_answers(exchange: Exchange, second: Consultation) -> None:
    switch = exchange.switch
    second.answered_at = exchange.world.now
    switch.enter_state(second.leg, ChannelState.UP)
    switch.refresh(second.target.phone)
    switch.dialled(second.far, second.leg)
    switch.enter_state(second.far, ChannelState.UP)
    room = second.back_room = switch.build_bridge()
    switch.enter_state(second.near, ChannelState.UP)
    switch.dial_end(None, second.near, "ANSWER")
    switch.step(second.leg, "AppDial", "(Outgoing Line)", exten="")
    switch.enter(room, second.leg)
    switch.enter(room, second.far)
    switch.set(second.far, "ATTENDEDTRANSFER")


def _back_to_caller(exchange: Exchange, talk: Talk, second: Consultation, status: str, *, asked: bool) -> None:
    """The colleague cannot be had: the agent takes the caller off hold."""
    switch, agent_leg, caller, first_room = exchange.switch, talk.offer.leg, talk.waiter.channel, talk.room
    if asked:
        switch.ask_hangup(second.leg)
    switch.dial_end(second.far, second.leg, status)
    switch.set(second.far, "DIALSTATUS", status)
    switch.step(second.far, "Hangup", priority=2)
    switch.soft_hangup(second.far)
    switch.set(second.near, "CHANLOCALSTATUS", status)
    switch.ask_hangup(second.near, 17)
    switch.close(second.far, 17)
    switch.leave(second.near)
    switch.close(second.leg, 17)
    switch.leave(agent_leg)
    switch.enter(first_room, agent_leg)
    switch.unhold(agent_leg, caller)
    switch.tear_down(second.room)
    switch.close(second.near, 17)
    switch.connect_line(agent_leg, caller.number, caller.caller_name)
    exchange.give_back(talk.call, second.target)


def _broken(
    exchange: Exchange, talk: Talk, second: Consultation, hung: HungUp
) -> Generator[float | None, object, HungUp | Moved | str | None]:
    """Somebody hung up before the hand-over."""
    if hung.leg is talk.waiter.channel:
        yield from _caller_leaves(exchange, talk, second, hung)
        return "transferred"
    if second.answered_at is None:
        _back_to_caller(exchange, talk, second, "BUSY", asked=hung.leg is second.leg and hung.asked)
    else:
        _colleague_leaves(exchange, talk, second, hung)
    if hung.leg is talk.offer.leg:
        return hung
    return (yield from answers.talked(exchange, talk, 8.0))


def _colleague_leaves(exchange: Exchange, talk: Talk, second: Consultation, hung: HungUp) -> None:
    """The colleague put down after a word: the agent is back with the caller."""
    switch, agent_leg, caller, first_room = exchange.switch, talk.offer.leg, talk.waiter.channel, talk.room
    if hung.asked:
        switch.ask_hangup(second.leg)
    _close_colleague(exchange, second)
    switch.leave(agent_leg)
    switch.enter(first_room, agent_leg)
    switch.unhold(agent_leg, caller)
    switch.tear_down(second.room)
    switch.connect_line(agent_leg, caller.number, caller.caller_name)
    exchange.give_back(talk.call, second.target)


def _close_colleague(exchange: Exchange, second: Consultation) -> None:
    """The colleague's side of the consultation, bridge and Local channel."""
    switch, back_room = exchange.switch, second.back_room
    switch.leave(second.leg)
    switch.leave(second.far)
    _measure(exchange, second)
    switch.soft_hangup(second.far)
    switch.leave(second.near)
    switch.close(second.far, 16)
    if back_room is not None:
        switch.tear_down(back_room)
    switch.close(second.near, 16)
    switch.close(second.leg, 16)


def _measure(exchange: Exchange, second: Consultation) -> None:
    now = exchange.world.now
    answered_s = 0.0 if second.answered_at is None else now - second.answered_at
    exchange.switch.measure_call(second.far, answered_s, now - second.began_at)
    exchange.switch.set(second.far, "DIALSTATUS", "ANSWER" if answered_s else "CANCEL")


def _caller_leaves(exchange: Exchange, talk: Talk, second: Consultation, hung: HungUp) -> Steps:
    """The caller does not wait for the end of the consultation; the two agents notice and hang up."""
    switch, caller, room = exchange.switch, talk.waiter.channel, talk.room
    if hung.asked:
        switch.ask_hangup(caller)
    switch.stop_music(caller)
    switch.leave(caller)
    answers.complete(exchange, talk, "caller")
    answers.measure(exchange, talk)
    switch.soft_hangup(caller)
    switch.close(caller, 16)
    switch.tear_down(room)
    asked = True
    try:
        yield 2.0
    except (HungUp, Moved) as broken:
        asked = isinstance(broken, HungUp) and broken.asked
    if asked:
        switch.ask_hangup(talk.offer.leg)
    switch.leave(talk.offer.leg)
    if second.answered_at is None:
        switch.dial_end(second.far, second.leg, "CANCEL")
    _close_colleague(exchange, second)
    switch.tear_down(second.room)
    switch.close(talk.offer.leg, 16)
    answers.after_call(exchange, talk)
    exchange.give_back(talk.call, second.target)


def _hand_over(exchange: Exchange, talk: Talk, second: Consultation) -> None:
    """The agent hangs up, and caller and colleague are in one bridge."""
    switch, agent_leg, caller, room = exchange.switch, talk.offer.leg, talk.waiter.channel, talk.room
    switch.ask_hangup(agent_leg)
    switch.stop_music(caller)
    switch.leave(agent_leg)
    exchange.world.emit("BridgeMerge", wire.bridge(room, "To"), wire.bridge(second.room, "From"))
    switch.leave(second.near)
    switch.enter(room, second.near)
    _say_transferred(exchange, talk, second, room)
    switch.connect_line(caller, second.target.phone.number, second.target.name)
    figures = answers.complete(exchange, talk, "transfer")
    answers.note(exchange, talk, "ATTENDEDTRANSFER", "BRIDGE", room.uniqueid, *figures)
    switch.connect_line(second.near, caller.number, caller.caller_name)
    switch.tear_down(second.room)
    switch.close(agent_leg, 16)
    switch.connect_line(second.leg, caller.number, caller.caller_name)
    answers.after_call(exchange, talk)


def _say_transferred(exchange: Exchange, talk: Talk, second: Consultation, room: Bridge) -> None:
    agent_leg = talk.offer.leg
    exchange.world.emit(
        "AttendedTransfer",
        "Result: Success\r\n",
        wire.channel(agent_leg, "OrigTransferer"),
        wire.bridge(room, "Orig"),
        wire.channel(agent_leg, "SecondTransferer"),
        wire.bridge(second.room, "Second"),
        wire.channel(talk.waiter.channel, "Transferee"),
        wire.channel(second.near, "TransferTarget"),
        f"IsExternal: No\r\nDestType: Bridge\r\nDestBridgeUniqueid: {room.uniqueid}\r\n",
    )


def _local_goes(exchange: Exchange, second: Consultation) -> None:
    """The Local channel between the two bridges removes itself: the colleague's leg takes its place."""
    switch, world, room, back_room = exchange.switch, exchange.world, second.near.bridge, second.back_room
    if room is None or back_room is None:
        return
    ends = wire.channel(second.near, "LocalOne"), wire.channel(second.far, "LocalTwo")
    source = wire.channel(second.leg, "Source")
    world.emit("LocalOptimizationBegin", *ends, source, f"DestUniqueId: {second.far.uniqueid}\r\nId: 0\r\n")
    switch.leave(second.leg)
    switch.leave(second.near)
    switch.enter(room, second.leg, swap=second.near)
    world.emit("LocalOptimizationEnd", *ends, "Success: Yes\r\nId: 0\r\n")
    switch.leave(second.far)
    _measure(exchange, second)
    switch.soft_hangup(second.far)
    switch.set(second.near, "CHANLOCALSTATUS", "ANSWER")
    switch.ask_hangup(second.near, 16)
    switch.close(second.far, 16)
    switch.tear_down(back_room)
    switch.close(second.near, 16)


def _talk_on(exchange: Exchange, talk: Talk, second: Consultation) -> Steps:
    """The caller talks on with the colleague, to the end."""
    world, caller, leg, target = exchange.world, talk.waiter.channel, second.leg, second.target
    try:
        yield max(4.0, about(world.random, target.habits.talks_s, 0.7))
        hung = HungUp(leg if world.chance(target.habits.hangs_up_first) else caller)
    except (HungUp, Moved, Withdrawn) as broken:
        hung = broken if isinstance(broken, HungUp) else HungUp(broken.leg, asked=False)
    dialling.ended(exchange, caller, leg, hung, talk.offer.answered_at, caller.opened_at, by_dial=False)
