"""Legs: the channels of an agent's phone, offers on them, and holds."""

from __future__ import annotations

from collections.abc import Callable

from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.indexes import device_of_channel
from floor.state.model import Agent, Caller, CallKind, Channel, Leg, LegStage, Offer, OfferResult

STAGES = {
    "down": LegStage.CALLING,
    "dialling": LegStage.DIALLING,
    "ringing": LegStage.RINGING,
    "up": LegStage.UP,
}


def agent_of(draft: Draft, pbx: str, uniqueid: str) -> Agent | None:
    """The agent whose phone this channel is."""
    channel = draft.channels.get((pbx, uniqueid))
    return draft.agents.get((pbx, channel.agent)) if channel is not None and channel.agent is not None else None


def leg_of(draft: Draft, pbx: str, uniqueid: str) -> tuple[Agent, Leg] | None:
    """The leg that this channel is, with its agent."""
    agent = agent_of(draft, pbx, uniqueid)
    if agent is not None:
        for leg in agent.legs:
            if leg.uniqueid == uniqueid:
                return agent, leg
    return None


def seat_leg(draft: Draft, channel: Channel, stage: LegStage, at: float) -> None:
    """Give the channel to the agent at whose phone it is; Local channels are given by offers only."""
    if channel.listens or channel.name.startswith("Local/"):
        return
    names = draft.floor.seats.get((channel.pbx, device_of_channel(channel.name)), ())
    agents = [agent for name in names if (agent := draft.agents.get((channel.pbx, name))) is not None]
    if agents:
        give_leg(draft, _sitting(agents), channel, stage, at)


def _sitting(agents: list[Agent]) -> Agent:
    """Of several at one phone (a colleague forgot to log off) the one who logged in last and is not paused."""
    working = [agent for agent in agents if not all(member.paused for member in agent.members)]
    return (working or agents)[-1]


def seat_channels(draft: Draft, pbx: str, device: str, name: str, at: float) -> None:
    """Give an agent who just sat down the calls that his phone already has."""
    for uniqueid in draft.floor.phones.get((pbx, device), ()):
        channel, agent = draft.channels.get((pbx, uniqueid)), draft.agents.get((pbx, name))
        if channel is None or agent is None or channel.agent is not None or channel.listens:
            continue
        if not device.startswith("Local/"):
            give_leg(draft, agent, channel, LegStage.UP if channel.up else LegStage.CALLING, at)


def give_leg(draft: Draft, agent: Agent, channel: Channel, stage: LegStage, at: float) -> None:
    """A call of his own, until a queue says that it is one of its calls."""
    outgoing = channel.outgoing
    kind = CallKind.OUTBOUND if outgoing else CallKind.DIRECT
    put_leg(draft, agent, Leg(uniqueid=channel.uniqueid, stage=stage, kind=kind, since=at, outgoing=outgoing))


def put_leg(draft: Draft, agent: Agent, leg: Leg) -> None:
    """Add or replace one leg; the channel learns whose it is."""
    legs = tuple(leg if one.uniqueid == leg.uniqueid else one for one in agent.legs)
    if leg not in legs:
        legs = (*legs, leg)
    draft.agents.put(agent.key, replace(agent, legs=legs))
    key = (agent.pbx, leg.uniqueid)
    # A leg without its channel could never be hung up, so a channel not heard of yet is put down under its Uniqueid.
    channel = draft.channels.get(key) or Channel(*key, name=leg.uniqueid, linkedid=leg.uniqueid, opened_at=leg.since)
    if channel.agent != agent.name:
        draft.channels.put(key, replace(channel, agent=agent.name))


def patch_legs(draft: Draft, pbx: str, name: str, leg_id: str, patch: Callable[[Leg], Leg]) -> None:
    """Apply ``patch`` to the leg and to the phone legs that a Local channel brought about."""
    agent = draft.agents.get((pbx, name))
    if agent is not None:
        family = {leg_id} | {leg.uniqueid for leg in agent.legs if leg.root == leg_id}
        legs = tuple(patch(leg) if leg.uniqueid in family else leg for leg in agent.legs)
        draft.agents.put(agent.key, replace(agent, legs=legs))


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
    if agent is None or leg is None or leg.queue is None or leg.call is None:
        return False
    if leg.offered_at is None or leg.root is not None:
        return False
    draft.records.append(
        Offer(
            pbx=pbx,
            queue=leg.queue,
            agent=name,
            call=leg.call,
            began_at=leg.offered_at,
            ended_at=max(leg.offered_at, at),
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
    leg = _speaker(agent, leg)
    if leg.stage is not LegStage.UP:
        return
    put_leg(draft, agent, replace(leg, stage=LegStage.HELD, since=at))
    caller = held_caller(draft, agent.pbx, leg)
    if caller is not None:
        draft.put_caller(replace(caller, holds=caller.holds + 1))


def _speaker(agent: Agent, leg: Leg) -> Leg:
    """The phone leg that speaks for a Local one; a hold told on both is one hold."""
    if not leg.superseded:
        return leg
    return next((one for one in agent.legs if one.root == leg.uniqueid and not one.superseded), leg)


def end_hold(draft: Draft, agent: Agent, leg: Leg, at: float) -> Leg:
    """The hold is over, by whatever ended it (F5); the caller's held seconds grow."""
    leg = _speaker(agent, leg)
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
    return draft.caller(pbx, leg.queue, leg.call)


def drop_leg(draft: Draft, agent: Agent, leg: Leg, at: float) -> None:
    """The channel is gone: its hold and its offer end with it."""
    if not leg.superseded:
        leg = end_hold(draft, agent, leg, at)
    close_offer(draft, agent.pbx, agent.name, leg.uniqueid, OfferResult.CANCELLED, at)
    now = draft.agents.get(agent.key)
    if now is not None:
        legs = tuple(one for one in now.legs if one.uniqueid != leg.uniqueid)
        draft.agents.put(now.key, replace(now, legs=_voiced(legs, leg.root)))


def _voiced(legs: tuple[Leg, ...], root: str | None) -> tuple[Leg, ...]:
    """When the phone behind a Local member was tried in vain, the Local leg, which still rings, speaks again."""
    if root is None or any(leg.root == root for leg in legs):
        return legs
    return tuple(
        replace(leg, superseded=False) if leg.uniqueid == root and leg.stage is LegStage.RINGING else leg
        for leg in legs
    )
