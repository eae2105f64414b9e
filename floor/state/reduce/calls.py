"""Channels: whose phone they are, what kind of call is on them, holds and transfers."""

from __future__ import annotations

from dataclasses import replace

from floor.state import facts
from floor.state.floor import Draft, device_of_channel
from floor.state.model import Agent, CallKind, Channel, Leg, LegStage
from floor.state.reduce.callers import channel_gone
from floor.state.reduce.legs import agent_of, begin_hold, drop_leg, end_hold, patch_legs, put_leg

STAGES = {
    "down": LegStage.CALLING,
    "dialling": LegStage.DIALLING,
    "ringing": LegStage.RINGING,
    "up": LegStage.UP,
}


def channel_opened(draft: Draft, fact: facts.ChannelOpened) -> None:
    """A channel came to be; if it is an agent's phone, he has a leg."""
    if draft.channels.get((fact.pbx, fact.uniqueid)) is None:
        draft.channels.put(
            (fact.pbx, fact.uniqueid),
            Channel(
                pbx=fact.pbx,
                uniqueid=fact.uniqueid,
                name=fact.channel,
                linkedid=fact.linkedid,
                opened_at=fact.at,
                up=fact.state == "up",
            ),
        )
        seat_leg(draft, fact.pbx, fact.uniqueid, fact.channel, fact.state, fact.at)


def seat_leg(draft: Draft, pbx: str, uniqueid: str, channel: str, state: str, at: float) -> Agent | None:
    """Give the channel to the agent at whose seat it rings; Local channels are given by offers only."""
    if channel.startswith("Local/"):
        return None
    names = draft.floor.seats.get((pbx, device_of_channel(channel)), ())
    agent = draft.agents.get((pbx, names[0])) if names else None
    if agent is None:
        return None
    outgoing = state == "dialling"
    kind = CallKind.OUTBOUND if outgoing else CallKind.DIRECT
    stage = STAGES.get(state, LegStage.CALLING)
    put_leg(draft, agent, Leg(uniqueid=uniqueid, stage=stage, kind=kind, since=at, outgoing=outgoing))
    return draft.agents.get(agent.key)


def _leg_of(draft: Draft, pbx: str, uniqueid: str) -> tuple[Agent, Leg] | None:
    agent = agent_of(draft, pbx, uniqueid)
    leg = next((one for one in agent.legs if one.uniqueid == uniqueid), None) if agent else None
    return (agent, leg) if agent is not None and leg is not None else None


def channel_changed(draft: Draft, fact: facts.ChannelChanged) -> None:
    """It rings, or it is up."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None and fact.state == "up":
        draft.channels.put(channel.key, replace(channel, up=True))
    found = _leg_of(draft, fact.pbx, fact.uniqueid)
    if found is None:
        return
    agent, leg = found
    stage = STAGES.get(fact.state)
    rings = stage is LegStage.RINGING and leg.stage in (LegStage.CALLING, LegStage.RINGING)
    rises = stage is LegStage.UP and leg.stage not in (LegStage.UP, LegStage.HELD)
    if stage is not None and (rings or rises):
        put_leg(draft, agent, replace(leg, stage=stage, since=fact.at))


def channel_renamed(draft: Draft, fact: facts.ChannelRenamed) -> None:
    """The channel goes by another name now (masquerade)."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, name=fact.channel))


def channel_closed(draft: Draft, fact: facts.ChannelClosed) -> None:
    """The channel is gone, and with it the leg and, if it was a caller, his visit."""
    found = _leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None:
        drop_leg(draft, *found, fact.at)
    channel_gone(draft, fact.pbx, fact.uniqueid, fact.at)
    draft.channels.put((fact.pbx, fact.uniqueid), None)


def hangup_asked(draft: Draft, fact: facts.HangupAsked) -> None:
    """This side hung up."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, hangup_asked=True))


def offer_began(draft: Draft, fact: facts.OfferBegan) -> None:
    """A member is rung for a caller, on his phone or through a Local channel."""
    agent = draft.agents.get((fact.pbx, fact.agent))
    if agent is None:
        return
    known = next((leg for leg in agent.legs if leg.uniqueid == fact.leg), None)
    stage = known.stage if known is not None and known.stage is not LegStage.CALLING else LegStage.RINGING
    leg = Leg(
        uniqueid=fact.leg,
        stage=stage,
        kind=CallKind.QUEUE,
        since=fact.at,
        queue=fact.queue,
        call=fact.uniqueid,
        offered_at=fact.at,
    )
    _take_from_others(draft, fact.pbx, fact.leg, agent)
    put_leg(draft, agent, leg)


def _take_from_others(draft: Draft, pbx: str, uniqueid: str, agent: Agent) -> None:
    """A shared phone was given to the wrong neighbour: the queue knows whom it means."""
    found = _leg_of(draft, pbx, uniqueid)
    if found is not None and found[0].name != agent.name:
        other, leg = found
        draft.agents.put(other.key, replace(other, legs=tuple(one for one in other.legs if one is not leg)))


def dial_began(draft: Draft, fact: facts.DialBegan) -> None:
    """One channel calls another: through a Local pair it is the same ring, else it tells the kind of call."""
    behind = _behind_local(draft, fact.pbx, fact.uniqueid)
    if behind is not None:
        _follow(draft, fact, *behind)
        return
    caller = _leg_of(draft, fact.pbx, fact.uniqueid) if fact.uniqueid else None
    called = _leg_of(draft, fact.pbx, fact.dest)
    internal = caller is not None and _is_seat(draft, fact.pbx, fact.dest_channel)
    if caller is not None and caller[1].outgoing:
        kind = CallKind.INTERNAL if internal else caller[1].kind
        put_leg(draft, caller[0], replace(caller[1], kind=kind, call=fact.dest))
    if called is not None and called[1].kind is not CallKind.QUEUE:
        kind = CallKind.INTERNAL if caller is not None else CallKind.DIRECT
        put_leg(draft, called[0], replace(called[1], kind=kind, call=fact.uniqueid))


def _is_seat(draft: Draft, pbx: str, channel: str) -> bool:
    return (pbx, device_of_channel(channel)) in draft.floor.seats


def _behind_local(draft: Draft, pbx: str, uniqueid: str | None) -> tuple[Agent, Leg] | None:
    """The leg on the ``;1`` end when ``uniqueid`` is the ``;2`` end of its Local pair."""
    channel = draft.channels.get((pbx, uniqueid)) if uniqueid else None
    if channel is None or not channel.name.endswith(";2"):
        return None
    first = draft.floor.names.get((pbx, channel.name[:-1] + "1"))
    return _leg_of(draft, pbx, first) if first is not None else None


def _follow(draft: Draft, fact: facts.DialBegan, agent: Agent, local: Leg) -> None:
    """The phone behind a Local member rings: its leg speaks for the Local one from here."""
    phone = draft.channels.get((fact.pbx, fact.dest))
    stage = LegStage.UP if phone is not None and phone.up else LegStage.RINGING
    root = local.root or local.uniqueid
    _take_from_others(draft, fact.pbx, fact.dest, agent)
    leg = replace(local, uniqueid=fact.dest, stage=stage, since=fact.at, root=root, offered_at=None, superseded=False)
    put_leg(draft, draft.agents.get(agent.key) or agent, leg)
    patch_legs(draft, fact.pbx, agent.name, local.uniqueid, lambda one: _supersede(one, local.uniqueid))


def _supersede(leg: Leg, uniqueid: str) -> Leg:
    return replace(leg, superseded=True) if leg.uniqueid == uniqueid else leg


def hold_began(draft: Draft, fact: facts.HoldBegan) -> None:
    """An agent's phone put its call on hold; a customer's phone doing so is not the floor's matter."""
    found = _leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None and found[1].stage in (LegStage.UP, LegStage.HELD):
        begin_hold(draft, *found, fact.at)


def hold_ended(draft: Draft, fact: facts.HoldEnded) -> None:
    """The agent is back; an Unhold without a hold is ignored (F5)."""
    found = _leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None:
        end_hold(draft, *found, fact.at)


def music_stopped(draft: Draft, fact: facts.MusicStopped) -> None:
    """The held caller hears no music any more: the hold is over even if no Unhold comes (F5)."""
    for caller in draft.visits(fact.pbx, fact.uniqueid):
        agent = draft.agents.get((fact.pbx, caller.agent)) if caller.agent else None
        if agent is None:
            continue
        for leg in agent.legs:
            if leg.call == fact.uniqueid and leg.stage is LegStage.HELD:
                end_hold(draft, draft.agents.get(agent.key) or agent, leg, fact.at)


def bridge_entered(draft: Draft, fact: facts.BridgeEntered) -> None:
    """Joined with another party."""
    _bridge(draft, fact.pbx, fact.uniqueid, fact.bridge)


def bridge_left(draft: Draft, fact: facts.BridgeLeft) -> None:
    """Alone again."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None and channel.bridge == fact.bridge:
        draft.channels.put(channel.key, replace(channel, bridge=None))


def _bridge(draft: Draft, pbx: str, uniqueid: str, bridge: str) -> None:
    channel = draft.channels.get((pbx, uniqueid))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, bridge=bridge))


def call_transferred(draft: Draft, fact: facts.CallTransferred) -> None:
    """The agent passed the caller on: his hold ends here, and the visit remembers how."""
    for uniqueid in filter(None, (fact.transferer, fact.second)):
        found = _leg_of(draft, fact.pbx, uniqueid)
        if found is None:
            continue
        leg = end_hold(draft, *found, fact.at)
        if leg.queue is not None and leg.call is not None:
            caller = draft.callers.get((fact.pbx, leg.queue, leg.call))
            if caller is not None:
                draft.put_caller(replace(caller, transfer=fact.how))
