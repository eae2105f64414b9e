"""Holding, waiting, transfer (domain.md §2)."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.conditions.contract import About, Condition, Lasting, Level, Occurrence, Params, Reading, World
from alerts.conditions.reading import SPAN, agent_of, agents_where, state_span
from alerts.conditions.subjects import SITE, changed, said, the_agent
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.model import Agent, AgentState, Caller, CallKind, Correction, Key

WITH_CALLER = frozenset({AgentState.TALKING, AgentState.HOLDING})
BLIND = "blind"


def holding(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """R-HLD-2: he keeps a customer on hold; a colleague on hold is none."""
    agent = agent_of(subject, world)
    return state_span(agent, world, "HoldBegan") if agent is not None and _holding(agent) else None


def _holding(agent: Agent) -> object:
    return SPAN(agent) if agent.state is AgentState.HOLDING and agent.kind is not CallKind.INTERNAL else None


def held_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """Agents whose caller has been on hold, and those who were such until now."""
    held: dict[Key, int | None] = world.memory("held", SITE).setdefault("agents", {})
    for before, after in changed(outcome, Agent):
        agent = after if after is not None else before
        if agent is None:
            continue
        caller = _served(after, world)
        if caller is not None and caller.holds:
            held[agent.key] = None
        elif agent.key not in held:
            continue
        elif held[agent.key] not in (None, outcome.revision):  # it ended before; asked twice of that, it says the same
            del held[agent.key]
            continue
        else:
            held[agent.key] = outcome.revision
        yield the_agent(agent.pbx, agent.name)


def held_in_all(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """R-HLD-3: how long this caller has been held by now, all his holds together."""
    agent = agent_of(subject, world)
    caller = _served(agent, world)
    if agent is None or caller is None or not caller.holds:
        return None
    since = world.ours(agent.pbx, agent.since)
    proof = said(since, "HoldBegan", queue=caller.queue, call=caller.uniqueid, holds=caller.holds, held_s=caller.hold_s)
    about = About(caller.queue, caller.uniqueid, agent.name, (proof,))
    if agent.state is AgentState.HOLDING:
        return Lasting(since - caller.hold_s, about)
    return Level(round(caller.hold_s, 3), about=about)


def holds(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """R-HLD-3: how often this caller has been put on hold."""
    agent = agent_of(subject, world)
    caller = _served(agent, world)
    if agent is None or caller is None or not caller.holds:
        return None
    proof = said(now, "HoldBegan", queue=caller.queue, call=caller.uniqueid, holds=caller.holds)
    return Level(caller.holds, about=About(caller.queue, caller.uniqueid, agent.name, (proof,)))


def _serves(agent: Agent) -> bool:
    return agent.state in WITH_CALLER and agent.queue is not None and agent.call is not None


def _served(agent: Agent | None, world: World) -> Caller | None:
    if agent is None or not _serves(agent) or agent.queue is None or agent.call is None:
        return None
    return world.floor.callers.get((agent.pbx, agent.queue, agent.call))


def blind_transfer(outcome: Outcome, world: World, _params: Params) -> Iterator[Occurrence]:
    """R-HLD-6: a caller of a queue was passed on without a word to the next person."""
    corrected = ((one.before, one.after) for one in outcome.records if isinstance(one, Correction))
    for before, after in (*changed(outcome, Caller), *corrected):
        if after is None or after.transfer != BLIND or after.agent is None:
            continue
        if before is None or before.transfer != BLIND:
            at = world.ours(after.pbx, outcome.fact.at)
            proof = said(at, "CallTransferred", how=BLIND, queue=after.queue, call=after.uniqueid)
            about = About(after.queue, after.uniqueid, after.agent, (proof,))
            yield Occurrence(the_agent(after.pbx, after.agent), at, about=about)


def passed_on(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """R-HLD-8: it rings for a caller whom he transferred, and nobody takes him; of several the first."""
    agent = agent_of(subject, world)
    if agent is None or not agent.passed_on:
        return None
    call, raw = min(agent.passed_on, key=lambda one: one[1])
    since = world.ours(agent.pbx, raw)
    proof = said(since, "DialBegan", call=call, transferred_by=agent.name)
    return Lasting(since, About(None, call, agent.name, (proof,)), raw=raw)


CONDITIONS = (
    Condition(
        name="holding",
        subject=SubjectKind.AGENT,
        params={},
        help="Seconds an agent has kept his customer on hold, each hold by itself (R-HLD-2).",
        touched=agents_where(_holding),
        read=holding,
        hears=frozenset({Agent}),
    ),
    Condition(
        name="held_in_all",
        subject=SubjectKind.AGENT,
        params={},
        help="Seconds a caller of a queue has been on hold in all, until his conversation ends (R-HLD-3).",
        touched=held_touched,
        read=held_in_all,
        hears=frozenset({Agent}),
    ),
    Condition(
        name="holds",
        subject=SubjectKind.AGENT,
        params={},
        help="How often a caller of a queue has been put on hold, until his conversation ends (R-HLD-3).",
        touched=held_touched,
        read=holds,
        unit="times",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="blind_transfer",
        subject=SubjectKind.AGENT,
        params={},
        help="Each caller of a queue passed on without announcing him (R-HLD-6).",
        occurred=blind_transfer,
        unit="times",
        hears=frozenset({Caller, Correction}),
    ),
    Condition(
        name="passed_on",
        subject=SubjectKind.AGENT,
        params={},
        help="Seconds it has been ringing for a caller whom the agent transferred and whom nobody takes (R-HLD-8).",
        touched=agents_where(lambda agent: agent.passed_on or None),
        read=passed_on,
        hears=frozenset({Agent}),
    ),
)
