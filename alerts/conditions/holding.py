"""Holding, waiting, transfer (domain.md §2)."""

from __future__ import annotations

from alerts.conditions.contract import Condition, Params, Reading, World
from alerts.conditions.reading import agent_of, agents_touched, state_span
from alerts.model import Subject, SubjectKind
from floor.state.model import AgentState, CallKind


def _holding(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    agent = agent_of(subject, world)
    if agent is None or agent.state is not AgentState.HOLDING or agent.kind is CallKind.INTERNAL:
        return None
    return state_span(agent, world, "HoldBegan")


CONDITIONS = (
    Condition(
        name="holding",
        subject=SubjectKind.AGENT,
        params={},
        help="seconds that an agent has kept his customer on hold, each hold by itself (R-HLD-2)",
        touched=agents_touched,
        read=_holding,
    ),
)
