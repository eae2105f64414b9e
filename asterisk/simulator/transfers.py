"""Blind transfer: the agent sends the caller to another number and is out of the call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk.simulator import answers, calls, wire
from asterisk.simulator.exchange import Exchange, Moved
from asterisk.simulator.schedule import Steps

if TYPE_CHECKING:
    from asterisk.simulator.answers import Talk


def blind(exchange: Exchange, talk: Talk, exten: str) -> Steps:
    """A REFER by the agent's phone: to a queue's number or to a colleague's."""
    switch, caller, leg, room = exchange.switch, talk.waiter.channel, talk.offer.leg, talk.room
    switch.unhold(leg, caller)
    switch.set(caller, "BLINDTRANSFER", leg.name)
    switch.set(leg, "BLINDTRANSFER", caller.name)
    switch.set(caller, "SIPTRANSFER", "yes")
    switch.set(caller, "SIPREFERRINGCONTEXT", "internal")
    switch.set(caller, "SIPREFERTOHDR", f"sip:{exten}@192.0.2.10")
    exchange.world.emit(
        "BlindTransfer",
        "Result: Success\r\n",
        wire.channel(leg, "Transferer"),
        wire.channel(caller, "Transferee"),
        wire.bridge(room),
        f"IsExternal: Yes\r\nContext: internal\r\nExtension: {exten}\r\n",
    )
    figures = answers.complete(exchange, talk, "transfer")
    answers.note(exchange, talk, "BLINDTRANSFER", exten, "internal", *figures)
    switch.step(caller, caller.application, caller.data, exten=exten, priority=1)
    switch.leave(caller)
    switch.measure_call(caller, 0, exchange.world.now - caller.opened_at)
    switch.leave(leg)
    switch.tear_down(room)
    answers.close_agent_side(exchange, talk, 16)
    answers.after_call(exchange, talk)
    caller.sent_blind = True
    yield 0.01
    yield from calls.dialplan(exchange, talk.call, Moved(caller, "internal", exten, 1))
