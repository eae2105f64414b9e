"""The application Bridge: whoever lifts the phone gets the caller, out of a queue's line or out of a conversation.

As on the tapes of Asterisk 16 and 22: who waits leaves the line without a word (the queue is left with a nameless
channel, which its log lets give up), who talks leaves his agent at once, while his call completes only when he is gone.
"""

from __future__ import annotations

from asterisk.simulator import dialling
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Taken, Withdrawn
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Channel
from asterisk.simulator.schedule import Steps

SOON_S = 1.0


def fetch(exchange: Exchange, call: Call, leg: Channel, name: str) -> Steps:
    """Run by the lifted phone: the channel of this name comes to it, and both talk until one of them hangs up."""
    target = exchange.world.channels.get(name)
    whose = next((one for one in exchange.calls if target in one.legs), None)
    if target is None or whose is None or whose is call or whose.waiter is None or whose.waiter.channel is not target:
        exchange.switch.close(leg, 0)  # there is nobody of this name: the phone hears the line end
        return
    began_at, taken = exchange.world.now, Taken(target, leg, call)
    whose.life.interrupt(taken)
    try:
        yield SOON_S
        if not taken.done:
            exchange.switch.close(leg, 0)
            return
        yield max(3.0, about(exchange.world.random, 60.0))
        hung = HungUp(target)
    except (HungUp, Moved, Withdrawn) as broken:
        hung = broken if isinstance(broken, HungUp) else HungUp(broken.leg, asked=False)
    if not taken.done:
        exchange.switch.close(leg, 0)
        return
    taken.owed()
    dialling.ended(exchange, target, leg, hung, began_at, began_at, by_dial=False)


def hand_over(exchange: Exchange, call: Call, taken: Taken) -> None:
    """The caller is the taker's from now on: out of his old bridge, into one with the lifted phone."""
    switch, leg = exchange.switch, taken.leg
    old = leg.bridge
    if old is not None:
        switch.leave(leg)
    call.legs.remove(leg)
    taken.taker.own(leg)
    room = switch.build_bridge()
    switch.enter(room, leg)
    if old is not None:
        for left in tuple(old.channels):
            switch.leave(left)
        switch.tear_down(old)
    switch.change(taken.by, linkedid=leg.linkedid)
    switch.enter(room, taken.by)
    switch.introduce(room)
    taken.done = True
