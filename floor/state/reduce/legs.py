"""Legs: the channels of an agent's phone, offers on them, and holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from floor.state.floor import Draft
from floor.state.model import Agent, Caller, CallKind, Leg, LegStage, Offer, OfferResult


def agent_of(draft: Draft, pbx: str, uniqueid: str) -> Agent | None:
    """The agent whose phone this channel is."""
    channel = draft.channels.get((pbx, uniqueid))
    return draft.agents.get((pbx, channel.agent)) if channel is not None and channel.agent is not None else None


def put_leg(draft: Draft, agent: Agent, leg: Leg) -> None:
    """Add or replace one leg; the channel learns whose it is."""
    others = tuple(one for one in agent.legs if one.uniqueid != leg.uniqueid)
    draft.agents.put(agent.key, replace(agent, legs=(*others, leg)))
    channel = draft.channels.get((agent.pbx, leg.uniqueid))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, agent=agent.name))


def patch_legs(draft: Draft, pbx: str, name: str, leg_id: str, patch: Callable[[Leg], Leg]) -> None:
    """Apply ``patch`` to the leg and to the phone legs that a Local channel brought about."""
    agent = draft.agents.get((pbx, name))
    if agent is not None:
        family = {leg_id} | {leg.uniqueid for leg in agent.legs if leg.root == leg_id}
        legs = tuple(patch(leg) if leg.uniqueid in family else leg for leg in agent.legs)
        draft.agents.put(agent.key, replace(agent, legs=legs))


def offer_of(leg: Leg) -> bool:
    """Whether this leg is a ring for a queue caller that has no result yet."""
    return leg.offered_at is not None and leg.root is None


def close_offer(
    draft: Draft,
    pbx: str,
    name: str,
    leg_id: str | None,
    result: OfferResult,
    at: float,
    ring_ms: int | None = None,
) -> bool:
    """Record what became of a ring, once; ``False``: there was no open one."""
    agent = draft.agents.get((pbx, name))
    leg = next((one for one in agent.legs if one.uniqueid == leg_id), None) if agent else None
    if agent is None or leg is None or not offer_of(leg) or leg.queue is None or leg.call is None:
        return False
    draft.records.append(
        Offer(
            pbx=pbx,
            queue=leg.queue,
            agent=name,
            call=leg.call,
            began_at=leg.offered_at or at,
            ended_at=at,
            result=result,
            ring_ms=ring_ms,
        )
    )
    legs = tuple(replace(one, offered_at=None) if one.uniqueid == leg_id else one for one in agent.legs)
    misses = 0 if result is OfferResult.ANSWERED else agent.misses
    draft.agents.put(agent.key, replace(agent, legs=legs, misses=misses))
    return True


def begin_hold(draft: Draft, agent: Agent, leg: Leg, at: float) -> None:
    """A call is put on hold on this leg; a second word about the same hold changes nothing."""
    if leg.stage is LegStage.HELD:
        return
    put_leg(draft, agent, replace(leg, stage=LegStage.HELD, since=at))
    caller = held_caller(draft, agent.pbx, leg)
    if caller is not None:
        draft.put_caller(replace(caller, holds=caller.holds + 1))


def end_hold(draft: Draft, agent: Agent, leg: Leg, at: float) -> Leg:
    """The hold is over, by whatever ended it (F5); the caller's held seconds grow."""
    if leg.stage is not LegStage.HELD:
        return leg
    caller = held_caller(draft, agent.pbx, leg)
    if caller is not None:
        draft.put_caller(replace(caller, hold_s=caller.hold_s + max(0.0, at - leg.since)))
    resumed = replace(leg, stage=LegStage.UP, since=at)
    put_leg(draft, agent, resumed)
    return resumed


def held_caller(draft: Draft, pbx: str, leg: Leg) -> Caller | None:
    """The queue caller at the other end of this leg."""
    if leg.kind is not CallKind.QUEUE or leg.queue is None or leg.call is None:
        return None
    return draft.callers.get((pbx, leg.queue, leg.call))


def drop_leg(draft: Draft, agent: Agent, leg: Leg, at: float) -> None:
    """The channel is gone: its hold and its offer end with it."""
    leg = end_hold(draft, agent, leg, at)
    close_offer(draft, agent.pbx, agent.name, leg.uniqueid, OfferResult.CANCELLED, at)
    now = draft.agents.get(agent.key)
    if now is not None:
        legs = tuple(one for one in now.legs if one.uniqueid != leg.uniqueid)
        draft.agents.put(now.key, replace(now, legs=legs))
