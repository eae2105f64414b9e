"""The people: callers who ring in through the day, agents who work, pause, dial out, log off and come back."""

from __future__ import annotations

from asterisk.simulator import calls, habits, outgoing
from asterisk.simulator.exchange import Exchange
from asterisk.simulator.habits import about
from asterisk.simulator.parts import Agent, Queue, Trunk
from asterisk.simulator.scenario import FloorSettings, QueuePlan
from asterisk.simulator.schedule import Life, Steps

NEWS_S = 20.0
"""How soon callers notice that the hour or a surge has changed their number."""


class People:
    """Brings calls and shifts about. ``surge`` multiplies the callers."""

    def __init__(self, exchange: Exchange, settings: FloorSettings) -> None:
        self.exchange = exchange
        self.settings = settings
        self.surge = 1.0
        self.opens_at = exchange.world.now
        """When the floor begins to be watched: its waves are counted from here."""
        self._lives: list[Life] = []

    def arrive(self) -> None:
        """Let callers and agents begin their day."""
        world = self.exchange.world
        for plan in self.settings.queues:
            self._lives.append(world.live(self._callers(world.queues[plan.options.name], plan)))
        for agent in world.agents.values():
            agent.life = world.live(self._shift(agent))
            self._lives.append(agent.life)

    def go_home(self) -> None:
        """Nobody calls and nobody changes anything any more; calls under way go on."""
        for life in self._lives:
            life.stop()
        self._lives.clear()

    # Callers

    def _callers(self, queue: Queue, plan: QueuePlan) -> Steps:
        """Callers of one queue, one after another at chance's distance."""
        world = self.exchange.world
        while True:
            rate = plan.calls_per_s * self.surge * self._season()
            gap_s = habits.waiting_time(world.random, rate)
            if gap_s > NEWS_S:  # nobody within that time; look again how busy the floor then is
                yield NEWS_S
                continue
            yield gap_s
            self.ring_in(queue, plan.patience_s)

    def _season(self) -> float:
        """How busy this moment is: hour of the day and the waves within it."""
        now = self.exchange.world.now
        shape = habits.day_curve(now % 86400 / 3600) if self.settings.day_curve else 1.0
        return shape * habits.swell(now - self.opens_at)

    def ring_in(self, queue: Queue, patience_s: float) -> None:
        """One caller, if a trunk can bring him."""
        trunk = self._trunk()
        if trunk is None:
            return
        number = self.exchange.world.random.choice(habits.CALLER_NUMBERS)
        if self.exchange.world.chance(self.settings.direct_share):
            target = self.exchange.world.random.choice(list(self.exchange.world.agents.values()))
            self.exchange.begin(lambda call: calls.direct(self.exchange, call, trunk, number, target))
            return
        errand = calls.errand(self.exchange, queue, number, patience_s)
        self.exchange.begin(lambda call: calls.inbound(self.exchange, call, trunk, errand))

    def _trunk(self) -> Trunk | None:
        alive = [trunk for trunk in self.exchange.world.trunks.values() if trunk.registered]
        return self.exchange.world.random.choice(alive) if alive else None

    # Agents

    def _shift(self, agent: Agent) -> Steps:
        """Work for a while, pause, work again; now and then a call of his own, or off the floor and back."""
        world, lines = self.exchange.world, self.exchange.lines
        yield world.random.uniform(0, agent.habits.works_s)
        while True:
            yield from self._finish_call(agent)
            if not agent.members:
                self._come_back(agent)
            elif any(seat.reason == "Auto-Pause" for seat in agent.members.values()):
                lines.pause(agent, paused=False)
            elif world.chance(self._dials_share(agent)):
                self._dial(agent)
            elif world.chance(0.1) and self._go_off(agent):
                yield about(world.random, 600.0)
                continue
            elif not agent.paused:
                yield from self._pause(agent)
            yield about(world.random, self._next_change_s(agent), 0.6)

    def _finish_call(self, agent: Agent) -> Steps:
        while agent.busy:
            agent.awaits_end = True
            yield None
        agent.awaits_end = False

    def _dials_share(self, agent: Agent) -> float:
        """How often what he does next is a call of his own."""
        return agent.habits.dials_per_hour / 3600 * self._next_change_s(agent)

    def _next_change_s(self, agent: Agent) -> float:
        return 1 / (1 / agent.habits.works_s + agent.habits.dials_per_hour / 3600)

    def _dial(self, agent: Agent) -> None:
        if agent.busy or agent.paused or not agent.phone.reachable:
            return
        trunk, world = self._trunk(), self.exchange.world
        if world.chance(0.35) or trunk is None:
            self.exchange.begin(lambda call: outgoing.internal(self.exchange, call, agent))
        else:
            number = world.random.choice(habits.CALLER_NUMBERS)
            self.exchange.begin(lambda call: outgoing.outbound(self.exchange, call, agent, trunk, number))

    def _pause(self, agent: Agent) -> Steps:
        world, lines = self.exchange.world, self.exchange.lines
        reason, seconds = habits.pause(world.random)
        lines.pause(agent, reason)
        yield seconds
        yield from self._finish_call(agent)
        if agent.paused:
            lines.pause(agent, paused=False)

    def _go_off(self, agent: Agent) -> bool:
        """A dynamic member logs off all queues."""
        seats = list(agent.members.values())
        if not all(seat.dynamic for seat in seats):
            return False
        for seat in seats:
            self.exchange.lines.remove_member(seat)
        return True

    def _come_back(self, agent: Agent) -> None:
        for name in self.settings.queues_of.get(agent.name, ()):
            self.exchange.lines.add_member(self.exchange.world.queues[name], agent)
