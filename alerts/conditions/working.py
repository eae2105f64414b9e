"""An agent at his place (domain.md §4): short after-call work, and no seat that is ready but unattended."""

from __future__ import annotations

from alerts.conditions.contract import About, Condition, Level, Params, Reading, World
from alerts.conditions.reading import SPAN, agent_of, agents_where, state_span
from alerts.conditions.subjects import said
from alerts.model import Subject, SubjectKind
from floor.state.model import Agent, AgentState

READY_OR_RUNG = frozenset({AgentState.READY, AgentState.RINGING, AgentState.AUTO_PAUSED})


def after_call(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """R-PRS-20: after-call work, be it the queue's wrap-up or a pause with that reason."""
    agent = agent_of(subject, world)
    if agent is None or not _works_after(agent):
        return None
    return state_span(agent, world, "CallCompleted", told=agent.reason is not None)


def unattended(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """R-PRS-16: offers in a row that he did not answer while logged in and ready; who pauses himself is there."""
    agent = agent_of(subject, world)
    if agent is None or not _misses(agent):
        return None
    proof = said(now, "OfferUnanswered", agent=agent.name, in_row=agent.misses, state=agent.state.value)
    return Level(agent.misses, about=About(agent=agent.name, evidence=(proof,)))


def _works_after(agent: Agent) -> object:
    return SPAN(agent) if agent.state is AgentState.ACW else None


def _misses(agent: Agent) -> object:
    return (agent.misses, agent.state) if agent.misses and agent.state in READY_OR_RUNG else None


CONDITIONS = (
    Condition(
        name="after_call",
        subject=SubjectKind.AGENT,
        params={},
        help="Seconds of after-call work (R-PRS-20).",
        touched=agents_where(_works_after),
        read=after_call,
        hears=frozenset({Agent}),
    ),
    Condition(
        name="unattended",
        subject=SubjectKind.AGENT,
        params={},
        help="Offers in a row that an agent did not answer while he is logged in and ready (R-PRS-16).",
        touched=agents_where(_misses),
        read=unattended,
        unit="times",
        hears=frozenset({Agent}),
    ),
)
