"""Answering (domain.md §1): rings of an agent's phone for a caller of a queue."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.conditions.contract import About, Condition, Occurrence, Params, Reading, World
from alerts.conditions.reading import SPAN, agent_of, agents_where, state_span
from alerts.conditions.subjects import changed, said, the_agent
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.facts import OfferUnanswered
from floor.state.model import Agent, AgentState, CallKind, Offer, OfferResult

IN_CALL = frozenset({AgentState.TALKING, AgentState.HOLDING})
NOT_WORKING = frozenset({AgentState.LOGGED_OUT, AgentState.PAUSED, AgentState.EMERGENCY})


def ringing(subject: Subject, world: World, _params: Params, _now: float) -> Reading:
    """R-ANS-1: his phone rings for a caller of a queue, and he does nothing else."""
    agent = agent_of(subject, world)
    return state_span(agent, world, "OfferBegan") if agent is not None and _ringing(agent) else None


def _ringing(agent: Agent) -> object:
    return SPAN(agent) if agent.state is AgentState.RINGING and agent.kind is CallKind.QUEUE else None


def answered(outcome: Outcome, world: World, _params: Params) -> Iterator[Occurrence]:
    """R-ANS-2, -3: he answered after so many seconds of ringing; the row ends with the conversation."""
    for before, after in changed(outcome, Agent):
        if before is not None and before.state in IN_CALL and (after is None or after.state not in IN_CALL):
            at = world.ours(outcome.fact.pbx, outcome.fact.at)
            yield Occurrence(the_agent(*before.key), at, resets=True)
    for offer in _offers(outcome, OfferResult.ANSWERED):
        yield _rung(offer, world, "OfferAnswered")


def unanswered(outcome: Outcome, world: World, _params: Params) -> Iterator[Occurrence]:
    """R-ANS-5: a ring that nobody answered; a refused one is R-ANS-6's. Answering ends the row, and so does leaving."""
    for before, after in changed(outcome, Agent):
        left = after is None or (after.state in NOT_WORKING and (before is None or before.state is not after.state))
        if before is not None and left:
            at = world.ours(outcome.fact.pbx, outcome.fact.at)
            yield Occurrence(the_agent(*before.key), at, resets=True)
    for offer in _offers(outcome, OfferResult.ANSWERED):
        yield Occurrence(the_agent(offer.pbx, offer.agent), world.ours(offer.pbx, offer.ended_at), resets=True)
    for offer in _offers(outcome, OfferResult.NO_ANSWER):
        if not _refused(outcome, offer):
            yield _rung(offer, world, "OfferUnanswered")


def refused(outcome: Outcome, world: World, _params: Params) -> Iterator[Occurrence]:
    """R-ANS-6: his phone rejected the caller or said it was busy, while nothing else went on there."""
    for offer in _offers(outcome, OfferResult.NO_ANSWER):
        if _refused(outcome, offer):
            yield _rung(offer, world, "OfferRefused")


def _offers(outcome: Outcome, result: OfferResult) -> Iterator[Offer]:
    for record in outcome.records:
        if isinstance(record, Offer) and record.result is result:
            yield record


def _refused(outcome: Outcome, offer: Offer) -> bool:
    """The phone said no before the queue gave up on it (HangupRequest with cause 17 or 21)."""
    if not isinstance(outcome.fact, OfferUnanswered):
        return False
    agents = (before for before, _ in changed(outcome, Agent) if before is not None and before.name == offer.agent)
    return any(
        leg.refused and leg.call == offer.call and agent.state is AgentState.RINGING
        for agent in agents
        for leg in agent.legs
    )


def _rung(offer: Offer, world: World, fact: str) -> Occurrence:
    at = world.ours(offer.pbx, offer.ended_at)
    # A phone that rings by its own account is told in milliseconds; else both moments are the exchange's own.
    seconds = round(max(0.0, offer.ended_at - offer.began_at), 3)
    proof = said(at, fact, queue=offer.queue, call=offer.call, ring_s=seconds)
    about = About(offer.queue, offer.call, offer.agent, (proof,))
    return Occurrence(the_agent(offer.pbx, offer.agent), at, seconds, about)


CONDITIONS = (
    Condition(
        name="ringing",
        subject=SubjectKind.AGENT,
        params={},
        help="Seconds an agent's phone has been ringing for a caller of a queue; not while he talks (R-ANS-1).",
        touched=agents_where(_ringing),
        read=ringing,
        hears=frozenset({Agent}),
    ),
    Condition(
        name="answered",
        subject=SubjectKind.AGENT,
        params={},
        help="Each answered ring, by its seconds; in a row until the conversation ends (R-ANS-2, R-ANS-3).",
        occurred=answered,
        hears=frozenset({Agent, Offer}),
    ),
    Condition(
        name="unanswered",
        subject=SubjectKind.AGENT,
        params={},
        help="Each ring that was not answered, by its seconds; answering or leaving ends a row (R-ANS-5).",
        occurred=unanswered,
        hears=frozenset({Agent, Offer}),
    ),
    Condition(
        name="refused",
        subject=SubjectKind.AGENT,
        params={},
        help="Each ring that the phone rejected or answered with busy, by its seconds (R-ANS-6).",
        occurred=refused,
        hears=frozenset({Offer}),
    ),
)
