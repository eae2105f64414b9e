"""A visit to a queue's line: waiting, ringing members, and every way it ends before somebody answers."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from asterisk.simulator import bridging, offers
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Taken, Withdrawn
from asterisk.simulator.offers import Offer
from asterisk.simulator.parts import Queue, Waiter

if TYPE_CHECKING:
    from asterisk.simulator.calls import Errand

Ending = Generator[float | None, object, Offer | Moved | str]
"""Steps; returns the offer that was answered, where the caller was moved, or Asterisk's word for another end."""

Rung = Generator[float | None, object, Offer | None]


class KeyPressed(Exception):  # noqa: N818 - news on the line, not an error
    """The caller pressed the key that leaves the queue."""


def visit(exchange: Exchange, call: Call, waiter: Waiter, errand: Errand) -> Ending:
    """Waiting in line until one of the ends."""
    schedule, life, leg = exchange.world.schedule, call.life, waiter.channel
    fate = [schedule.after(errand.patience_s, lambda: life.interrupt(HungUp(leg)))]
    if errand.presses_key_after_s is not None and waiter.queue.options.exit_key:
        fate.append(schedule.after(errand.presses_key_after_s, lambda: life.interrupt(KeyPressed())))
    try:
        return (yield from _wait(exchange, call, waiter))
    except HungUp as hung:
        return _given_up(exchange, waiter, hung)
    except KeyPressed:
        return _left_by_key(exchange, waiter)
    except Withdrawn as asked:
        return _withdrawn(exchange, waiter, asked.info)
    except Taken as taken:
        return _taken(exchange, call, waiter, taken)
    except Moved as moved:
        return _moved(exchange, waiter, moved)
    finally:
        for entry in fate:
            entry.cancel()


def _wait(exchange: Exchange, call: Call, waiter: Waiter) -> Ending:
    """Ask for somebody free whenever it may be our turn; ring him; again, until answered or out of time."""
    world, lines, queue = exchange.world, exchange.lines, waiter.queue
    limit = queue.options.limit_s
    ends_at = float("inf") if limit is None else waiter.joined_at + limit
    lines.stir(queue)
    while True:
        yield None if limit is None else ends_at - world.now
        if chosen := lines.choose(queue) if world.now < ends_at else []:
            waiter.ringing = True
            answer = yield from _ring(exchange, call, waiter, offers.call_all(exchange, call, waiter, chosen), ends_at)
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


def _ring(exchange: Exchange, call: Call, waiter: Waiter, rung: list[Offer], ends_at: float) -> Rung:
    """Ring the chosen members until one answers, all refuse, or the ring time is over."""
    world = exchange.world
    stops_at = min(world.now + waiter.queue.options.ring_s, ends_at)
    try:
        for offer in sorted(rung, key=lambda offer: offer.decides_at):
            if offer.decides_at >= stops_at:
                break
            yield offer.decides_at - world.now
            rung.remove(offer)
            if offer.answers:
                offers.answered(exchange, call, waiter, offer, others=rung)
                return offer
            offers.refused(exchange, call, waiter, offer)
        if rung:
            yield stops_at - world.now
            for offer in rung:
                offers.rung_out(exchange, call, waiter, offer)
    except HungUp as hung:
        if hung.leg is waiter.channel:
            _caller_gone(exchange, waiter, hung)
            _stop_ringing(exchange, call, waiter, rung)
            raise
        _one_phone_gone(exchange, call, waiter, rung, hung)
    except Moved as moved:
        if moved.leg is not waiter.channel:
            _one_phone_gone(exchange, call, waiter, rung, HungUp(moved.leg, 0, asked=False))
            return None
        moved.announced = True
        exchange.switch.stop_music(waiter.channel)
        _stop_ringing(exchange, call, waiter, rung)
        raise
    except KeyPressed:
        _stop_ringing(exchange, call, waiter, rung)
        raise
    except Withdrawn:
        for offer in rung:
            offers.rung_out(exchange, call, waiter, offer)
        raise
    return None


def _stop_ringing(exchange: Exchange, call: Call, waiter: Waiter, rung: list[Offer]) -> None:
    """The caller is away while phones ring: each of them stops, without blame."""
    for offer in rung:
        rang_ms = int((exchange.world.now - offer.began_at) * 1000)
        exchange.world.note(waiter.channel.uniqueid, waiter.queue.name, offer.seat.agent.name, "RINGCANCELED", rang_ms)
        offers.cancelled(exchange, call, waiter, offer)


def _one_phone_gone(exchange: Exchange, call: Call, waiter: Waiter, rung: list[Offer], hung: HungUp) -> None:
    """A rung phone is gone: to the queue it did not answer; the others stop ringing with it."""
    for offer in rung:
        if hung.leg in offer.legs:
            offers.refused(exchange, call, waiter, offer, hung.cause, asked=hung.asked)
        else:
            offers.cancelled(exchange, call, waiter, offer)


def _caller_gone(exchange: Exchange, waiter: Waiter, hung: HungUp) -> None:
    """The first things said of a hang-up, once."""
    if hung.announced:
        return
    hung.announced = True
    if hung.asked:
        exchange.switch.ask_hangup(waiter.channel)
    exchange.switch.stop_music(waiter.channel)


def _given_up(exchange: Exchange, waiter: Waiter, hung: HungUp) -> str:
    """The caller hangs up: ABANDON."""
    switch, lines, leg = exchange.switch, exchange.lines, waiter.channel
    _caller_gone(exchange, waiter, hung)
    _measure_unanswered(exchange, waiter)
    lines.abandon(waiter)
    _note_exit(exchange, waiter, "ABANDON")
    lines.leave(waiter)
    switch.soft_hangup(leg)
    switch.close(leg, 0)
    return "ABANDON"


def _sent_out(exchange: Exchange, waiter: Waiter, status: str, verb: str) -> str:
    """The queue sends the caller on; Asterisk says QueueCallerAbandon here, too (domain.md F3)."""
    exchange.lines.abandon(waiter)
    _measure_unanswered(exchange, waiter)
    _note_exit(exchange, waiter, verb)
    _out_of_line(exchange, waiter, status)
    return status


def _withdrawn(exchange: Exchange, waiter: Waiter, info: str) -> str:
    _measure_unanswered(exchange, waiter)
    exchange.lines.abandon(waiter)
    if info:
        exchange.switch.set(waiter.channel, "QUEUE_WITHDRAW_INFO", info)
    _note_exit(exchange, waiter, "WITHDRAW", info)
    _out_of_line(exchange, waiter, "WITHDRAW")
    return "WITHDRAW"


def _out_of_line(exchange: Exchange, waiter: Waiter, status: str) -> None:
    exchange.switch.stop_music(waiter.channel)
    exchange.lines.leave(waiter)
    exchange.switch.set(waiter.channel, "QUEUESTATUS", status)


def _left_by_key(exchange: Exchange, waiter: Waiter) -> str:
    """EXITWITHKEY: the one exit without QueueCallerAbandon and without QUEUESTATUS."""
    switch, leg, key = exchange.switch, waiter.channel, waiter.queue.options.exit_key
    _measure_unanswered(exchange, waiter)
    switch.step(leg, leg.application, leg.data, exten=key, priority=1, context=f"exits-{waiter.queue.name}")
    switch.stop_music(leg)
    places = waiter.position, waiter.first_position, exchange.lines.waited(waiter)
    exchange.world.note(leg.uniqueid, waiter.queue.name, "NONE", "EXITWITHKEY", key, *places)
    exchange.lines.leave(waiter)
    switch.change(leg, priority=0)
    return "KEY"


def _taken(exchange: Exchange, call: Call, waiter: Waiter, taken: Taken) -> Taken:
    """Somebody lifted a phone for this caller: the line closes up, and only the log says so, of a nameless channel."""
    lines, queue = exchange.lines, waiter.queue
    if not taken.announced:
        exchange.switch.stop_music(waiter.channel)
    places = waiter.position, waiter.first_position, lines.waited(waiter)
    exchange.world.note(exchange.world.next_uniqueid(), queue.name, "NONE", "ABANDON", *places)
    lines.vanish(waiter)
    bridging.hand_over(exchange, call, taken)
    return taken


def _moved(exchange: Exchange, waiter: Waiter, moved: Moved) -> Moved:
    """AMI Redirect: to the queue the caller is lost; he goes on elsewhere."""
    switch, leg = exchange.switch, waiter.channel
    if not moved.announced:
        switch.stop_music(leg)
    _measure_unanswered(exchange, waiter)
    place = {"context": moved.context, "exten": moved.exten, "priority": moved.priority}
    switch.step(leg, leg.application, leg.data, **place)
    exchange.lines.abandon(waiter)
    _note_exit(exchange, waiter, "ABANDON")
    exchange.lines.leave(waiter)
    return moved


def _measure_unanswered(exchange: Exchange, waiter: Waiter) -> None:
    exchange.lines.measure_wait(waiter)
    exchange.switch.measure_call(waiter.channel, 0, exchange.world.now - waiter.channel.opened_at)


def _note_exit(exchange: Exchange, waiter: Waiter, verb: str, *data: object) -> None:
    """``VERB|position|original position|wait``."""
    places = waiter.position, waiter.first_position, exchange.lines.waited(waiter)
    exchange.world.note(waiter.channel.uniqueid, waiter.queue.name, "NONE", verb, *places, *data)
