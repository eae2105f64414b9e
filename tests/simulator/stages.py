"""A tiny floor on which a test plays one call: agents and callers do exactly what they are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from asterisk.simulator import calls
from asterisk.simulator.exchange import Call, Exchange
from asterisk.simulator.habits import Habits
from asterisk.simulator.parts import Agent, Member, Phone, Queue, QueueOptions, Trunk
from asterisk.simulator.world import World

START = 1_795_315_200.0

STEADY = {
    "answers_after_s": 2.0,
    "misses": 0.0,
    "rejects": 0.0,
    "talks_s": 30.0,
    "holds": 0.0,
    "hold_s": 6.0,
    "transfers": 0.0,
    "hangs_up_first": 0.0,
    "works_s": 1e9,
    "dials_per_hour": 0.0,
    "acw_pause": 0.0,
}


@dataclass
class Stage:
    """One queue ``support`` and, when asked for, a second one ``sales``."""

    seed: int = 1
    busy_at: int = 0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(self.seed, START)
        self.exchange = Exchange(self.world, busy_at=self.busy_at)
        self.world.trunks["carrier"] = Trunk("carrier", "198.51.100.10")
        self.world.taps.append(lambda event: self.said.append(event.text))

    def queue(self, name: str = "support", exten: str = "700", **options: Any) -> Queue:
        """A queue; ``linear`` unless told otherwise, so that agents are rung in the order they sit."""
        queue = self.world.queues[name] = Queue(QueueOptions(name, exten, **{"strategy": "linear", **options}))
        return queue

    def agent(self, name: str, number: str, *queues: Queue, local: bool = False, **habits: float) -> Agent:
        """An agent in these queues, with some habits of his own."""
        phone = self.world.phones[number] = Phone(number, "192.0.2.20")
        interface = f"Local/{number}@internal/n" if local else phone.name
        agent = self.world.agents[name] = Agent(name, phone, interface, Habits(**{**STEADY, **habits}))
        phone.agent = agent
        for queue in queues:
            queue.members[name] = agent.members[queue.name] = Member(queue, agent)
        return agent

    def call(self, queue: Queue, **errand: Any) -> Call:
        """Somebody rings in."""
        errand = {"number": "01632960001", "patience_s": 600.0, **errand}
        trunk, why = self.world.trunks["carrier"], calls.Errand(queue, **errand)
        return self.exchange.begin(lambda call: calls.inbound(self.exchange, call, trunk, why))

    def pass_time(self, seconds: float) -> None:
        self.world.schedule.run_until(self.world.now + seconds)

    def to_the_end(self, most_s: float = 3600.0) -> None:
        """Until no call is left."""
        ends_at = self.world.now + most_s
        while self.exchange.calls and self.world.now < ends_at:
            self.pass_time(1.0)
        assert not self.exchange.calls, "a call never ended"

    @property
    def tape(self) -> str:
        return "".join(self.said)
