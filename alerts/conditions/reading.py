"""What conditions about agents share: whose entity differs, and his present state as a span."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from alerts.conditions.contract import About, Lasting, World
from alerts.conditions.subjects import changed, said, the_agent
from alerts.model import Subject
from floor.ports import Outcome
from floor.state.model import Agent


def agents_where(concerned: Callable[[Agent], bool]) -> Callable[[Outcome, World], Iterator[Subject]]:
    """Finds agents who changed and of whom this is true, or was before: for all others there was nothing to read and
    there is nothing now. A dozen conditions ask of each change; most of them would read nothing."""

    def agents_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
        for before, after in changed(outcome, Agent):
            agent = after if after is not None else before
            if agent is None:
                continue
            if concerned(agent) or (agent is after and before is not None and concerned(before)):
                yield the_agent(agent.pbx, agent.name)

    return agents_touched


def agent_of(subject: Subject, world: World) -> Agent | None:
    return world.floor.agents.get((subject.pbx, subject.name))


def state_span(agent: Agent, world: World, fact: str, *, told: bool = False) -> Lasting:
    """The agent's present state as a span; ``fact``: what began it."""
    since = world.ours(agent.pbx, agent.since)
    proof = said(since, fact, queue=agent.queue, call=agent.call)
    return Lasting(since, About(agent.queue, agent.call, agent.name, (proof,)), raw=agent.since, told=told)
