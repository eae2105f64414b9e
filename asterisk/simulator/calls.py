"""Calls from outside and where the dialplan takes them: to a queue, to an agent's own number, or to nowhere.

Every ``yield`` lets time pass. What cuts in (a receiver put down, a redirect) is raised there as an exception,
so the stories read as if nothing ever disturbed them. The order of events is that of real Asterisk 22 tapes;
the tests lay the two side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

from asterisk.simulator import answers, dialling, habits, waiting
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Taken
from asterisk.simulator.offers import Offer
from asterisk.simulator.parts import Agent, ChannelState, Cue, Queue, Trunk
from asterisk.simulator.schedule import Steps

QUEUE_VARIABLES = "ANSWEREDTIME ANSWEREDTIME_MS DIALEDTIME DIALEDTIME_MS QUEUEWAIT QUEUEWAIT_MS".split()


@dataclass(frozen=True, slots=True)
class Errand:
    """Why somebody calls: where to, how long he waits, and what he is like."""

    queue: Queue
    number: str
    name: str = ""
    patience_s: float = 90.0
    priority: int = 0
    presses_key_after_s: float | None = None
    """He leaves the queue by key, when the queue has one."""
    cue: Cue | None = None


def errand(exchange: Exchange, queue: Queue, number: str, patience_mean_s: float) -> Errand:
    """Somebody with a number and a temper."""
    random = exchange.world.random
    return Errand(
        queue,
        number,
        "",
        habits.patience(random, patience_mean_s),
        random.choice((0, 0, 0, 0, 0, 0, 5)),
        random.uniform(8, 60) if random.random() < 0.2 else None,
    )


def inbound(exchange: Exchange, call: Call, trunk: Trunk, errand: Errand) -> Steps:
    """A call from outside: the exchange answers it, then the queue has it."""
    switch = exchange.switch
    leg = switch.open(
        trunk, exten=errand.queue.options.exten, state=ChannelState.RING, number=errand.number, name=errand.name
    )
    call.caller = leg
    call.own(leg)
    switch.set(leg, "SIPDOMAIN", trunk.host)
    switch.step(leg, "Answer")
    yield 0.02
    switch.enter_state(leg, ChannelState.UP)
    switch.refresh(trunk)
    yield from in_queue(exchange, call, errand, priority=2)


def direct(exchange: Exchange, call: Call, trunk: Trunk, number: str, target: Agent) -> Steps:
    """A call from outside to an agent's own number, past every queue; it is answered when he answers."""
    switch = exchange.switch
    leg = switch.open(trunk, exten=target.phone.number, state=ChannelState.RING, number=number)
    call.caller = leg
    call.own(leg)
    switch.set(leg, "SIPDOMAIN", trunk.host)
    switch.refresh(trunk)
    switch.step(leg, "Dial", f"PJSIP/{target.phone.number},20,tT")
    yield from _to_agent(exchange, call, target)


def in_queue(exchange: Exchange, call: Call, errand: Errand, *, priority: int) -> Steps:
    """Queue(): wait, be answered and talk, or leave unanswered; in the end the caller's leg is gone."""
    switch, leg, queue = exchange.switch, call.caller, errand.queue
    limit = "" if queue.options.limit_s is None else f"{queue.options.limit_s:g}"
    switch.step(leg, "Queue", f"{queue.name},tTxX,,,{limit}", priority=priority)
    switch.clear(leg, QUEUE_VARIABLES)
    if refusal := exchange.lines.refusal(queue):
        switch.set(leg, "QUEUESTATUS", refusal)
        yield from sent_on(exchange, call)
        return
    waiter = exchange.lines.join(queue, call, errand.priority)
    waiter.cue = errand.cue
    switch.start_music(leg)
    end = yield from waiting.visit(exchange, call, waiter, errand)
    if isinstance(end, Offer):
        yield from answers.conversation(exchange, call, waiter, end)
    elif isinstance(end, Taken):
        return
    elif isinstance(end, Moved):
        yield from dialplan(exchange, call, end)
    elif end != "ABANDON":
        yield from sent_on(exchange, call)


def sent_on(exchange: Exchange, call: Call) -> Steps:
    """The dialplan after the queue: a word of regret, then the line is cut."""
    switch, leg = exchange.switch, call.caller
    try:
        switch.step(leg, "Playback", "vm-goodbye", priority=leg.priority + 1)
        yield 1.5
        switch.step(leg, "Hangup", priority=leg.priority + 1)
    except HungUp as hung:
        if hung.asked:
            switch.ask_hangup(leg)
    switch.soft_hangup(leg)
    switch.close(leg)


def dialplan(exchange: Exchange, call: Call, moved: Moved) -> Steps:
    """Where a caller goes who was sent elsewhere: another queue, an agent's number, or a while of nothing.

    The Newexten of the jump itself stands for the first step (Answer, or Dial), which is not announced again.
    """
    for queue in exchange.world.queues.values():
        if queue.options.exten == moved.exten:
            again = errand(exchange, queue, call.caller.number, 90.0)
            yield from in_queue(exchange, call, again, priority=2)
            return
    phone = exchange.world.phones.get(moved.exten)
    if phone is not None and phone.agent is not None:
        yield from _to_agent(exchange, call, phone.agent)
    else:
        yield from _wait_and_go(exchange, call)


def _to_agent(exchange: Exchange, call: Call, target: Agent) -> Steps:
    """The caller dials an agent's own number, past every queue."""
    switch, leg, number = exchange.switch, call.caller, target.phone.number
    switch.change(leg, application="Dial", data=f"PJSIP/{number},20,tT")
    if target.busy or target.phone.channels or not target.phone.reachable:
        switch.set(leg, "DIALSTATUS", "BUSY" if target.phone.reachable else "CHANUNAVAIL")
        yield from sent_on(exchange, call)
        return
    exchange.take(call, target)
    yield from dialling.ring_agent(exchange, call, leg, target)


def _wait_and_go(exchange: Exchange, call: Call) -> Steps:
    """Out of the queue, still on the line; then he hangs up."""
    leg = call.caller
    exchange.switch.step(leg, "Wait", "60", priority=leg.priority + 1)
    asked = True
    try:
        yield exchange.world.random.uniform(3.0, 20.0)
    except HungUp as hung:
        asked = hung.asked
    hang_up_alone(exchange, call, asked=asked)


def hang_up_alone(exchange: Exchange, call: Call, *, asked: bool) -> None:
    """The caller, with nobody at the other end, is gone."""
    if asked:
        exchange.switch.ask_hangup(call.caller)
    exchange.switch.soft_hangup(call.caller)
    exchange.switch.close(call.caller)
