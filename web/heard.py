"""Who listens to an agent, as a desk may tell it (R-SEC-1, R-SEC-15)."""

from __future__ import annotations

from floor.listening.model import Listening, ListeningStage
from floor.listening.ports import Listenings
from floor.people.model import Person
from floor.people.rights import Right, may
from floor.state.model import Agent
from web import wire


def heard_by(agent: Agent, listenings: Listenings | None, person: Person, *, notice: bool) -> tuple[wire.HeardBy, ...]:
    """``person`` sees the agent at his desk. Who it is that listens he is told if he may see the audit, or listens
    himself; ``notice``: that somebody does, everybody is told."""
    if listenings is None:
        return ()
    on = [one for one in listenings.of_agent(agent.pbx, agent.name) if one.stage is ListeningStage.ON]
    return tuple(_shown(one, named) for one in on if (named := knows(person, one)) or notice)


def knows(person: Person, listening: Listening) -> bool:
    """Whether he may know who listens to an agent he sees."""
    mine = listening.by == person.id and not listening.elsewhere
    return mine or may(person, Right.SEE_AUDIT)


def _shown(one: Listening, named: bool) -> wire.HeardBy:
    return wire.HeardBy(one.mode, one.way, one.began_at, one.by_name if named else None)
