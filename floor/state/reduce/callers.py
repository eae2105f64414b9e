"""Callers: a visit to a queue from joining to its one ending.

QueueCallerAbandon says only that the queue lost the caller; how is told by what follows on his channel (F3): the queue
application's own word (QueueReleased), the next dialplan step, or the hang-up.
"""

from __future__ import annotations

from dataclasses import replace

from floor.state import facts
from floor.state.floor import Draft
from floor.state.lifecycle import next_stage
from floor.state.model import Caller, CallerStage, CallKind, Ending, Leg, LegStage, Offer, OfferResult
from floor.state.reduce.legs import close_offer, patch_legs

PATIENCE_S = 5.0
"""How long an unexplained departure may wait for its explanation; events explain it within milliseconds."""


def caller_joined(draft: Draft, fact: facts.CallerJoined) -> None:
    """He joined; a repeated word about a waiting caller changes nothing but his position."""
    known = draft.callers.get((fact.pbx, fact.queue, fact.uniqueid))
    if known is not None and known.stage is CallerStage.WAITING:
        draft.put_caller(replace(known, position=fact.position or known.position))
        return
    if known is not None:
        _end(draft, known, Ending.UNKNOWN, fact.at)
    draft.put_caller(
        Caller(
            pbx=fact.pbx,
            queue=fact.queue,
            uniqueid=fact.uniqueid,
            stage=CallerStage.WAITING,
            joined_at=fact.at,
            linkedid=fact.linkedid,
            number=fact.number,
            name=fact.name,
            position=fact.position,
            priority=fact.priority,
        )
    )


def caller_left(draft: Draft, fact: facts.CallerLeft) -> None:
    """Out of the line; what for is said next."""
    caller = draft.callers.get((fact.pbx, fact.queue, fact.uniqueid))
    if caller is not None and caller.stage is CallerStage.WAITING:
        draft.put_caller(replace(caller, stage=CallerStage.LEAVING, review_at=fact.at + PATIENCE_S))


def caller_gave_up(draft: Draft, fact: facts.CallerGaveUp) -> None:
    """The queue lost him, after ``wait_s``; may come twice."""
    caller = draft.callers.get((fact.pbx, fact.queue, fact.uniqueid))
    if caller is None:
        caller = _found(fact.pbx, fact.queue, fact.uniqueid, _before(fact.at, fact.wait_s))
    if next_stage(caller.stage, "CallerGaveUp") is not None:
        wait = fact.wait_s if fact.wait_s is not None else caller.wait_s
        draft.put_caller(replace(caller, abandon_seen=True, wait_s=wait, review_at=fact.at + PATIENCE_S))


def _found(pbx: str, queue: str, uniqueid: str, joined_at: float | None) -> Caller:
    """A visit whose joining we did not see: the exchange's own seconds date it."""
    return Caller(pbx, queue, uniqueid, CallerStage.WAITING, joined_at, gap=True)


def queue_released(draft: Draft, fact: facts.QueueReleased) -> None:
    """The queue application gave its reason: the surest word on an ending."""
    for caller in draft.visits(fact.pbx, fact.uniqueid):
        if next_stage(caller.stage, "QueueReleased") is not None:
            _end(draft, caller, fact.ending, fact.at)


def dialplan_moved(draft: Draft, fact: facts.DialplanMoved) -> None:
    """His channel runs on elsewhere: taken away mid-wait, or out by a key he pressed."""
    for caller in draft.visits(fact.pbx, fact.uniqueid):
        if caller.abandon_seen:
            _end(draft, caller, Ending.TRANSFERRED_AWAY, fact.at)
        elif caller.stage is CallerStage.LEAVING and caller.agent is None:
            _end(draft, caller, Ending.EXIT_KEY, fact.at)


def channel_gone(draft: Draft, pbx: str, uniqueid: str, at: float) -> None:
    """His channel closed: hung up while waiting, or, if talking, the exchange still owes its AgentComplete."""
    for caller in draft.visits(pbx, uniqueid):
        if caller.stage is CallerStage.TALKING:
            draft.put_caller(replace(caller, stage=CallerStage.CLOSING, ended_at=at, review_at=at + PATIENCE_S))
        elif caller.stage in (CallerStage.WAITING, CallerStage.LEAVING):
            _end(draft, caller, Ending.ABANDONED if caller.abandon_seen else Ending.UNKNOWN, at)


def offer_answered(draft: Draft, fact: facts.OfferAnswered) -> None:
    """An agent took him: waiting is over, talking begins."""
    caller = draft.callers.get((fact.pbx, fact.queue, fact.uniqueid))
    if caller is None:
        caller = _found(fact.pbx, fact.queue, fact.uniqueid, _before(fact.at, fact.wait_s))
    if next_stage(caller.stage, "OfferAnswered") is not None:
        draft.put_caller(
            replace(
                caller,
                stage=CallerStage.TALKING,
                agent=fact.agent,
                answered_at=fact.at,
                wait_s=fact.wait_s,
                ring_s=fact.ring_s,
                position=None,
                review_at=None,
            )
        )
        serve(draft, fact.pbx, fact.agent, (fact.queue, fact.uniqueid))
    close_offer(draft, fact.pbx, fact.agent, fact.leg, OfferResult.ANSWERED, fact.at)
    patch_legs(draft, fact.pbx, fact.agent, fact.leg, lambda leg: _taken(leg, fact))


def _taken(leg: Leg, fact: facts.OfferAnswered) -> Leg:
    since = leg.since if leg.stage is LegStage.UP else fact.at
    return replace(leg, stage=LegStage.UP, kind=CallKind.QUEUE, queue=fact.queue, call=fact.uniqueid, since=since)


def offer_unanswered(draft: Draft, fact: facts.OfferUnanswered) -> None:
    """He let it ring out, was busy or refused: one ring-no-answer, whatever becomes of the leg."""
    agent = draft.agents.get((fact.pbx, fact.agent))
    if agent is not None:
        draft.agents.put(agent.key, replace(agent, misses=agent.misses + 1))
    if close_offer(draft, fact.pbx, fact.agent, fact.leg, OfferResult.NO_ANSWER, fact.at, fact.ring_ms):
        return
    began = fact.at - (fact.ring_ms or 0) / 1000
    draft.records.append(
        Offer(
            pbx=fact.pbx,
            queue=fact.queue,
            agent=fact.agent,
            call=fact.uniqueid,
            began_at=began,
            ended_at=fact.at,
            result=OfferResult.NO_ANSWER,
            ring_ms=fact.ring_ms,
        )
    )


def serve(draft: Draft, pbx: str, name: str, visit: tuple[str, str]) -> None:
    """The agent has this visit now."""
    agent = draft.agents.get((pbx, name))
    if agent is not None and visit not in agent.serving:
        draft.agents.put(agent.key, replace(agent, serving=(*agent.serving, visit)))


def _released(draft: Draft, caller: Caller) -> None:
    agent = draft.agents.get((caller.pbx, caller.agent)) if caller.agent else None
    if agent is not None:
        serving = tuple(visit for visit in agent.serving if visit != (caller.queue, caller.uniqueid))
        draft.agents.put(agent.key, replace(agent, serving=serving))


def _before(at: float, *spent_s: int | None) -> float | None:
    """``at`` less the seconds spent, when all of them are known."""
    return None if None in spent_s else at - sum(one for one in spent_s if one is not None)


def completed_caller(draft: Draft, fact: facts.CallCompleted) -> Caller | None:
    """Whose conversation is over. An event without a channel means the agent's visit whose channel is gone already;
    where two fit, the one that waited as long as the event says."""
    if fact.uniqueid is not None:
        known = draft.callers.get((fact.pbx, fact.queue, fact.uniqueid))
        return known or _found(fact.pbx, fact.queue, fact.uniqueid, _before(fact.at, fact.talk_s, fact.wait_s))
    agent = draft.agents.get((fact.pbx, fact.agent))
    keys = [(fact.pbx, queue, call) for queue, call in agent.serving if queue == fact.queue] if agent else []
    served = [caller for caller in map(draft.callers.get, keys) if caller is not None]
    served.sort(key=lambda one: (one.stage is not CallerStage.CLOSING, one.wait_s != fact.wait_s))
    return served[0] if served else None


def call_completed(draft: Draft, fact: facts.CallCompleted) -> str | None:
    """The conversation with this agent is over; talk time as the exchange counted it. Gives the call's Uniqueid."""
    caller = completed_caller(draft, fact)
    if caller is None:
        return None
    joined = caller.joined_at if caller.joined_at is not None else _before(fact.at, fact.talk_s, fact.wait_s)
    answered = caller.answered_at if caller.answered_at is not None else fact.at - (fact.talk_s or 0)
    over = replace(
        caller,
        agent=caller.agent or fact.agent,
        answered_at=answered,
        wait_s=fact.wait_s if fact.wait_s is not None else caller.wait_s,
        joined_at=joined,
        talk_s=fact.talk_s,
        completed_by=fact.by,
    )
    _end(draft, over, Ending.ANSWERED, fact.at)
    return caller.uniqueid


def review_caller(draft: Draft, fact: facts.ReviewDue) -> None:
    """No explanation came in time: say so instead of guessing."""
    if fact.caller is None:
        return
    queue, uniqueid = fact.caller
    caller = draft.callers.get((fact.pbx, queue, uniqueid))
    if caller is None or caller.review_at is None or fact.at < caller.review_at:
        return
    if caller.stage is CallerStage.CLOSING:
        _end(draft, caller, Ending.ANSWERED, caller.ended_at or fact.at)
    elif _being_taken(draft, caller):
        draft.put_caller(replace(caller, review_at=fact.at + PATIENCE_S))
    elif next_stage(caller.stage, "ReviewDue") is not None:
        _end(draft, caller, Ending.UNKNOWN, fact.at)


def _being_taken(draft: Draft, caller: Caller) -> bool:
    """An agent has picked up and still hears the announcement: AgentConnect is on its way."""
    if caller.abandon_seen or caller.gap or (caller.pbx, caller.uniqueid) not in draft.floor.channels:
        return False
    return caller.stage is CallerStage.LEAVING


def _end(draft: Draft, caller: Caller, ending: Ending, at: float) -> None:
    _released(draft, caller)
    waited = caller.wait_s
    if waited is None and caller.agent is None and caller.joined_at is not None and ending is not Ending.UNKNOWN:
        waited = max(0, int(at) - int(caller.joined_at))
    draft.put_caller(
        replace(caller, stage=CallerStage.ENDED, ending=ending, ended_at=at, wait_s=waited, review_at=None)
    )
