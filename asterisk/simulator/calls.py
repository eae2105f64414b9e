"""The life of a call to a queue, told in the order in which Asterisk tells it.

Every ``yield`` lets time pass. What cuts in (a receiver put down, a redirect) is raised there as an exception,
so the stories read as if nothing ever disturbed them. The order of events is that of real Asterisk 22 tapes;
the tests compare them.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from asterisk.simulator import habits, transfers
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.offers import Offer, answered, called, cancelled, closed, refused, rung_out
from asterisk.simulator.parts import ChannelState, Queue, Trunk, Waiter
from asterisk.simulator.schedule import Steps

QUEUE_VARIABLES = "ANSWEREDTIME ANSWEREDTIME_MS DIALEDTIME DIALEDTIME_MS QUEUEWAIT QUEUEWAIT_MS".split()


@dataclass(frozen=True, slots=True)
class Errand:
    """Why somebody calls: where to, how long he waits, and what he is like."""

    queue: Queue
    number: str
    name: str
    patience_s: float
    priority: int = 0
    presses_key_after_s: float | None = None
    """He leaves the queue by key, when the queue has one."""


Ending = Generator[float | None, object, Offer | str]
"""A visit's steps; returns the offer that was answered, or the word Asterisk has for another end."""


def inbound(exchange: Exchange, call: Call, trunk: Trunk, errand: Errand) -> Steps:
    """A call from outside: the exchange answers it, then the queue has it."""
    switch = exchange.switch
    leg = switch.open(
        trunk, exten=errand.queue.options.exten, state=ChannelState.RING, number=errand.number, name=errand.name
    )
    call.caller, leg.life = leg, call.life
    switch.set(leg, "SIPDOMAIN", trunk.host)
    switch.step(leg, "Answer")
    yield 0.02
    switch.enter_state(leg, ChannelState.UP)
    switch.refresh(trunk)
    yield from in_queue(exchange, call, errand, priority=2)


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
    waiter = exchange.lines.join(queue, leg, call.life, errand.priority)
    switch.start_music(leg)
    end = yield from _visit(exchange, call, waiter, errand)
    if isinstance(end, Offer):
        yield from transfers.conversation(exchange, call, waiter, end)
    elif end != "ABANDON":
        yield from sent_on(exchange, call)


def sent_on(exchange: Exchange, call: Call) -> Steps:
    """The dialplan after the queue: a word of regret, then the line is cut."""
    switch, leg = exchange.switch, call.caller
    try:
        switch.step(leg, "Playback", "vm-goodbye", priority=leg.priority + 1)
        yield 1.5
        switch.step(leg, "Hangup", priority=leg.priority + 1)
        switch.soft_hangup(leg)
    except HungUp:
        switch.ask_hangup(leg)
    switch.close(leg)


def _visit(exchange: Exchange, call: Call, waiter: Waiter, errand: Errand) -> Ending:
    """Waiting in line until one of the ends."""
    schedule, life, leg = exchange.world.schedule, call.life, waiter.channel
    gives_up = schedule.after(errand.patience_s, lambda: life.interrupt(HungUp(leg)))
    presses = None
    if errand.presses_key_after_s is not None and waiter.queue.options.exit_key:
        presses = schedule.after(errand.presses_key_after_s, lambda: life.interrupt(_KeyPressed()))
    try:
        return (yield from _wait(exchange, call, waiter))
    except HungUp as hung:
        return _given_up(exchange, waiter, hung)
    except _KeyPressed:
        return _left_by_key(exchange, waiter)
    except Withdrawn as asked:
        return _withdrawn(exchange, waiter, asked.info)
    except Moved as moved:
        return _moved(exchange, waiter, moved)
    finally:
        gives_up.cancel()
        if presses:
            presses.cancel()


class _KeyPressed(Exception):  # noqa: N818 - news on the line, not an error
    """The caller pressed the key that leaves the queue."""


def _wait(exchange: Exchange, call: Call, waiter: Waiter) -> Ending:
    """Ask for somebody free whenever it may be our turn; ring him; again, until answered or out of time."""
    world, lines, queue = exchange.world, exchange.lines, waiter.queue
    limit = queue.options.limit_s
    ends_at = float("inf") if limit is None else waiter.joined_at + limit
    lines.stir(queue)
    while True:
        yield None if limit is None else ends_at - world.now
        if offers := [called(exchange, call, waiter, seat) for seat in lines.choose(queue)]:
            waiter.ringing = True
            answer = yield from _ring(exchange, call, waiter, offers, ends_at)
            if answer:
                return answer
            if world.now < ends_at and not _nobody_left(exchange, queue):
                yield queue.options.retry_s
            waiter.ringing = False
            lines.stir(queue)
        if world.now >= ends_at:
            return _sent_out(exchange, waiter, "TIMEOUT", "EXITWITHTIMEOUT")
        if _nobody_left(exchange, queue):
            return _sent_out(exchange, waiter, "LEAVEEMPTY", "EXITEMPTY")


def _nobody_left(exchange: Exchange, queue: Queue) -> bool:
    return queue.options.leave_empty and exchange.lines.is_empty(queue)


def _ring(
    exchange: Exchange, call: Call, waiter: Waiter, offers: list[Offer], ends_at: float
) -> Generator[float | None, object, Offer | None]:
    """Ring the chosen members until one answers, all refuse, or the ring time is over."""
    world = exchange.world
    stops_at = min(world.now + waiter.queue.options.ring_s, ends_at)
    try:
        for offer in sorted(offers, key=lambda offer: offer.decides_at):
            if offer.decides_at >= stops_at:
                break
            yield offer.decides_at - world.now
            if offer.answers:
                for other in offers:
                    if other is not offer:
                        cancelled(exchange, call, waiter, other, cause=26)
                answered(exchange, waiter, offer)
                return offer
            offers.remove(offer)
            refused(exchange, call, waiter, offer)
        if offers:
            yield stops_at - world.now
            for offer in offers:
                rung_out(exchange, call, waiter, offer)
    except HungUp as hung:
        if hung.leg is waiter.channel:
            _cut_ringing(exchange, call, waiter, offers, hung)
            raise
        _one_phone_gone(exchange, call, waiter, offers, hung)
    except (Moved, Withdrawn, _KeyPressed):
        _cut_ringing(exchange, call, waiter, offers, None)
        raise
    return None


def _cut_ringing(
    exchange: Exchange, call: Call, waiter: Waiter, offers: list[Offer], hung: HungUp | None
) -> None:
    """The caller is away while phones ring: each of them stops, without blame."""
    if hung:
        _caller_gone(exchange, waiter, hung)
    for offer in offers:
        rang_ms = int((exchange.world.now - offer.began_at) * 1000)
        exchange.world.note(
            waiter.channel.uniqueid, waiter.queue.name, offer.seat.agent.name, "RINGCANCELED", rang_ms
        )
        cancelled(exchange, call, waiter, offer)


def _one_phone_gone(
    exchange: Exchange, call: Call, waiter: Waiter, offers: list[Offer], hung: HungUp
) -> None:
    """A rung phone is gone: to the queue it did not answer; the others stop ringing with it."""
    for offer in offers:
        if hung.leg in offer.legs:
            refused(exchange, call, waiter, offer, cause=hung.cause)
        else:
            closed(exchange, call, offer)


def _given_up(exchange: Exchange, waiter: Waiter, hung: HungUp) -> str:
    """The caller hangs up: ABANDON."""
    switch, lines, leg = exchange.switch, exchange.lines, waiter.channel
    _caller_gone(exchange, waiter, hung)
    _measure_unanswered(exchange, waiter)
    lines.abandon(waiter)
    _note_exit(exchange, waiter, "ABANDON")
    lines.leave(waiter)
    switch.soft_hangup(leg)
    switch.close(leg, 0 if hung.asked else hung.cause)
    return "ABANDON"


def _caller_gone(exchange: Exchange, waiter: Waiter, hung: HungUp) -> None:
    """The first things said of a hang-up, once."""
    if hung.announced:
        return
    hung.announced = True
    if hung.asked:
        exchange.switch.ask_hangup(waiter.channel)
    exchange.switch.stop_music(waiter.channel)


def _sent_out(exchange: Exchange, waiter: Waiter, status: str, verb: str, *data: object) -> str:
    """The queue sends the caller on; Asterisk says QueueCallerAbandon here, too."""
    exchange.lines.abandon(waiter)
    _measure_unanswered(exchange, waiter)
    _note_exit(exchange, waiter, verb, *data)
    exchange.switch.stop_music(waiter.channel)
    exchange.lines.leave(waiter)
    exchange.switch.set(waiter.channel, "QUEUESTATUS", status)
    return status


def _withdrawn(exchange: Exchange, waiter: Waiter, info: str) -> str:
    if info:
        exchange.switch.set(waiter.channel, "QUEUE_WITHDRAW_INFO", info)
    return _sent_out(exchange, waiter, "WITHDRAW", "WITHDRAW", info)


def _left_by_key(exchange: Exchange, waiter: Waiter) -> str:
    """EXITWITHKEY: the one exit without QueueCallerAbandon."""
    world, switch, leg, key = exchange.world, exchange.switch, waiter.channel, waiter.queue.options.exit_key
    waited = exchange.lines.waited(waiter)
    _measure_unanswered(exchange, waiter)
    world.note(
        leg.uniqueid,
        waiter.queue.name,
        "NONE",
        "EXITWITHKEY",
        key,
        waiter.position,
        waiter.first_position,
        waited,
    )
    switch.stop_music(leg)
    exchange.lines.leave(waiter)
    switch.change(leg, exten=key, priority=0, context=f"exits-{waiter.queue.name}")
    return "KEY"


def _moved(exchange: Exchange, waiter: Waiter, moved: Moved) -> str:
    """AMI Redirect: to the queue the caller is lost; he goes on elsewhere."""
    switch, leg = exchange.switch, waiter.channel
    switch.stop_music(leg)
    switch.step(
        leg, leg.application, leg.data, context=moved.context, exten=moved.exten, priority=moved.priority
    )
    _measure_unanswered(exchange, waiter)
    exchange.lines.abandon(waiter)
    _note_exit(exchange, waiter, "ABANDON")
    exchange.lines.leave(waiter)
    return "MOVED"


def _measure_unanswered(exchange: Exchange, waiter: Waiter) -> None:
    exchange.lines.measure_wait(waiter)
    dialled_s = exchange.world.now - waiter.channel.opened_at
    for variable, value in (("DIALEDTIME", int(dialled_s)), ("DIALEDTIME_MS", int(dialled_s * 1000))):
        exchange.switch.set(waiter.channel, variable, value)
    for variable in ("ANSWEREDTIME", "ANSWEREDTIME_MS"):
        exchange.switch.set(waiter.channel, variable, 0)


def _note_exit(exchange: Exchange, waiter: Waiter, verb: str, *data: object) -> None:
    """``VERB|position|original position|wait``."""
    waited = exchange.lines.waited(waiter)
    exchange.world.note(
        waiter.channel.uniqueid,
        waiter.queue.name,
        "NONE",
        verb,
        waiter.position,
        waiter.first_position,
        waited,
        *data,
    )


def errand(exchange: Exchange, queue: Queue, number: str, patience_mean_s: float) -> Errand:
    """Somebody with a number and a temper."""
    random = exchange.world.random
    return Errand(
        queue,
        number,
        "",
        habits.patience(random, patience_mean_s),
        random.choice((0, 0, 0, 0, 0, 0, 5)),
        random.uniform(8, 60) if random.random() < 0.06 else None,
    )
