"""Agents: memberships and the one state that follows."""

from __future__ import annotations

from floor.state.copying import replace
from floor.state.facts import MemberRemoved, MemberSeen, OfferBegan, ReviewDue
from floor.state.floor import Draft
from floor.state.indexes import device_of, devices_of, same_seats
from floor.state.lifecycle import AGENT_PRECEDENCE, IN_USE, Verdict, judge
from floor.state.model import Agent, AgentState, CallKind, Gap, Member, Reach, Span
from floor.state.reduce.legs import seat_channels

SEATED_OR_GONE = (AgentState.PAUSED, AgentState.LOGGED_OUT)
"""Whoever pauses himself sits there, and whoever has logged out is not expected: offers missed before count no more."""
RANK = {state: place for place, (_, _, states) in reversed(list(enumerate(AGENT_PRECEDENCE))) for state in states}


def settle(draft: Draft, before: Agent | None, agent: Agent, at: float) -> None:
    """Judge the agent anew, close the span of the state he left, and write him."""
    if before is None or not same_seats(before.members, agent.members):
        agent = replace(agent, reachable=reachable(draft, agent))
    agent = _mark_busy(agent, at)
    verdict = judge(agent, at)
    if before is not None and _stands(agent, verdict, at):
        draft.agents.put(agent.key, agent)
        return
    explained = _explained(agent, verdict)
    since, former, first = agent.since, agent.before, _first_begin(verdict, at)
    if before is None:
        since = first
    elif not _continues(before, verdict, explained[1]):
        # Found in the picture: what we called his state until now was only that we had not looked yet.
        found = before.before is None and first < before.since
        since = first if found else _begin(draft, verdict, before, at)
        if not found:
            former = before.state
            draft.records.append(_span(before, since, draft.floor.gaps.get(agent.pbx)))
    draft.agents.put(agent.key, _judged(agent, verdict, explained, since, former, at))


def dismiss(draft: Draft, agent: Agent, at: float) -> None:
    """The exchange does not know him any more: his last state ends with him."""
    draft.records.append(_span(agent, at, draft.floor.gaps.get(agent.pbx)))


Explained = tuple[str | None, str | None, CallKind | None]
"""Queue, Uniqueid and kind of the call that explains a state."""


def _explained(agent: Agent, verdict: Verdict) -> Explained:
    if verdict.leg is not None:
        return verdict.leg.queue, verdict.leg.call, verdict.leg.kind
    if verdict.state is AgentState.ACW:
        return agent.acw_queue, agent.acw_call, None
    return None, None, None


def _judged(
    agent: Agent, verdict: Verdict, explained: Explained, since: float, former: AgentState | None, at: float
) -> Agent:
    queue, call, kind = explained
    review_at = verdict.review_at
    return replace(
        agent,
        state=verdict.state,
        since=since,
        before=former,
        misses=0 if verdict.state in SEATED_OR_GONE else agent.misses,
        queue=queue,
        call=call,
        kind=kind,
        reason=verdict.reason,
        review_at=review_at if review_at is None or review_at > at else None,
    )


def _stands(agent: Agent, verdict: Verdict, at: float) -> bool:
    """The verdict is what he bears already, as after most facts about him: no copy is needed to say so."""
    return (
        agent.state is verdict.state
        and agent.reason == verdict.reason
        and (agent.queue, agent.call, agent.kind) == _explained(agent, verdict)
        and agent.review_at == verdict.review_at
        and (agent.review_at is None or agent.review_at > at)
        and (not agent.misses or agent.state not in SEATED_OR_GONE)
    )


def _continues(before: Agent, verdict: Verdict, call: str | None) -> bool:
    """The same stretch of time: same state, same reason, same call; learning whose call it is begins no new one."""
    if before.state is not verdict.state or before.reason != verdict.reason:
        return False
    return before.call == call or (before.call is None and before.kind is not None)


def _begin(draft: Draft, verdict: Verdict, before: Agent, at: float) -> float:
    """Never before the state it follows, never in the future; a clock set back takes the new state with it.

    The cause may be older than the state: whoever was paused during a call is paused since the call's end. Its age
    counts only where it would have shown at once: when the state before is the weaker one, or we did not see him.
    """
    hidden = _watched(draft, before.pbx) and RANK[before.state] <= RANK[verdict.state]
    if verdict.since is None or hidden:
        return at
    return min(max(before.since, verdict.since), at)


def _watched(draft: Draft, pbx: str) -> bool:
    """Whether what happens there reaches us, no gap being open."""
    return pbx not in draft.floor.gaps


def _first_begin(verdict: Verdict, at: float) -> float:
    """Of the first state we see him in: as long as its cause is known to have lasted."""
    since = verdict.since
    if since is None and verdict.leg is not None:
        since = verdict.leg.since
    return at if since is None else min(since, at)


def reachable(draft: Draft, agent: Agent) -> bool:
    """Whether at least one of his phones can be reached, as far as phones say."""
    phones = [draft.endpoints.get((agent.pbx, device)) for device in devices_of(draft.floor, agent)]
    known = [phone for phone in phones if phone is not None]
    return not known or any(phone.reach is not Reach.UNREACHABLE for phone in known)


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
    busy = not agent.legs and _in_use(agent)
    if busy == (agent.busy_since is not None):
        return agent
    return replace(agent, busy_since=at if busy else None)


def _in_use(agent: Agent) -> bool:
    devices = [member.device for member in agent.members]
    return not IN_USE.isdisjoint(devices)


def new_agent(pbx: str, name: str, at: float) -> Agent:
    """An agent just heard of; :func:`settle` dates his state."""
    return Agent(pbx=pbx, name=name, state=AgentState.LOGGED_OUT, since=at)


def member_seen(draft: Draft, fact: MemberSeen) -> None:
    """A membership as it is now: added, paused, its device or penalty changed."""
    member = fact.member
    agent = draft.agents.get((fact.pbx, member.agent)) or new_agent(fact.pbx, member.agent, fact.at)
    old = next((m for m in agent.members if _same(m, member)), None)
    if old is not None:
        member = keep(old, member, fact.at)
        if member != old:
            members = tuple(member if m is old else m for m in agent.members)
            draft.agents.put(agent.key, replace(agent, members=members))
        return
    if member.paused:
        member = replace(member, paused_at=_pause_begin(member, fact.at))
    draft.agents.put(agent.key, replace(agent, members=(*agent.members, member)))
    # He may have logged in from a phone that is in a call already.
    for name in {member.device_name, member.interface}:
        seat_channels(draft, fact.pbx, device_of(draft.floor, fact.pbx, name), agent.name, fact.at)


def _same(one: Member, other: Member) -> bool:
    return one.queue == other.queue and one.interface == other.interface


def keep(old: Member, new: Member, at: float) -> Member:
    """What an event leaves out stays; a pause lasts since it began, and a new reason begins a new one (F7)."""
    paused_at = None
    if new.paused:
        same = old.paused and old.reason == new.reason
        paused_at = old.paused_at if same else _pause_begin(new, at)
    wrapup_s, logged_in_at = new.wrapup_s or old.wrapup_s, new.logged_in_at or old.logged_in_at
    ring_in_use = old.ring_in_use if new.ring_in_use is None else new.ring_in_use
    kept = (paused_at, wrapup_s, ring_in_use, logged_in_at)
    if kept == (new.paused_at, new.wrapup_s, new.ring_in_use, new.logged_in_at):
        return new  # most events leave nothing out
    return replace(new, paused_at=paused_at, wrapup_s=wrapup_s, ring_in_use=ring_in_use, logged_in_at=logged_in_at)


def _pause_begin(member: Member, at: float) -> float:
    """LastPause is in whole seconds: for a pause that begins now, the moment of the event is the better word."""
    return at if member.paused_at is None or at - member.paused_at < 2.0 else member.paused_at


def meet_member(draft: Draft, fact: OfferBegan) -> None:
    """Members of realtime queues are told by no event: being called for a caller is the first we hear of them."""
    agent = draft.agents.get((fact.pbx, fact.agent))
    if agent is not None and any(m.queue == fact.queue and m.interface == fact.interface for m in agent.members):
        return
    member = Member(fact.queue, fact.agent, fact.interface, device_name=fact.interface)
    member_seen(draft, MemberSeen(fact.pbx, fact.at, member))


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
    if agent is None:
        return
    if agent.acw_until is not None and agent.acw_until <= fact.at:
        agent = replace(agent, acw_until=None)  # over for good, even should the exchange's clock be set back
    draft.agents.put(agent.key, agent)
