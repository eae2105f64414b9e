"""The last word on a conversation: AgentComplete, which may come late, without a name, or when all is over already."""

from __future__ import annotations

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.model import Caller, CallerKey, CallerStage, Correction, Ending
from floor.state.reduce.callers import PICTURE_S, before, end_visit, visit_of

WHOLE_SECONDS_S = 1.1
"""A time between two whole seconds is told up to a second too long."""


def completed_caller(draft: Draft, fact: facts.CallCompleted) -> Caller | None:
    """Whose conversation is over. An event without his channel means the visit on the agent's leg, else the agent's
    visit whose channel is gone already; where two fit, the one that talked and waited as long as the event says. A
    visit whose end a gap may have swallowed is not taken for another one that the gap has hidden altogether."""
    if fact.uniqueid is not None:
        known = visit_of(draft, fact.pbx, fact.queue, fact.uniqueid)
        if known is not None or (fact.pbx, fact.queue, fact.uniqueid) in draft.floor.over:
            return known
        joined = before(fact.at, fact.talk_s, fact.wait_s)
        return Caller(fact.pbx, fact.queue, fact.uniqueid, CallerStage.WAITING, joined, gap=True)
    agent = draft.agents.get((fact.pbx, fact.agent))
    if agent is None:
        return None
    on_leg = next((leg.call for leg in agent.legs if leg.uniqueid == fact.leg and leg.queue == fact.queue), None)
    keys = [(fact.pbx, queue, call) for queue, call in agent.serving if queue == fact.queue]
    served = [caller for caller in map(draft.callers.get, keys) if caller is not None]
    served = [one for one in served if not (_blind(draft, one) and _talked_otherwise(one, fact))]
    served = [one for one in served if not _began_unseen(draft, one, fact)]
    served.sort(key=lambda one: _unlikelihood(one, on_leg, fact))
    return served[0] if served else None


def _blind(draft: Draft, caller: Caller) -> bool:
    """Whether a gap may hide what became of him, be it that its full picture is still to come."""
    return caller.gap or caller.pbx in draft.floor.gaps


def _began_unseen(draft: Draft, caller: Caller, fact: facts.CallCompleted) -> bool:
    """What is over began before the last gap was, and this one was answered after it: then it is another one. The
    exchange counts from whole second to whole second, so its beginning may be told a second early."""
    seen_since = draft.floor.seen_since.get(fact.pbx)
    if seen_since is None or fact.talk_s is None or caller.answered_at is None:
        return False
    began = fact.at - fact.talk_s
    return caller.answered_at >= seen_since > began and caller.answered_at - began > WHOLE_SECONDS_S


def _unlikelihood(caller: Caller, on_leg: str | None, fact: facts.CallCompleted) -> tuple[bool, ...]:
    closing = caller.stage is CallerStage.CLOSING
    return caller.uniqueid != on_leg, _talked_otherwise(caller, fact), not closing, caller.wait_s != fact.wait_s


def _talked_otherwise(caller: Caller, fact: facts.CallCompleted) -> bool:
    """The event comes when the conversation ends, so it tells when that began, give or take its whole seconds."""
    if caller.answered_at is None or fact.talk_s is None:
        return False
    return abs(fact.at - fact.talk_s - caller.answered_at) > PICTURE_S


def call_completed(draft: Draft, fact: facts.CallCompleted) -> str | None:
    """The conversation with this agent is over; talk time as the exchange counted it. Gives the call's Uniqueid."""
    caller, former = completed_caller(draft, fact), _owed_visit(draft, fact)
    if former is not None and (caller is None or caller.agent != fact.agent or _talked_otherwise(caller, fact)):
        _settle(draft, former)
        draft.records.append(Correction(former, _as_completed(former, fact)))
        return former.uniqueid
    if caller is None:
        return None
    caller = _after_gap(draft, caller, fact)
    end_visit(draft, _as_completed(caller, fact), Ending.ANSWERED, fact.at)
    return caller.uniqueid


def _after_gap(draft: Draft, caller: Caller, fact: facts.CallCompleted) -> Caller:
    """In a gap he may have left one agent and come back to the same queue: what ends now is another visit then."""
    joined = before(fact.at, fact.talk_s, fact.wait_s)
    same = caller.agent in (None, fact.agent) and not _talked_otherwise(caller, fact)
    if same or not _blind(draft, caller) or joined is None or caller.joined_at is None or joined <= caller.joined_at:
        return caller
    end_visit(draft, caller, Ending.UNKNOWN, joined)
    again = Caller(*caller.key, CallerStage.WAITING, joined, caller.linkedid, caller.number, caller.name, gap=True)
    draft.put_caller(again)
    return again


def _owed_visit(draft: Draft, fact: facts.CallCompleted) -> Caller | None:
    """The visit, over already, of which this may be the owed last word; the oldest of several."""
    owed = draft.owed.get((fact.pbx, fact.queue, fact.agent)) or ()
    call = draft.aliases.get((fact.pbx, fact.uniqueid or "")) or fact.uniqueid
    return next((one for one in owed if call in (None, one.uniqueid) and not _talked_otherwise(one, fact)), None)


def _settle(draft: Draft, former: Caller) -> None:
    key = (former.pbx, former.queue, former.agent or "")
    rest = tuple(one for one in draft.owed.get(key) or () if one is not former)
    draft.owed.put(key, rest or None)


def passed_on(draft: Draft, server: CallerKey, call: str, how: str) -> None:
    """The agent (pbx, queue, agent) passed his caller on; perhaps the caller is back in the queue already."""
    owed = draft.owed.get(server) or ()
    former = next((one for one in owed if one.uniqueid == call and one.transfer is None), None)
    caller = draft.caller(server[0], server[1], call)
    if former is not None:
        after = replace(former, transfer=how)
        draft.owed.put(server, tuple(after if one is former else one for one in owed))
        draft.records.append(Correction(former, after))
    elif caller is not None and caller.agent == server[2]:
        draft.put_caller(replace(caller, transfer=how))


def _as_completed(caller: Caller, fact: facts.CallCompleted) -> Caller:
    joined = caller.joined_at if caller.joined_at is not None else before(fact.at, fact.talk_s, fact.wait_s)
    answered = caller.answered_at if caller.answered_at is not None else fact.at - (fact.talk_s or 0)
    return replace(
        caller,
        agent=caller.agent or fact.agent,
        answered_at=answered,
        wait_s=fact.wait_s if fact.wait_s is not None else caller.wait_s,
        joined_at=joined,
        talk_s=fact.talk_s,
        completed_by=fact.by,
    )
