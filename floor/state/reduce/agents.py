"""Agents: memberships and the one state that follows."""

from __future__ import annotations

from dataclasses import replace

from floor.state.facts import MemberRemoved, MemberSeen, ReviewDue
from floor.state.floor import Draft
from floor.state.lifecycle import IN_USE, Verdict, judge
from floor.state.model import Agent, AgentState, Gap, Member, Span


def settle(draft: Draft, agent: Agent, at: float) -> None:
    """Judge the agent anew, close the span of the state he left, and write him."""
    agent = _mark_busy(agent, at)
    verdict = judge(agent, at)
    judged = _judged(agent, verdict, at)
    before = draft.floor.agents.get(agent.key)
    if before is None:
        judged = replace(judged, since=at if verdict.since is None else min(verdict.since, at))
    elif _stretch(before) != _stretch(judged):
        judged = replace(judged, since=_begin(verdict, before, at), before=before.state)
        draft.records.append(_span(before, judged.since, draft.floor.gaps.get(agent.pbx)))
    draft.agents.put(agent.key, judged)


def _judged(agent: Agent, verdict: Verdict, at: float) -> Agent:
    leg = verdict.leg
    after_call = verdict.state is AgentState.ACW
    return replace(
        agent,
        state=verdict.state,
        queue=leg.queue if leg else (agent.acw_queue if after_call else None),
        call=leg.call if leg else (agent.acw_call if after_call else None),
        kind=leg.kind if leg else None,
        reason=verdict.reason,
        review_at=verdict.review_at if verdict.review_at is None or verdict.review_at > at else None,
    )


def _stretch(agent: Agent) -> tuple[object, ...]:
    return (agent.state, agent.queue, agent.call, agent.kind, agent.reason)


def _begin(verdict: Verdict, before: Agent, at: float) -> float:
    """Never before the state it follows, never in the future."""
    return at if verdict.since is None else max(before.since, min(verdict.since, at))


def _span(agent: Agent, until: float, gap: Gap | None) -> Span:
    """The state just left; one that reaches into a gap ends, as far as we know, where the gap began."""
    blind = gap is not None and agent.since < gap.began_at
    if gap is not None and blind:
        until = gap.began_at
    return Span(
        pbx=agent.pbx,
        agent=agent.name,
        state=agent.state,
        began_at=agent.since,
        ended_at=max(agent.since, until),
        reason=agent.reason,
        queue=agent.queue,
        call=agent.call,
        kind=agent.kind,
        gap=blind,
    )


def _mark_busy(agent: Agent, at: float) -> Agent:
    busy = not agent.legs and any(member.device in IN_USE for member in agent.members)
    if busy == (agent.busy_since is not None):
        return agent
    return replace(agent, busy_since=at if busy else None)


def new_agent(pbx: str, name: str, at: float) -> Agent:
    """An agent just heard of; :func:`settle` dates his state."""
    return Agent(pbx=pbx, name=name, state=AgentState.LOGGED_OUT, since=at)


def member_seen(draft: Draft, fact: MemberSeen) -> None:
    """A membership as it is now: added, paused, its device or penalty changed."""
    member = fact.member
    agent = draft.agents.get((fact.pbx, member.agent)) or new_agent(fact.pbx, member.agent, fact.at)
    old = next((m for m in agent.members if _same(m, member)), None)
    if old is None:
        members = (*agent.members, member)
    else:
        member = keep(old, member, fact.at)
        members = tuple(member if m is old else m for m in agent.members)
    draft.agents.put(agent.key, replace(agent, members=members))


def _same(one: Member, other: Member) -> bool:
    return one.queue == other.queue and one.interface == other.interface


def keep(old: Member, new: Member, at: float) -> Member:
    """What an event leaves out stays: pause began when it began; unpausing carries no reason (F7)."""
    paused_at = (old.paused_at if old.paused else new.paused_at or at) if new.paused else None
    return replace(
        new,
        paused_at=paused_at,
        wrapup_s=new.wrapup_s or old.wrapup_s,
        ring_in_use=old.ring_in_use if new.ring_in_use is None else new.ring_in_use,
    )


def member_removed(draft: Draft, fact: MemberRemoved) -> None:
    """Logged off one queue; with the last one he is logged out."""
    agent = draft.agents.get((fact.pbx, fact.agent))
    if agent is None:
        return
    members = tuple(m for m in agent.members if (m.queue, m.interface) != (fact.queue, fact.interface))
    draft.agents.put(agent.key, replace(agent, members=members))


def review_agent(draft: Draft, fact: ReviewDue) -> None:
    """A moment the agent's state asked to be judged again has come."""
    agent = draft.agents.get((fact.pbx, fact.agent or ""))
    if agent is not None:
        draft.agents.put(agent.key, agent)
