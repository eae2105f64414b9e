"""What agents of the demo report from their phones now and then: help, leave, why they hung up first.

Dice of its own are thrown for it, so that the floor's day stays the same with it and without.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from asterisk.simulator.exchange import Exchange
from asterisk.simulator.habits import about, drawn
from asterisk.simulator.parts import Agent
from asterisk.simulator.schedule import Steps

HELP_EVERY_S, FIRST_HELP_S = 210.0, 20.0
LEAVE_EVERY_S, FIRST_LEAVE_S = 170.0, 35.0
SETTLED_S = (25.0, 130.0)
"""How long somebody needs help; beyond a minute unanswered it is escalated."""
GOES_AFTER_S = (40.0, 100.0)
EXPLAINED = 0.6
"""Share of conversations ended first that are explained afterwards."""
EXPLAINS_AFTER_S = (4.0, 45.0)
ABOUT = {"": 7, "technical": 2, "abusive": 1}
REASONS = {"left_on_line": 6, "nuisance": 3, "silent": 3, "noise": 2, "faint": 2, "dialect": 1, "device_fault": 1}
LEAVES = {"toilet": 5, "break": 4, "smoke": 2, "meal": 2, "private": 1}
MINUTES = {"toilet": 4, "break": 8, "smoke": 5, "meal": 25, "private": 5}


class Asking:
    """Plays from :meth:`begin` on; times are simulated seconds."""

    def __init__(self, exchange: Exchange, seed: int | None) -> None:
        self._exchange, self._world = exchange, exchange.world
        self._dice = Random(None if seed is None else f"asking {seed}")  # noqa: S311 - dice, not secrets

    def begin(self) -> None:
        """The floor is open; a restart of the exchange ends what is left of it."""
        self._world.live(self._now_and_then(FIRST_HELP_S, HELP_EVERY_S, self._help))
        self._world.live(self._now_and_then(FIRST_LEAVE_S, LEAVE_EVERY_S, self._leave))
        self._world.scribes.append(self._hear)

    def _now_and_then(self, first_s: float, every_s: float, story: Callable[[], Steps]) -> Steps:
        yield first_s
        while True:
            self._world.live(story())
            yield about(self._dice, every_s, 0.3)

    def _help(self) -> Steps:
        """Somebody in a call asks; later he needs it no more."""
        agent = self._one(lambda one: one.busy)
        if agent is None:
            return
        self._report(agent, "help", Note=drawn(self._dice, ABOUT))
        yield self._dice.uniform(*SETTLED_S)
        self._report(agent, "help", Note="done")

    def _leave(self) -> Steps:
        """Somebody asks, goes when he thinks it is time, and comes back a little late or early."""
        agent = self._one(lambda one: not one.paused)
        if agent is None:
            return
        reason = drawn(self._dice, LEAVES)
        self._report(agent, "leave", Reason=reason, Minutes=str(MINUTES[reason]))
        yield self._dice.uniform(*GOES_AFTER_S)
        if agent.busy or agent.paused or not agent.members:
            return
        self._exchange.lines.pause(agent, reason)
        yield about(self._dice, 60.0 * MINUTES[reason], 0.3)
        if agent.paused:
            self._exchange.lines.pause(agent, paused=False)

    def _hear(self, line: str) -> None:
        """A line of the queue_log: who ended a conversation first may explain it."""
        _, _, _, name, verb, *_ = line.split("|")
        agent = self._world.agents.get(name)
        if verb == "COMPLETEAGENT" and agent is not None and self._dice.random() < EXPLAINED:
            self._world.live(self._explain(agent))

    def _explain(self, agent: Agent) -> Steps:
        yield self._dice.uniform(*EXPLAINS_AFTER_S)
        self._report(agent, "reason", Reason=drawn(self._dice, REASONS))

    def _one(self, fits: Callable[[Agent], bool]) -> Agent | None:
        found = [one for one in self._world.agents.values() if one.members and one.phone.reachable and fits(one)]
        return self._dice.choice(found) if found else None

    def _report(self, agent: Agent, kind: str, **said: str) -> None:
        """As the dialplan of config/floorwatch-extensions.conf does."""
        lines = {"UserEvent": "FloorReport", "Kind": kind, "Agent": agent.name, **said}
        self._world.emit("UserEvent", "".join(f"{name}: {value}\r\n" for name, value in lines.items()))
