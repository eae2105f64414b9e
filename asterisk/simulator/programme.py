"""What the demo shows for certain: one late answer, one long hold, one lost phone and one lost trunk.

Everything else on the floor is chance; these come at fixed times, so that a page of the docs can say when to look.
Whom it falls on follows from the floor as it then is: no dice are thrown for it.
"""

from __future__ import annotations

from asterisk.simulator import calls
from asterisk.simulator.calls import Errand
from asterisk.simulator.exchange import Exchange
from asterisk.simulator.failures import CommandError, Failures
from asterisk.simulator.habits import CALLER_NUMBERS
from asterisk.simulator.parts import Agent, Cue, Queue, Trunk
from asterisk.simulator.schedule import Steps

LATE_AT, LATE = 40.0, Cue(rings_s=26.0, held_s=0.0)
"""R-ANS-1: a breach at 15 s of ringing, eleven seconds to see it; queues of the demo ring for 28 s. Seconds after the
floor was opened."""
HOLD_AT, HOLD = 70.0, Cue(rings_s=3.0, held_s=75.0)
"""R-HLD-2: a breach at every 15 s, a warning from 30 s."""
PHONE_AT, PHONE_LOST_S = 110.0, 60.0
"""R-EMG-23: fires after 30 s."""
TRUNK_AT, TRUNK_LOST_S = 120.0, 55.0
"""R-EMG-22: fires after 30 s."""
PATIENCE_S, FIRST = 600.0, 20
"""Callers on cue wait as long as it takes, at the head of the line."""
LOOK_AGAIN_S = 1.0


class Programme:
    """Plays once, from :meth:`begin` on; times are simulated seconds."""

    def __init__(self, exchange: Exchange, failures: Failures) -> None:
        self._exchange = exchange
        self._failures = failures

    def begin(self) -> None:
        """The floor is open; a restart of the exchange ends what is left of it."""
        for story in (self._rings_in(LATE_AT, LATE), self._rings_in(HOLD_AT, HOLD), self._phone(), self._trunk()):
            self._exchange.world.live(story)

    def _rings_in(self, at: float, cue: Cue) -> Steps:
        """A caller with whom it goes as it must."""
        yield at
        queue, trunk = self._line(), self._way_in()
        if queue is not None and trunk is not None:
            errand = Errand(queue, CALLER_NUMBERS[0], patience_s=PATIENCE_S, priority=FIRST, cue=cue)
            self._exchange.begin(lambda call: calls.inbound(self._exchange, call, trunk, errand))

    def _phone(self) -> Steps:
        """The phone of somebody who is logged in and not on it."""
        yield PHONE_AT
        while (agent := self._free()) is None:
            yield LOOK_AGAIN_S
        self._failures.phones_lost(number=agent.phone.number, seconds=PHONE_LOST_S)

    def _trunk(self) -> Steps:
        yield TRUNK_AT
        try:
            self._failures.trunk_lost(seconds=TRUNK_LOST_S)
        except CommandError:
            return  # somebody has cut all of them off by hand

    def _line(self) -> Queue | None:
        """A queue that rings one member after another and sends nobody away."""
        for queue in self._exchange.world.queues.values():
            if queue.members and queue.options.strategy != "ringall" and queue.options.limit_s is None:
                return queue
        return None

    def _way_in(self) -> Trunk | None:
        """The last trunk: the first one is about to be lost."""
        alive = [trunk for trunk in self._exchange.world.trunks.values() if trunk.registered]
        return alive[-1] if alive else None

    def _free(self) -> Agent | None:
        """Rather somebody who is ready than in his wrap-up or on a break."""
        agents = self._exchange.world.agents.values()
        free = [one for one in agents if one.members and one.phone.reachable and not one.phone.channels]
        return min(free, key=lambda one: (one.paused, one.free_at > self._exchange.world.now), default=None)
