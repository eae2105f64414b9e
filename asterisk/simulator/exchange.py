"""One simulated exchange, assembled: the world and the verbs on it, and whose hands are free.

``Exchange.take`` and ``give_back`` are the only places where an agent becomes busy or free, so nobody is ever
in two calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from asterisk.simulator.lines import Lines
from asterisk.simulator.parts import Agent, Channel, Waiter
from asterisk.simulator.schedule import Life, Steps
from asterisk.simulator.spying import Sound
from asterisk.simulator.switch import Switch
from asterisk.simulator.world import World


class HungUp(Exception):  # noqa: N818 - news on the line, not an error
    """Somebody put the receiver down: raised in the life of the call."""

    def __init__(self, leg: Channel, cause: int = 16, *, asked: bool = True) -> None:
        super().__init__(leg.name)
        self.leg = leg
        self.cause = cause
        self.asked = asked
        """Whether the phone said so itself (HangupRequest); otherwise the exchange ended it."""
        self.announced = False
        """Whether the exchange has begun to speak of it."""


class Moved(Exception):  # noqa: N818 - news on the line, not an error
    """The channel was sent elsewhere (AMI Redirect)."""

    def __init__(self, leg: Channel, context: str, exten: str, priority: int) -> None:
        super().__init__(leg.name)
        self.leg, self.context, self.exten, self.priority = leg, context, exten, priority
        self.announced = False


class Taken(Moved):
    """The channel was taken to a phone that somebody lifted for it (application Bridge)."""

    def __init__(self, leg: Channel, by: Channel, taker: Call) -> None:
        super().__init__(leg, "", "", 1)
        self.by, self.taker = by, taker
        self.owed: Callable[[], None] = lambda: None
        """What the queue says when this caller is gone at last."""
        self.done = False


class Withdrawn(Exception):  # noqa: N818 - news on the line, not an error
    """The caller was asked out of the queue (QueueWithdrawCaller)."""

    def __init__(self, leg: Channel, info: str = "") -> None:
        super().__init__(leg.name)
        self.leg, self.info = leg, info


Disturbance = HungUp | Moved | Withdrawn


@dataclass(slots=True, eq=False)
class Call:
    """One call, from the first channel to the last: its life, its legs, the agents it keeps busy."""

    life: Life = field(init=False)
    caller: Channel = field(init=False)
    waiter: Waiter | None = None
    """His place in a queue's line."""
    legs: list[Channel] = field(default_factory=list)
    agents: list[Agent] = field(default_factory=list)

    def own(self, *legs: Channel) -> None:
        """These legs are part of this call: whatever happens to them is told to its life."""
        for leg in legs:
            leg.life = self.life
            self.legs.append(leg)


class Exchange:
    """The world with its verbs."""

    def __init__(self, world: World, *, busy_at: int = 0) -> None:
        self.world = world
        self.switch = Switch(world, busy_at=busy_at)
        self.lines = Lines(world, self.switch)
        self.calls: dict[Call, None] = {}
        self.control: Callable[[str, list[str]], list[str]] | None = None
        """Takes ``simulator VERB key=value…`` of the console: failures on command."""
        self.connect: Callable[[Sound], None] | None = None
        """Connects a spying channel to whoever it was ordered for; ``None``: there is no network."""

    def begin(self, story: Callable[[Call], Steps]) -> Call:
        """Let a call begin at this moment."""
        call = Call()
        self.calls[call] = None
        call.life = self.world.live(self._tell(call, story(call)))
        return call

    def _tell(self, call: Call, story: Steps) -> Steps:
        """The story to its end; what disturbs it where it has no answer ends it. Nothing is left behind."""
        try:
            yield from story
        except (HungUp, Moved, Withdrawn):
            pass
        finally:
            self._clear_away(call)

    def _clear_away(self, call: Call) -> None:
        if call.waiter is not None and call.waiter in call.waiter.queue.line:
            self.lines.leave(call.waiter)
        for leg in call.legs:
            if leg.name in self.world.channels:
                room = leg.bridge
                self.switch.leave(leg)
                if room is not None and not room.channels:
                    self.switch.tear_down(room)
                self.switch.close(leg, leg.cause)
        for agent in tuple(call.agents):
            self.give_back(call, agent)
        self.calls.pop(call, None)

    def colleague(self, agent: Agent) -> Agent | None:
        """Somebody else who could take a call by his own number now."""
        random, agents = self.world.random, list(self.world.agents.values())
        for _ in range(8):
            other = random.choice(agents)
            idle = not other.busy and not other.paused and not other.phone.channels
            if other is not agent and idle and other.phone.reachable and other.free_at <= self.world.now:
                return other
        return None

    def take(self, call: Call, agent: Agent) -> None:
        """This agent now serves this call, and no other."""
        if agent.busy:
            raise AssertionError(f"{agent.name} would be in two calls")
        agent.busy = True
        call.agents.append(agent)

    def give_back(self, call: Call, agent: Agent, wrapup_s: float = 0.0) -> None:
        """The agent is free, at once or after his wrap-up."""
        call.agents.remove(agent)
        agent.busy = False
        agent.free_at = self.world.now + wrapup_s
        self.world.schedule.at(agent.free_at, lambda: self.lines.stir_for(agent))
        if agent.life is not None and agent.awaits_end:
            agent.life.wake("free")
