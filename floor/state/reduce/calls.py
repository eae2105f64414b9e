"""Channels: whose phone they are, what kind of call is on them, holds and transfers."""

from __future__ import annotations

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.happenings import Happening, LineReleased, LineTaken
from floor.state.indexes import device_of_channel, line_of
from floor.state.model import SPY, Agent, CallKind, Channel, Leg, LegStage
from floor.state.reduce.agents import meet_member
from floor.state.reduce.callers import channel_gone, orphan_visits, taken_out, visit_of
from floor.state.reduce.completed import passed_on
from floor.state.reduce.emergency import note_dialled
from floor.state.reduce.legs import STAGES, begin_hold, drop_leg, end_hold, leg_of, patch_legs, put_leg, seat_leg
from floor.state.reduce.transfers import pass_on, ring_on, taken_up

REFUSALS = (17, 21)
"""Q.850 causes of a phone that says no: busy, rejected."""
ZOMBIE = "<ZOMBIE>"
"""Ends the name of a channel whose identity another one took over (masquerade), shortly before it is hung up."""


def channel_opened(draft: Draft, fact: facts.ChannelOpened) -> None:
    """A channel came to be; if it is an agent's phone, he has a leg."""
    known = draft.channels.get((fact.pbx, fact.uniqueid))
    if known is not None:
        if known.name == known.uniqueid:
            draft.channels.put(known.key, replace(known, name=fact.channel, linkedid=fact.linkedid))
        return
    channel = Channel(
        pbx=fact.pbx,
        uniqueid=fact.uniqueid,
        name=fact.channel,
        linkedid=fact.linkedid,
        opened_at=fact.at,
        up=fact.state == "up",
        outgoing=fact.state == "dialling",
        listens=fact.linkedid.startswith(SPY),
    )
    draft.channels.put(channel.key, channel)
    seat_leg(draft, channel, STAGES.get(fact.state, LegStage.CALLING), fact.at)
    line = line_of(draft.floor, draft.channels.get(channel.key) or channel)
    if line is not None:
        # A channel that rings in from outside "dials" our dialplan.
        taken = LineTaken(fact.pbx, fact.at, line, fact.uniqueid, outgoing=fact.state != "dialling")
        draft.happenings.append(taken)
    elif fact.state == "dialling":
        note_dialled(draft, fact.pbx, fact.uniqueid, fact.exten, fact.at)


def channel_changed(draft: Draft, fact: facts.ChannelChanged) -> None:
    """It rings, or it is up."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None and fact.state == "up" and not channel.up:
        draft.channels.put(channel.key, replace(channel, up=True))
    found = leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None:
        advance_leg(draft, *found, STAGES.get(fact.state), fact.at)


def advance_leg(draft: Draft, agent: Agent, leg: Leg, stage: LegStage | None, at: float) -> None:
    """A leg only goes forward: called, ringing, up; what is held stays held until the hold ends."""
    rings = stage is LegStage.RINGING and leg.stage is LegStage.CALLING
    rises = stage is LegStage.UP and leg.stage not in (LegStage.UP, LegStage.HELD)
    if stage is not None and (rings or rises):
        put_leg(draft, agent, replace(leg, stage=stage, since=at))
    if stage is LegStage.UP and leg.kind is CallKind.QUEUE and leg.call is not None:
        _pick_up(draft, agent, leg.call)


def _pick_up(draft: Draft, agent: Agent, call: str) -> None:
    """He lifted the phone for a caller, who may still hear an announcement before they talk."""
    channel = draft.channels.get((agent.pbx, call))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, picked_up_by=agent.name))


def channel_renamed(draft: Draft, fact: facts.ChannelRenamed) -> None:
    """The channel goes by another name now; as a zombie it has handed its caller on to a channel not told which."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, name=fact.channel))
        if fact.channel.endswith(ZOMBIE):
            orphan_visits(draft, fact.pbx, fact.uniqueid)


def channel_closed(draft: Draft, fact: facts.ChannelClosed) -> None:
    """The channel is gone, and with it the leg and, if it was a caller, his visit."""
    found = leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None:
        drop_leg(draft, *found, fact.at)
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is None or not channel.name.endswith(ZOMBIE):
        channel_gone(draft, fact.pbx, fact.uniqueid, fact.at)
    if channel is not None and (line := line_of(draft.floor, channel)) is not None:
        draft.happenings.append(_released(channel, line, fact))
    taken_up(draft, fact.pbx, fact.uniqueid)
    draft.channels.put((fact.pbx, fact.uniqueid), None)
    draft.aliases.put((fact.pbx, fact.uniqueid), None)


def talking_began(draft: Draft, fact: facts.TalkingBegan) -> None:
    """Somebody is heard on this channel (F6)."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None and channel.spoke_at is None:
        draft.channels.put(channel.key, replace(channel, spoke_at=fact.at))
    draft.happenings.append(Happening(fact.pbx, fact.at))


def _released(channel: Channel, line: str, fact: facts.ChannelClosed) -> LineReleased:
    return LineReleased(
        fact.pbx,
        fact.at,
        device=line,
        uniqueid=fact.uniqueid,
        call=channel.linkedid,
        cause=fact.cause,
        up=channel.up,
        outgoing=not channel.outgoing,
        queue=channel.entering,
    )


def hangup_asked(draft: Draft, fact: facts.HangupAsked) -> None:
    """This side hung up."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None and not channel.hangup_asked:
        draft.channels.put(channel.key, replace(channel, hangup_asked=True))
    found = leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None and fact.cause in REFUSALS and found[1].kind is CallKind.QUEUE:
        agent, leg = found
        if leg.stage in (LegStage.CALLING, LegStage.RINGING):
            patch_legs(draft, fact.pbx, agent.name, leg.root or leg.uniqueid, lambda one: replace(one, refused=True))


def offer_began(draft: Draft, fact: facts.OfferBegan) -> None:
    """A member is rung for a caller, on his phone or through a Local channel."""
    meet_member(draft, fact)
    agent = draft.agents.get((fact.pbx, fact.agent))
    if agent is None:
        return
    known = next((leg for leg in agent.legs if leg.uniqueid == fact.leg), None)
    if known is not None and known.kind is CallKind.QUEUE:
        return  # said again
    caller = visit_of(draft, fact.pbx, fact.queue, fact.uniqueid)
    stage = known.stage if known is not None and known.stage is not LegStage.CALLING else LegStage.RINGING
    leg = Leg(
        uniqueid=fact.leg,
        stage=stage,
        kind=CallKind.QUEUE,
        since=known.since if known is not None and known.stage is stage else fact.at,
        queue=fact.queue,
        call=caller.uniqueid if caller is not None else fact.uniqueid,
        offered_at=fact.at,
    )
    _take_from_others(draft, fact.pbx, fact.leg, agent)
    put_leg(draft, agent, leg)


def _take_from_others(draft: Draft, pbx: str, uniqueid: str, agent: Agent) -> None:
    """A shared phone was given to the wrong neighbour: the queue knows whom it means."""
    found = leg_of(draft, pbx, uniqueid)
    if found is not None and found[0].name != agent.name:
        other, leg = found
        draft.agents.put(other.key, replace(other, legs=tuple(one for one in other.legs if one is not leg)))


def dial_began(draft: Draft, fact: facts.DialBegan) -> None:
    """One channel calls another: through a Local pair it is the same ring, else it tells the kind of call."""
    ring_on(draft, fact)
    behind = _behind_local(draft, fact.pbx, fact.uniqueid)
    if behind is not None:
        _follow(draft, fact, *behind)
        return
    caller = leg_of(draft, fact.pbx, fact.uniqueid) if fact.uniqueid else None
    if caller is not None and caller[1].kind is not CallKind.QUEUE:
        # Outgoing even if his phone was rung first: click-to-call rings the agent, then dials for him.
        kind = CallKind.INTERNAL if _is_seat(draft, fact.pbx, fact.dest_channel) else CallKind.OUTBOUND
        put_leg(draft, caller[0], replace(caller[1], kind=kind, call=fact.dest, outgoing=True))
    called = leg_of(draft, fact.pbx, fact.dest)
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
    return leg_of(draft, pbx, first) if first is not None else None


def _follow(draft: Draft, fact: facts.DialBegan, agent: Agent, local: Leg) -> None:
    """The phone behind a Local member rings: its leg speaks for the Local one from here."""
    if fact.dest == local.uniqueid or any(leg.uniqueid == fact.dest and leg.root for leg in agent.legs):
        return  # said again
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
    found = leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None:
        begin_hold(draft, *found, fact.at)


def hold_ended(draft: Draft, fact: facts.HoldEnded) -> None:
    """The agent is back; an Unhold without a hold is ignored (F5)."""
    found = leg_of(draft, fact.pbx, fact.uniqueid)
    if found is not None:
        end_hold(draft, *found, fact.at)


def music_stopped(draft: Draft, fact: facts.MusicStopped) -> None:
    """The held caller hears no music any more: the hold is over even if no Unhold comes (F5)."""
    for caller in draft.visits(fact.pbx, fact.uniqueid):
        agent = draft.agents.get((fact.pbx, caller.agent)) if caller.agent else None
        if agent is None:
            continue
        for leg in agent.legs:
            if leg.call == caller.uniqueid and leg.stage is LegStage.HELD:
                end_hold(draft, draft.agents.get(agent.key) or agent, leg, fact.at)


def bridge_entered(draft: Draft, fact: facts.BridgeEntered) -> None:
    """Joined with another party: a transferred caller has found somebody."""
    taken_up(draft, fact.pbx, fact.uniqueid)
    taken_out(draft, fact.pbx, fact.uniqueid, fact.at)
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None:
        draft.channels.put(channel.key, replace(channel, bridge=fact.bridge))


def bridge_left(draft: Draft, fact: facts.BridgeLeft) -> None:
    """Alone again."""
    channel = draft.channels.get((fact.pbx, fact.uniqueid))
    if channel is not None and channel.bridge == fact.bridge:
        draft.channels.put(channel.key, replace(channel, bridge=None))


def call_transferred(draft: Draft, fact: facts.CallTransferred) -> None:
    """The agent passed the caller on: his hold ends here, and the visit remembers how."""
    pass_on(draft, fact)
    for uniqueid in filter(None, (fact.transferer, fact.second)):
        found = leg_of(draft, fact.pbx, uniqueid)
        if found is None:
            continue
        leg = end_hold(draft, *found, fact.at)
        if leg.queue and leg.call:
            passed_on(draft, (fact.pbx, leg.queue, found[0].name), leg.call, fact.how)
