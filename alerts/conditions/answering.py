"""Answering (domain.md §1): rings of an agent's phone for a caller of a queue."""

from __future__ import annotations

from alerts.conditions.contract import Condition, Params, Reading, World
from alerts.conditions.reading import agent_of, agents_touched, state_span
from alerts.model import Subject, SubjectKind
from floor.state.model import AgentState, CallKind


def _ringing(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    agent = agent_of(subject, world)
    if agent is None or agent.state is not AgentState.RINGING or agent.kind is not CallKind.QUEUE:
        return None
    return state_span(agent, world, "OfferBegan")


CONDITIONS = (
    Condition(
        name="ringing",
        subject=SubjectKind.AGENT,
        params={},
        help="seconds that an agent's phone has been ringing for a caller of a queue (R-ANS-1); not while he talks",
        touched=agents_touched,
        read=_ringing,
    ),
)
