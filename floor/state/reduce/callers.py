"""Callers: a visit to a queue from joining to its one ending.

QueueCallerAbandon says only that the queue lost the caller; how is told by what follows on his channel (F3): the queue
application's own word (QueueReleased), the next dialplan step, or the hang-up.
"""

from __future__ import annotations

from floor.state import facts
from floor.state.copying import replace
from floor.state.figures import TURNED_AWAY
from floor.state.floor import Draft
from floor.state.lifecycle import means
from floor.state.model import (
    Caller,
    CallerStage,
    CallKind,
    Ending,
    Leg,
    LegStage,
    Offer,
    OfferResult,
)
from floor.state.reduce.legs import close_offer, end_hold, patch_legs, put_leg

PATIENCE_S = 5.0
"""How long an unexplained departure may wait for its explanation; events explain it within milliseconds."""
OWED = 8
"""Conversations of one agent in one queue whose end may be owed at the same time."""
PICTURE_S = 2.0
"""The picture tells waits in whole seconds, so a joining dated by it may be off by this much."""


def visit_of(draft: Draft, pbx: str, queue: str, uniqueid: str) -> Caller | None:
    """The open visit that this channel stands for, also after its identity was swapped (masquerade)."""
    found = draft.caller(pbx, queue, uniqueid)
    if found is not None or (pbx, queue, uniqueid) in draft.floor.over:
        return found
    for orphan in draft.orphans.get((pbx, queue)) or ():
        caller = draft.callers.get((pbx, queue, orphan))
        if caller is not None:
            rest = tuple(one for one in draft.orphans.get((pbx, queue)) or () if one != orphan)
            draft.orphans.put((pbx, queue), rest or None)
            draft.aliases.put((pbx, uniqueid), orphan)
            return caller
    return None


def orphan_visits(draft: Draft, pbx: str, uniqueid: str) -> None:
    """This channel's identity goes to another channel; the first unknown one that the queue names is it."""
    for caller in draft.visits(pbx, uniqueid):
        waiting = draft.orphans.get((pbx, caller.queue)) or ()
        if caller.uniqueid not in waiting:
            draft.orphans.put((pbx, caller.queue), (*waiting, caller.uniqueid))


def caller_joined(draft: Draft, fact: facts.CallerJoined) -> None:
    """He joined. Who joins has left every other queue; a repeated word changes nothing but what was not known."""
    key = (fact.pbx, fact.queue, fact.uniqueid)
    if fact.at <= draft.floor.over.get(key, float("-inf")):
        return  # old news of a visit that ended
    for other in draft.visits(fact.pbx, fact.uniqueid):
        if other.queue != fact.queue:
            _moved_on(draft, other, fact.at)
    known = draft.callers.get(key)
    if known is not None and _same_visit(draft, known, fact):
        draft.put_caller(_completed_by_word(known, fact))
        return
    if known is not None:
        _rejoined(draft, known, fact.at)
    _forget_pick_up(draft, fact.pbx, fact.uniqueid)
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


def _same_visit(draft: Draft, known: Caller, fact: facts.CallerJoined) -> bool:
    if known.stage is CallerStage.WAITING:
        return True
    if known.joined_at is None:
        # Found talking by a list, which may overtake the events: of this visit only if he joined before the list.
        return fact.at <= draft.floor.found.get(known.key, float("inf"))
    # The picture dates a joining to the second, an event exactly.
    return fact.at <= known.joined_at + (PICTURE_S if known.gap else 0.0)


def _completed_by_word(known: Caller, fact: facts.CallerJoined) -> Caller:
    waits = known.stage is CallerStage.WAITING
    return replace(
        known,
        joined_at=fact.at if known.joined_at is None else known.joined_at,
        linkedid=known.linkedid or fact.linkedid,
        number=known.number or fact.number,
        name=known.name or fact.name,
        position=(fact.position or known.position) if waits else None,
    )


def _rejoined(draft: Draft, known: Caller, at: float) -> None:
    """He is back in the same queue, so his former visit is over, whatever ended it."""
    _moved_on(draft, known, at)
    if draft.callers.get(known.key) is not None:
        # An agent passed him on to where he came from: the joining may be told before the end of their talk.
        _owe(draft, end_visit(draft, known, ending_untold(known), at))


def _owe(draft: Draft, over: Caller) -> None:
    """An answered visit is over without the last word on it; when that comes, the visit is corrected."""
    if over.agent is not None and over.ending is Ending.ANSWERED:
        key = (over.pbx, over.queue, over.agent)
        draft.owed.put(key, (*(draft.owed.get(key) or ()), over)[-OWED:])


def _forget_pick_up(draft: Draft, pbx: str, uniqueid: str) -> None:
    channel = draft.channels.get((pbx, uniqueid))
    if channel is not None and channel.picked_up_by is not None:
        draft.channels.put(channel.key, replace(channel, picked_up_by=None))


def ending_untold(caller: Caller) -> Ending:
    """The ending of a visit that is over without a word on how."""
    answered = caller.stage in (CallerStage.TALKING, CallerStage.CLOSING)
    return Ending.ANSWERED if answered else Ending.UNKNOWN


def miss_caller(draft: Draft, caller: Caller, at: float) -> None:
    """A picture does not show him waiting any more: his last events are on their way, or a gap has swallowed them."""
    blind = caller.pbx in draft.floor.gaps
    draft.missing.put(caller.key, at)
    draft.put_caller(replace(caller, stage=CallerStage.LEAVING, gap=caller.gap or blind, review_at=at + PATIENCE_S))


def caller_left(draft: Draft, fact: facts.CallerLeft) -> None:
    """Out of the line; what for is said next."""
    caller = visit_of(draft, fact.pbx, fact.queue, fact.uniqueid)
    if caller is not None:
        draft.missing.put(caller.key, None)
    if caller is not None and caller.stage is CallerStage.WAITING:
        draft.put_caller(replace(caller, stage=CallerStage.LEAVING, review_at=fact.at + PATIENCE_S))


def caller_gave_up(draft: Draft, fact: facts.CallerGaveUp) -> None:
    """The queue lost him, after ``wait_s``; may come twice."""
    caller = _visit_or_found(draft, fact, before(fact.at, fact.wait_s))
    if caller is not None and means(caller.stage, "CallerGaveUp"):
        wait = fact.wait_s if fact.wait_s is not None else caller.wait_s
        draft.put_caller(replace(caller, abandon_seen=True, wait_s=wait, review_at=fact.at + PATIENCE_S))


def _visit_or_found(
    draft: Draft, fact: facts.CallerGaveUp | facts.OfferAnswered, joined_at: float | None
) -> Caller | None:
    """The visit; one whose joining we did not see is dated by the exchange's own seconds; not one that is over."""
    known = visit_of(draft, fact.pbx, fact.queue, fact.uniqueid)
    if known is not None or (fact.pbx, fact.queue, fact.uniqueid) in draft.floor.over:
        return known
    return Caller(fact.pbx, fact.queue, fact.uniqueid, CallerStage.WAITING, joined_at, gap=True)


def queue_released(draft: Draft, fact: facts.QueueReleased) -> None:
    """The queue application gave its reason: the surest word on an ending."""
    visits = draft.visits(fact.pbx, fact.uniqueid)
    for caller in visits:
        if means(caller.stage, "QueueReleased"):
            end_visit(draft, caller, fact.ending, fact.at)
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if fact.ending in TURNED_AWAY and not visits and channel is not None and channel.entering is not None:
        # He was not let in: no visit for the figures (queue_log has none), but an ending for the record.
        caller = Caller(fact.pbx, channel.entering, fact.uniqueid, CallerStage.WAITING, None, channel.linkedid)
        end_visit(draft, caller, fact.ending, fact.at)


def dialplan_moved(draft: Draft, fact: facts.DialplanMoved) -> None:
    """His channel runs on elsewhere: taken away mid-wait, or out by a key he pressed."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None and fact.queue is not None and channel.entering != fact.queue:
        draft.channels.put(channel.key, replace(channel, entering=fact.queue))
    for caller in draft.visits(fact.pbx, fact.uniqueid):
        _moved_on(draft, caller, fact.at)


def _moved_on(draft: Draft, caller: Caller, at: float) -> None:
    if caller.stage not in (CallerStage.WAITING, CallerStage.LEAVING):
        return
    if caller.abandon_seen:
        end_visit(draft, caller, Ending.TRANSFERRED_AWAY, at)
    elif caller.stage is CallerStage.LEAVING and caller.agent is None and draft.missing.get(caller.key) is None:
        end_visit(draft, caller, Ending.EXIT_KEY, at)


def taken_out(draft: Draft, pbx: str, uniqueid: str, at: float) -> None:
    """Who still waits and is joined with somebody was taken out of the line by a command (Bridge). The queue is left
    with a nameless channel in his place, of which no event tells; its log calls that ABANDON."""
    for caller in draft.visits(pbx, uniqueid):
        if means(caller.stage, "BridgeEntered") and draft.missing.get(caller.key) is None:
            end_visit(draft, caller, Ending.TRANSFERRED_AWAY, at)


def channel_gone(draft: Draft, pbx: str, uniqueid: str, at: float) -> None:
    """His channel closed: hung up while waiting, or, if talking, the exchange still owes its AgentComplete."""
    for caller in draft.visits(pbx, uniqueid):
        if caller.stage is CallerStage.TALKING:
            draft.put_caller(replace(caller, stage=CallerStage.CLOSING, ended_at=at, review_at=at + PATIENCE_S))
        elif caller.stage in (CallerStage.WAITING, CallerStage.LEAVING):
            end_visit(draft, caller, Ending.ABANDONED if caller.abandon_seen else Ending.UNKNOWN, at)


def offer_answered(draft: Draft, fact: facts.OfferAnswered) -> None:
    """An agent took him: waiting is over, talking begins."""
    caller = _visit_or_found(draft, fact, before(fact.at, fact.wait_s))
    if caller is not None:
        _answer(draft, caller, fact)
        _find_leg(draft, fact)
    close_offer(draft, fact.pbx, fact.agent, fact.leg, OfferResult.ANSWERED, fact.at)
    call = caller.uniqueid if caller is not None else fact.uniqueid
    patch_legs(draft, fact.pbx, fact.agent, fact.leg, lambda leg: _taken(leg, fact, call))


def _answer(draft: Draft, caller: Caller, fact: facts.OfferAnswered) -> None:
    found = replace(caller, answered_at=fact.at, wait_s=fact.wait_s, ring_s=fact.ring_s)
    if means(caller.stage, "OfferAnswered"):
        taken = replace(found, stage=CallerStage.TALKING, agent=fact.agent, abandon_seen=False)
        draft.put_caller(replace(taken, position=None, review_at=None))
        serve(draft, fact.pbx, fact.agent, (fact.queue, caller.uniqueid))
    elif caller.answered_at is None and caller.agent == fact.agent:
        draft.put_caller(found)  # the picture had shown him talking before this event came


def _find_leg(draft: Draft, fact: facts.OfferAnswered) -> None:
    """An offer that began in a gap: a picture shows the Local channel of a member, but not for whom it rings."""
    agent, channel = draft.agents.get((fact.pbx, fact.agent)), draft.channels.get((fact.pbx, fact.leg))
    if agent is None or channel is None or channel.agent is not None:
        return
    phones = [leg for leg in agent.legs if leg.kind is CallKind.DIRECT and leg.root is None]
    leg = Leg(fact.leg, LegStage.UP, CallKind.QUEUE, fact.at, superseded=len(phones) == 1)
    put_leg(draft, agent, leg)
    if leg.superseded:
        put_leg(draft, draft.agents.get(agent.key) or agent, replace(phones[0], root=leg.uniqueid))


def _taken(leg: Leg, fact: facts.OfferAnswered, call: str) -> Leg:
    if leg.stage is LegStage.HELD:
        return leg
    since = leg.since if leg.stage is LegStage.UP else fact.at
    return replace(
        leg, stage=LegStage.UP, kind=CallKind.QUEUE, queue=fact.queue, call=call, since=since, outgoing=False
    )


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
        draft.agents.put(agent.key, replace(agent, serving=(*agent.serving, visit), end_reason=None))


def _released(draft: Draft, caller: Caller) -> None:
    agent = draft.agents.get((caller.pbx, caller.agent)) if caller.agent else None
    if agent is not None:
        serving = tuple(visit for visit in agent.serving if visit != (caller.queue, caller.uniqueid))
        draft.agents.put(agent.key, replace(agent, serving=serving))


def _taken_back(draft: Draft, caller: Caller, at: float) -> Caller:
    """A hold lasts no longer than the visit, whose end is told before the agent's phone hangs up."""
    agent = draft.agents.get((caller.pbx, caller.agent)) if caller.agent else None
    if agent is not None:
        for leg in agent.legs:
            if leg.stage is LegStage.HELD and (leg.queue, leg.call) == (caller.queue, caller.uniqueid):
                end_hold(draft, draft.agents.get(agent.key) or agent, leg, at)
    known = draft.callers.get(caller.key)
    return caller if known is None else replace(caller, hold_s=known.hold_s, holds=known.holds)


def before(at: float, *spent_s: int | None) -> float | None:
    """``at`` less the seconds spent, when all of them are known."""
    return None if None in spent_s else at - sum(one for one in spent_s if one is not None)


def review_caller(draft: Draft, fact: facts.ReviewDue) -> None:
    """No explanation came in time: say so instead of guessing."""
    if fact.caller is None:
        return
    queue, uniqueid = fact.caller
    caller = draft.callers.get((fact.pbx, queue, uniqueid))
    if caller is None or caller.review_at is None or fact.at < caller.review_at:
        return
    if caller.stage is CallerStage.CLOSING:
        _owe(draft, end_visit(draft, caller, Ending.ANSWERED, fact.at if caller.ended_at is None else caller.ended_at))
    elif _being_taken(draft, caller):
        draft.put_caller(replace(caller, review_at=fact.at + PATIENCE_S))
    elif means(caller.stage, "ReviewDue"):
        end_visit(draft, caller, Ending.UNKNOWN, fact.at)


def _being_taken(draft: Draft, caller: Caller) -> bool:
    """An agent has picked up and still hears the announcement: AgentConnect is on its way."""
    if caller.abandon_seen or caller.gap or (caller.pbx, caller.uniqueid) not in draft.floor.channels:
        return False
    return caller.stage is CallerStage.LEAVING


def end_visit(draft: Draft, caller: Caller, ending: Ending, at: float) -> Caller:
    """The one place where a visit ends; its last shape. Who is told how long he waited is not asked to count."""
    caller = _taken_back(draft, caller, at)
    _released(draft, caller)
    waited = caller.wait_s
    if waited is None and caller.agent is None and caller.joined_at is not None and ending is not Ending.UNKNOWN:
        waited = max(0, int(at) - int(caller.joined_at))
    agent = caller.agent
    if agent is None and ending is Ending.ABANDONED:
        channel = draft.channels.get((caller.pbx, caller.uniqueid))
        agent = channel.picked_up_by if channel is not None else None  # queue_log lays it at his door, too
    over = replace(
        caller, stage=CallerStage.ENDED, ending=ending, ended_at=at, wait_s=waited, agent=agent, review_at=None
    )
    draft.put_caller(over)
    return over
