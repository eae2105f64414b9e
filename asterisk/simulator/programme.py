"""What the demo shows for certain: one late answer, one long hold, one lost phone and one lost trunk.

Everything else on the floor is chance; these come at fixed times, so that a page of the docs can say when to look.
No dice are thrown here: who it falls on follows from the floor as it then is.
"""

from __future__ import annotations

from asterisk.simulator import dialling
from asterisk.simulator.exchange import Call, Exchange, HungUp, Moved, Withdrawn
from asterisk.simulator.failures import CommandError, Failures
from asterisk.simulator.habits import CALLER_NUMBERS
from asterisk.simulator.parts import Agent, ChannelState, Trunk
from asterisk.simulator.schedule import Steps

RING_AT, RINGS_S, RING_TALK_S = 40.0, 18.5, 20.0
"""R-ANS-1: a breach at 15 s of ringing; Dial() would give up after 20 s. Seconds after the floor was opened."""
HOLD_AT, PICKED_UP_S, SPOKEN_S, HELD_S = 70.0, 3.0, 5.0, 75.0
"""R-HLD-2: a breach at every 15 s, a warning from 30 s."""
PHONE_AT, PHONE_LOST_S = 110.0, 60.0
"""R-EMG-23: fires after 30 s."""
TRUNK_AT, TRUNK_LOST_S = 120.0, 55.0
"""R-EMG-22: fires after 30 s."""
LOOK_AGAIN_S = 1.0


class Programme:
    """Plays once, from :meth:`begin` on; times are simulated seconds."""

    def __init__(self, exchange: Exchange, failures: Failures) -> None:
        self._exchange = exchange
        self._failures = failures

    def begin(self) -> None:
        """The floor is open; a restart of the exchange ends what is left of it."""
        for story in (self._late(), self._held(), self._unplugged()):
            self._exchange.world.live(story)
        self._exchange.world.schedule.after(TRUNK_AT, self._cut_off)

    def _late(self) -> Steps:
        """Somebody dials an agent's own number, and waits for him nearly as long as Dial() does."""
        yield RING_AT
        while (agent := self._idle()) is None or (trunk := self._trunk()) is None:
            yield LOOK_AGAIN_S
        self._exchange.begin(lambda call: self._call(call, trunk, agent, RINGS_S, 0.0))

    def _held(self) -> Steps:
        """Somebody dials an agent's own number, and is put on hold for more than a minute."""
        yield HOLD_AT
        while (agent := self._idle()) is None or (trunk := self._trunk()) is None:
            yield LOOK_AGAIN_S
        self._exchange.begin(lambda call: self._call(call, trunk, agent, PICKED_UP_S, HELD_S))

    def _unplugged(self) -> Steps:
        """The phone of an agent who is logged in and free."""
        yield PHONE_AT
        while (agent := self._idle()) is None:
            yield LOOK_AGAIN_S
        self._failures.phones_lost(number=agent.phone.number, seconds=PHONE_LOST_S)

    def _cut_off(self) -> None:
        try:
            self._failures.trunk_lost(seconds=TRUNK_LOST_S)
        except CommandError:
            return  # somebody has cut all of them off by hand

    def _call(self, call: Call, trunk: Trunk, agent: Agent, rings_s: float, held_s: float) -> Steps:
        """From outside to the agent's own number, to the end of both legs."""
        exchange, switch, world = self._exchange, self._exchange.switch, self._exchange.world
        number = agent.phone.number
        caller = switch.open(trunk, exten=number, state=ChannelState.RING, number=CALLER_NUMBERS[0])
        call.caller = caller
        call.own(caller)
        switch.set(caller, "SIPDOMAIN", trunk.host)
        switch.refresh(trunk)
        switch.step(caller, "Dial", f"PJSIP/{number},20,tT")
        exchange.take(call, agent)
        began_at, answered_at = world.now, None
        leg = dialling.open_leg(exchange, call, caller, agent)
        try:
            yield rings_s
            answered_at = world.now
            dialling.answered(exchange, caller, leg)
            yield SPOKEN_S
            if held_s:
                switch.hold(leg, caller)
                yield held_s
                switch.unhold(leg, caller)
            yield RING_TALK_S
            hung = HungUp(caller)
        except (HungUp, Moved, Withdrawn) as broken:
            hung = broken if isinstance(broken, HungUp) else HungUp(broken.leg, asked=False)
        if answered_at is not None:
            dialling.ended(exchange, caller, leg, hung, answered_at, began_at)
        elif hung.leg is leg:
            dialling.unanswered(exchange, caller, leg, "BUSY")
        else:
            dialling.given_up(exchange, caller, leg, asked=hung.asked)

    def _idle(self) -> Agent | None:
        """Somebody with free hands, at his phone and in a queue; rather ready than in his wrap-up."""
        now = self._exchange.world.now
        free = [one for one in self._exchange.world.agents.values() if _free(one)]
        return min(free, key=lambda one: one.free_at > now, default=None)

    def _trunk(self) -> Trunk | None:
        """The last one: the first is the one that will be lost."""
        alive = [trunk for trunk in self._exchange.world.trunks.values() if trunk.registered]
        return alive[-1] if alive else None


def _free(one: Agent) -> bool:
    there = bool(one.members) and one.phone.reachable and not one.is_local
    return there and not one.busy and not one.paused and not one.phone.channels
