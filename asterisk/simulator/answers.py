"""The conversation of an answered call to a queue: talk, holds, and its ends by either receiver."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from asterisk.simulator import bridging, calls, consultations, transfers
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Taken, Withdrawn
from asterisk.simulator.habits import about
from asterisk.simulator.offers import Offer, say_agent
from asterisk.simulator.parts import Agent, Bridge, Waiter
from asterisk.simulator.schedule import Steps

SPOKEN_S = 5.0
"""On cue: before a hold, and after it."""


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
    talk, habits = Talk(call, waiter, offer), offer.seat.agent.habits
    broken: HungUp | Moved | str | None
    broken = yield from talked(exchange, talk, max(3.0, about(exchange.world.random, habits.talks_s, 0.7)))
    if broken is None and waiter.cue is None and exchange.world.chance(habits.transfers):
        broken = yield from _handed_over(exchange, talk)
        if broken == "transferred":
            return
    if isinstance(broken, Taken):
        _taken_away(exchange, talk, broken)
        return
    if isinstance(broken, Moved):
        yield from _moved_away(exchange, talk, broken)
        return
    if not isinstance(broken, HungUp):
        first = offer.phone if exchange.world.chance(habits.hangs_up_first) else waiter.channel
        broken = HungUp(first)
    (caller_hangs_up if broken.leg is waiter.channel else agent_hangs_up)(exchange, talk, broken)
    after_call(exchange, talk)


def talked(exchange: Exchange, talk: Talk, talk_s: float) -> Generator[float | None, object, HungUp | Moved | None]:
    """The talking and holding; returns what broke it off, if something did."""
    try:
        yield from (_as_ever(exchange, talk, talk_s) if talk.waiter.cue is None else _on_cue(exchange, talk))
    except HungUp as broken:
        return broken
    except Moved as moved:
        # An agent's leg that is sent elsewhere is, to the caller, an agent who is gone.
        return moved if moved.leg is talk.waiter.channel else HungUp(moved.leg, asked=False)
    except Withdrawn:
        pass
    return None


def _as_ever(exchange: Exchange, talk: Talk, talk_s: float) -> Steps:
    world, habits = exchange.world, talk.agent.habits
    while world.chance(habits.holds):
        spoken_s = talk_s * world.random.uniform(0.2, 0.6)
        talk_s -= spoken_s
        yield spoken_s
        yield from _held(exchange, talk, about(world.random, habits.hold_s))
    yield talk_s


def _on_cue(exchange: Exchange, talk: Talk) -> Steps:
    yield SPOKEN_S
    if talk.waiter.cue is not None and talk.waiter.cue.held_s:
        yield from _held(exchange, talk, talk.waiter.cue.held_s)
    yield SPOKEN_S


def _held(exchange: Exchange, talk: Talk, seconds: float) -> Steps:
    exchange.switch.hold(talk.offer.phone, talk.waiter.channel)
    yield seconds
    exchange.switch.unhold(talk.offer.phone, talk.waiter.channel)


def _handed_over(exchange: Exchange, talk: Talk) -> Generator[float | None, object, HungUp | Moved | str | None]:
    """Pass the caller on, if there is somebody; ``transferred`` when the agent is out of the call."""
    random = exchange.world.random
    if talk.offer.far is not None:
        return None
    if random.random() < 0.3:
        others = [queue for queue in exchange.world.queues.values() if queue is not talk.offer.seat.queue]
        if not others:
            return None
        yield from transfers.blind(exchange, talk, random.choice(others).options.exten)
        return "transferred"
    target = exchange.colleague(talk.agent)
    if target is None:
        return None
    if random.random() < 0.4:
        yield from transfers.blind(exchange, talk, target.phone.number)
        return "transferred"
    return (yield from consultations.attended(exchange, talk, target))


def complete(exchange: Exchange, talk: Talk, reason: str) -> tuple[int, int, int]:
    """AgentComplete and the statistics; returns wait, talk and first position as queue_log has them."""
    world, offer, queue = exchange.world, talk.offer, talk.offer.seat.queue
    spoken = int(world.now) - int(offer.answered_at)
    waited = int(offer.answered_at) - int(talk.waiter.joined_at)
    for seat in talk.agent.members.values():
        seat.calls_taken += 1
        seat.last_call = world.now
    offer.seat.in_call = False
    queue.completed += 1
    queue.talk_s = (queue.talk_s * 3 + spoken) // 4
    say_agent(exchange, "AgentComplete", talk.waiter, offer, HoldTime=waited, TalkTime=spoken, Reason=reason)
    figures = waited, spoken, talk.waiter.first_position
    if reason != "transfer":
        note(exchange, talk, "COMPLETECALLER" if reason == "caller" else "COMPLETEAGENT", *figures)
    return figures


def note(exchange: Exchange, talk: Talk, verb: str, *data: object) -> None:
    """A queue_log line of this call and agent."""
    leg = talk.waiter.channel
    exchange.world.note(leg.uniqueid, talk.offer.seat.queue.name, talk.agent.name, verb, *data)


def caller_hangs_up(exchange: Exchange, talk: Talk, hung: HungUp) -> None:
    """The caller's leg leaves first. AgentComplete comes from another thread: before, between or after."""
    switch, caller, room = exchange.switch, talk.waiter.channel, talk.room
    place = exchange.world.random.choice(("before", "between", "after"))
    if hung.asked:
        switch.ask_hangup(caller)
    if place == "before":
        complete(exchange, talk, "caller")
    switch.forget_peers(caller, talk.offer.leg)
    switch.leave(caller)
    if place == "between":
        complete(exchange, talk, "caller")
    measure(exchange, talk)
    switch.soft_hangup(caller)
    if place == "after":
        complete(exchange, talk, "caller")
    switch.leave(talk.offer.leg)
    switch.tear_down(room)
    close_agent_side(exchange, talk, 16)
    switch.close(caller, 16)


def agent_hangs_up(exchange: Exchange, talk: Talk, hung: HungUp) -> None:
    """The agent's leg leaves first; then the exchange ends the caller's. AgentComplete early or late, as above."""
    switch, caller, room, offer = exchange.switch, talk.waiter.channel, talk.room, talk.offer
    early = exchange.world.chance(0.5)
    if hung.asked:
        switch.ask_hangup(offer.phone)
    if offer.far is not None:
        _local_folds(exchange, talk)
    if early:
        complete(exchange, talk, "agent")
    switch.leave(offer.leg)
    switch.close(offer.leg, hung.cause)
    if not early:
        complete(exchange, talk, "agent")
    switch.forget_peers(offer.leg, caller)
    switch.leave(caller)
    switch.tear_down(room)
    measure(exchange, talk)
    switch.soft_hangup(caller)
    switch.close(caller, 16)


def _local_folds(exchange: Exchange, talk: Talk) -> None:
    """The phone behind a Local member hung up: its bridge goes, then ``;2``, and ``;1`` hears of it."""
    switch, offer = exchange.switch, talk.offer
    if offer.far is None or offer.back_room is None:
        return
    now = exchange.world.now
    switch.leave(offer.phone)
    switch.leave(offer.far)
    switch.measure_call(offer.far, now - offer.answered_at, now - offer.began_at)
    switch.set(offer.far, "DIALSTATUS", "ANSWER")
    switch.soft_hangup(offer.far)
    switch.set(offer.leg, "CHANLOCALSTATUS", "ANSWER")
    switch.ask_hangup(offer.leg, 16)
    switch.close(offer.far, 16)
    switch.tear_down(offer.back_room)
    switch.close(offer.phone, 16)


def measure(exchange: Exchange, talk: Talk) -> None:
    """The times Queue() leaves on the caller's channel."""
    now, leg = exchange.world.now, talk.waiter.channel
    exchange.switch.measure_call(leg, now - talk.offer.answered_at, now - leg.opened_at)


def close_agent_side(exchange: Exchange, talk: Talk, cause: int) -> None:
    """The agent's phone, and with a Local member the two ends between."""
    switch, offer = exchange.switch, talk.offer
    if offer.far is None or offer.back_room is None:
        switch.close(offer.phone, cause)
        return
    now = exchange.world.now
    switch.ask_hangup(offer.far, cause)
    switch.close(offer.leg, cause)
    switch.leave(offer.far)
    switch.measure_call(offer.far, now - offer.answered_at, now - offer.began_at)
    switch.leave(offer.phone)
    switch.set(offer.far, "DIALSTATUS", "ANSWER")
    switch.soft_hangup(offer.far)
    switch.tear_down(offer.back_room)
    switch.close(offer.far, cause)
    switch.close(offer.phone, cause)


def after_call(exchange: Exchange, talk: Talk) -> None:
    """Wrap-up, or a pause for after-call work."""
    agent, world = talk.agent, exchange.world
    if agent.members and not agent.paused and world.chance(agent.habits.acw_pause):
        exchange.lines.pause(agent, "acw")
        world.schedule.after(about(world.random, 35.0), lambda: _work_done(exchange, agent))
    exchange.give_back(talk.call, agent, talk.offer.seat.wrapup_s)


def _work_done(exchange: Exchange, agent: Agent) -> None:
    if any(seat.paused and seat.reason == "acw" for seat in agent.members.values()):
        exchange.lines.pause(agent, paused=False)


def _taken_away(exchange: Exchange, talk: Talk, taken: Taken) -> None:
    """Out of the conversation to another phone: the agent is free, his call completes when the caller is gone."""
    taken.owed = lambda: _owed(exchange, talk)
    bridging.hand_over(exchange, talk.call, taken)
    close_agent_side(exchange, talk, 16)
    after_call(exchange, talk)


def _owed(exchange: Exchange, talk: Talk) -> None:
    complete(exchange, talk, "caller")


def _moved_away(exchange: Exchange, talk: Talk, moved: Moved) -> Steps:
    """AMI Redirect out of a conversation: the agent is free, but his call completes only when the caller is gone."""
    switch, caller, room = exchange.switch, talk.waiter.channel, talk.room
    place = {"context": moved.context, "exten": moved.exten, "priority": moved.priority}
    switch.step(caller, caller.application, caller.data, **place)
    switch.leave(caller)
    switch.measure_call(caller, 0, exchange.world.now - caller.opened_at)
    switch.step(caller, "Wait", "60", priority=caller.priority + 1)
    switch.leave(talk.offer.leg)
    switch.tear_down(room)
    close_agent_side(exchange, talk, 16)
    after_call(exchange, talk)
    asked = True
    try:
        yield exchange.world.random.uniform(3.0, 20.0)
    except HungUp as hung:
        asked = hung.asked
    except (Moved, Withdrawn):
        asked = False
    if asked:
        switch.ask_hangup(caller)
    complete(exchange, talk, "caller")
    calls.hang_up_alone(exchange, talk.call, asked=False)
