"""What conditions about agents share: whose entity differs, and his present state as a span."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter

from alerts.conditions.contract import About, Lasting, World
from alerts.conditions.subjects import changed, said, the_agent
from alerts.model import Subject
from floor.ports import Outcome
from floor.state.model import Agent

SPAN: Callable[[Agent], object] = attrgetter("since", "state", "kind", "queue", "call", "reason")
"""All that :func:`state_span` says of an agent."""


def agents_where(shows: Callable[[Agent], object]) -> Callable[[Outcome, World], Iterator[Subject]]:
    """Finds agents of whom something else is to be read than before. ``shows``: what the reading rests on; ``None``:
    there is nothing to read. A dozen conditions are asked of each change, and nine of ten would read what they knew."""

    def agents_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
        for before, after in changed(outcome, Agent):
            agent = after if after is not None else before
            was = None if before is None else shows(before)
            if agent is not None and was != (None if after is None else shows(after)):
                yield the_agent(agent.pbx, agent.name)

    return agents_touched


def agent_of(subject: Subject, world: World) -> Agent | None:
    return world.floor.agents.get((subject.pbx, subject.name))


def state_span(agent: Agent, world: World, fact: str, *, told: bool = False) -> Lasting:
    """The agent's present state as a span; ``fact``: what began it."""
    since = world.ours(agent.pbx, agent.since)
    proof = said(since, fact, queue=agent.queue, call=agent.call)
    return Lasting(since, About(agent.queue, agent.call, agent.name, (proof,)), raw=agent.since, told=told)
