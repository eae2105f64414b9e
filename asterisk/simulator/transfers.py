"""The conversation after the answer: talk, holds, and its ends: a receiver put down, a blind or attended transfer."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from asterisk.simulator import calls, wire
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved
from asterisk.simulator.habits import about
from asterisk.simulator.offers import Offer, say_agent
from asterisk.simulator.parts import Agent, Bridge, Channel, ChannelState, Queue, Waiter
from asterisk.simulator.schedule import Steps
from asterisk.simulator.switch import DIAL_VARIABLES

Farewell = Generator[float | None, object, Channel | None]
"""Steps; returns who hung up, or None when the talk went on to a transfer."""


@dataclass(slots=True, eq=False)
class Talk:
    """An answered call to a queue."""

    call: Call
    waiter: Waiter
    offer: Offer

    @property
    def agent(self) -> Agent:
        return self.offer.seat.agent

    @property
    def room(self) -> Bridge:
        if self.waiter.channel.bridge is None:
            raise AssertionError("a conversation needs a bridge")
        return self.waiter.channel.bridge


def conversation(exchange: Exchange, call: Call, waiter: Waiter, offer: Offer) -> Steps:
    """Everything from the first word to the last leg gone."""
    talk = Talk(call, waiter, offer)
    world, habits = exchange.world, offer.seat.agent.habits
    talk_s = max(3.0, about(world.random, habits.talks_s, 0.7))
    hung = yield from _talked(exchange, talk, talk_s)
    if hung is None and world.chance(habits.transfers) and (yield from _transferred(exchange, talk)):
        return
    if hung is None:
        hung = HungUp(offer.phone if world.chance(habits.hangs_up_first) else waiter.channel)
    if hung.leg is waiter.channel:
        _caller_hangs_up(exchange, talk, hung)
    else:
        _agent_hangs_up(exchange, talk, hung)
    _after_call(exchange, talk)


def _talked(exchange: Exchange, talk: Talk, talk_s: float) -> Generator[float | None, object, HungUp | None]:
    """The talking and holding; returns who broke it off, if somebody did."""
    world, habits, phone = exchange.world, talk.agent.habits, talk.offer.phone
    try:
        while world.chance(habits.holds):
            spoken_s = talk_s * world.random.uniform(0.2, 0.6)
            talk_s -= spoken_s
            yield spoken_s
            exchange.switch.hold(phone)
            yield about(world.random, habits.hold_s)
            exchange.switch.unhold(phone)
        yield talk_s
    except HungUp as hung:
        return hung
    except Moved as moved:
        return HungUp(moved.leg, asked=False)
    return None


def _complete(exchange: Exchange, talk: Talk, reason: str) -> None:
    """AgentComplete and the members' and queue's own statistics."""
    world, offer, queue = exchange.world, talk.offer, talk.offer.seat.queue
    talked = int(world.now) - int(offer.answered_at)
    waited = int(offer.answered_at) - int(talk.waiter.joined_at)
    for seat in talk.agent.members.values():
        seat.calls_taken += 1
        seat.last_call = world.now
    offer.seat.in_call = False
    queue.completed += 1
    queue.talk_s = (queue.talk_s * 3 + talked) // 4
    say_agent(exchange, "AgentComplete", talk.waiter, offer, HoldTime=waited, TalkTime=talked, Reason=reason)
    if reason != "transfer":
        verb = "COMPLETECALLER" if reason == "caller" else "COMPLETEAGENT"
        _note(exchange, talk, verb, waited, talked, talk.waiter.first_position)


def _note(exchange: Exchange, talk: Talk, verb: str, *data: object) -> None:
    leg = talk.waiter.channel
    exchange.world.note(leg.uniqueid, talk.offer.seat.queue.name, talk.agent.name, verb, *data)


def _caller_hangs_up(exchange: Exchange, talk: Talk, hung: HungUp) -> None:
    """The caller's leg leaves first. AgentComplete comes from another thread: before, between or after."""
    switch, caller, room = exchange.switch, talk.waiter.channel, talk.room
    place = exchange.world.random.choice(("before", "between", "after"))
    if hung.asked:
        switch.ask_hangup(caller)
    if place == "before":
        _complete(exchange, talk, "caller")
    switch.forget_peers(caller, talk.offer.leg)
    switch.leave(caller)
    if place == "between":
        _complete(exchange, talk, "caller")
    _measure(exchange, talk)
    switch.soft_hangup(caller)
    if place == "after":
        _complete(exchange, talk, "caller")
    switch.leave(talk.offer.leg)
    switch.tear_down(room)
    _close_agent_side(exchange, talk, 16)
    switch.close(caller, 16)


def _agent_hangs_up(exchange: Exchange, talk: Talk, hung: HungUp) -> None:
    """The agent's leg leaves first; then the exchange ends the caller's."""
    switch, caller, room = exchange.switch, talk.waiter.channel, talk.room
    if hung.asked:
        switch.ask_hangup(talk.offer.phone)
    _complete(exchange, talk, "agent")
    switch.forget_peers(talk.offer.leg, caller)
    switch.leave(talk.offer.leg)
    _close_agent_side(exchange, talk, hung.cause)
    switch.leave(caller)
    switch.tear_down(room)
    _measure(exchange, talk)
    switch.soft_hangup(caller)
    switch.close(caller, 16)


def _measure(exchange: Exchange, talk: Talk) -> None:
    now, leg = exchange.world.now, talk.waiter.channel
    exchange.switch.measure_call(leg, now - talk.offer.answered_at, now - leg.opened_at)


def _close_agent_side(exchange: Exchange, talk: Talk, cause: int) -> None:
    """The agent's phone, and with a Local member the two ends between."""
    switch, offer = exchange.switch, talk.offer
    if offer.far is not None and offer.back_room is not None:
        switch.ask_hangup(offer.far, cause)
        switch.close(offer.leg, cause)
        switch.leave(offer.far)
        switch.leave(offer.phone)
        switch.tear_down(offer.back_room)
        switch.close(offer.phone, cause)
        switch.soft_hangup(offer.far)
        switch.close(offer.far, cause)
    else:
        switch.close(offer.phone, cause)


def _after_call(exchange: Exchange, talk: Talk) -> None:
    """Wrap-up, or a pause for after-call work."""
    agent, world = talk.agent, exchange.world
    if not agent.paused and agent.members and world.chance(agent.habits.acw_pause):
        exchange.lines.pause(agent, "acw")
        world.schedule.after(about(world.random, 35.0), lambda: _work_done(exchange, agent))
    exchange.give_back(talk.call, agent, talk.offer.seat.wrapup_s)


def _work_done(exchange: Exchange, agent: Agent) -> None:
    if any(seat.paused and seat.reason == "acw" for seat in agent.members.values()):
        exchange.lines.pause(agent, paused=False)


# Transfers


def _transferred(exchange: Exchange, talk: Talk) -> Generator[float | None, object, bool]:
    """Pass the caller on, if there is somebody to pass him to and the member is not behind a Local channel."""
    random = exchange.world.random
    if talk.offer.far is not None:
        return False
    kind = random.choice(("blind", "queue"))
    if kind == "queue":
        others = [queue for queue in exchange.world.queues.values() if queue is not talk.offer.seat.queue]
        if not others:
            return False
        yield from _blind_to_queue(exchange, talk, random.choice(others))
        return True
    target = colleague(exchange, talk.agent)
    if target is None:
        return False
    exchange.take(talk.call, target)
    yield from _blind_to_agent(exchange, talk, target)
    return True


def colleague(exchange: Exchange, agent: Agent) -> Agent | None:
    """Somebody who could take a call by his own number."""
    random, agents = exchange.world.random, list(exchange.world.agents.values())
    for _ in range(8):
        other = random.choice(agents)
        free = not other.busy and not other.paused and other.phone.reachable and not other.phone.channels
        if other is not agent and free and other.free_at <= exchange.world.now:
            return other
    return None


def _announce_blind(exchange: Exchange, talk: Talk, exten: str) -> None:
    """What the exchange says of a REFER, up to the moment when the agent is out of it."""
    switch, caller, leg, world = exchange.switch, talk.waiter.channel, talk.offer.leg, exchange.world
    switch.unhold(leg)
    switch.set(caller, "BLINDTRANSFER", leg.name)
    switch.set(leg, "BLINDTRANSFER", caller.name)
    switch.set(caller, "SIPTRANSFER", "yes")
    switch.set(caller, "SIPREFERRINGCONTEXT", "internal")
    switch.set(caller, "SIPREFERTOHDR", f"sip:{exten}@127.0.0.1:5060")
    world.emit(
        "BlindTransfer",
        "Result: Success\r\n",
        wire.channel(leg, "Transferer"),
        wire.channel(caller, "Transferee"),
        wire.bridge(talk.room),
        f"IsExternal: Yes\r\nContext: internal\r\nExtension: {exten}\r\n",
    )
    talked = int(world.now) - int(talk.offer.answered_at)
    waited = int(talk.offer.answered_at) - int(talk.waiter.joined_at)
    _complete(exchange, talk, "transfer")
    _note(exchange, talk, "BLINDTRANSFER", exten, "internal", waited, talked, talk.waiter.first_position)


def _leave_blind(exchange: Exchange, talk: Talk, exten: str) -> None:
    """The caller goes to the dialplan, the agent's leg ends."""
    switch, caller, room = exchange.switch, talk.waiter.channel, talk.room
    switch.step(caller, caller.application, caller.data, exten=exten, priority=1)
    switch.forget_peers(caller, talk.offer.leg)
    switch.leave(caller)
    _measure(exchange, talk)
    switch.leave(talk.offer.leg)
    switch.tear_down(room)
    _close_agent_side(exchange, talk, 16)
    _after_call(exchange, talk)


def _blind_to_queue(exchange: Exchange, talk: Talk, queue: Queue) -> Steps:
    """The caller joins another queue, still the same channel."""
    _announce_blind(exchange, talk, queue.options.exten)
    _leave_blind(exchange, talk, queue.options.exten)
    errand = calls.errand(exchange, queue, talk.waiter.channel.number, 90.0)
    yield 0.01
    yield from calls.in_queue(exchange, talk.call, errand, priority=1)


def _blind_to_agent(exchange: Exchange, talk: Talk, target: Agent) -> Steps:
    """The caller is put through to a colleague's number: Dial() by the caller's own channel."""
    switch, caller, number = exchange.switch, talk.waiter.channel, target.phone.number
    _announce_blind(exchange, talk, number)
    _leave_blind(exchange, talk, number)
    switch.clear(caller, DIAL_VARIABLES)
    leg = switch.open(target.phone, number=number, name=target.name, linked=caller)
    leg.life = talk.call.life
    switch.set(leg, "DIALEDPEERNUMBER", number)
    switch.step(leg, "AppDial", "(Outgoing Line)", exten=number)
    switch.connect_line(leg, caller.number, caller.caller_name)
    switch.enter_state(leg, ChannelState.RINGING)
    switch.dial_begin(caller, leg, f"PJSIP/{number}")
    switch.connect_line(caller, number, target.name)
    switch.refresh(target.phone)
    yield from direct_call(exchange, talk.call, caller, leg, target)


def direct_call(exchange: Exchange, call: Call, caller: Channel, leg: Channel, target: Agent) -> Steps:
    """A ringing Dial() to its end: answered and talked, or not answered."""
    switch, world, began_at = exchange.switch, exchange.world, exchange.world.now
    switch.set(caller, "RINGTIME", 0)
    switch.set(caller, "RINGTIME_MS", 3)
    switch.dial_state(caller, leg, "RINGING")
    answered_at = None
    hung = HungUp(leg)
    try:
        if world.chance(target.habits.misses):
            yield 20.0
            unanswered_dial(exchange, call, caller, leg, target, "NOANSWER")
            return
        yield about(world.random, target.habits.answers_after_s)
        answered_at = world.now
        answer_dial(exchange, caller, leg)
        yield max(4.0, about(world.random, target.habits.talks_s * 0.7, 0.7))
        hung = HungUp(leg if world.chance(target.habits.hangs_up_first) else caller)
    except (HungUp, Moved) as broken:
        hung = broken if isinstance(broken, HungUp) else HungUp(broken.leg, asked=False)
    if answered_at is None:
        if hung.leg is caller and hung.asked:
            switch.ask_hangup(caller)
        unanswered_dial(exchange, call, caller, leg, target, "CANCEL" if hung.leg is caller else "CHANUNAVAIL")
        return
    end_direct(exchange, caller, leg, hung, (answered_at, began_at))
    exchange.give_back(call, target)


def answer_dial(exchange: Exchange, caller: Channel, leg: Channel) -> Bridge:
    """The dialled phone is up: DialEnd, a bridge of two."""
    switch = exchange.switch
    switch.enter_state(leg, ChannelState.UP)
    if leg.device is not None:
        switch.refresh(leg.device)
    switch.set(caller, "DIALSTATUS", "ANSWER")
    switch.set(caller, "DIALEDPEERNAME", leg.name)
    switch.set(caller, "DIALEDPEERNUMBER", leg.number)
    switch.dial_end(caller, leg, "ANSWER")
    if caller.state is not ChannelState.UP:
        switch.enter_state(caller, ChannelState.UP)
    room = switch.build_bridge()
    switch.step(leg, "AppDial", "(Outgoing Line)", exten="")
    switch.enter(room, leg)
    switch.enter(room, caller)
    switch.introduce(room)
    return room


def unanswered_dial(
    exchange: Exchange, call: Call, caller: Channel, leg: Channel, target: Agent | None, status: str
) -> None:
    """Nobody answered, or somebody gave up: both legs end."""
    switch = exchange.switch
    switch.dial_end(caller, leg, status)
    switch.set(caller, "DIALSTATUS", status)
    switch.close(leg, 17 if status == "BUSY" else 0)
    if target is not None:
        exchange.give_back(call, target)
    switch.soft_hangup(caller)
    switch.close(caller, {"BUSY": 17, "NOANSWER": 19, "CANCEL": 0}.get(status, 20))


def end_direct(exchange: Exchange, caller: Channel, leg: Channel, hung: HungUp, times: tuple[float, float]) -> None:
    """A bridge of two without a queue comes to its end; ``times``: answered and dialled at."""
    switch, now, room = exchange.switch, exchange.world.now, caller.bridge
    if room is None:
        raise AssertionError("a direct call needs a bridge")
    first, second = (caller, leg) if hung.leg is caller else (leg, caller)
    if hung.asked:
        switch.ask_hangup(first, None if first is leg else 16)
    switch.forget_peers(first, second)
    switch.leave(first)
    if first is leg:
        switch.close(leg, 16)
        switch.leave(caller)
    switch.measure_call(caller, now - times[0], now - times[1])
    switch.set(caller, "DIALSTATUS", "ANSWER")
    switch.soft_hangup(caller)
    if first is caller:
        switch.leave(leg)
    switch.tear_down(room)
    if first is caller:
        switch.close(leg, 16)
    switch.close(caller, 16)


