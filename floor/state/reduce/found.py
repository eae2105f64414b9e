"""The full picture after (re)connect, channels: legs of agents as they are, and callers found talking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.indexes import device_of_channel
from floor.state.model import SPY, Agent, Caller, CallerStage, CallKind, Channel, Leg, LegStage
from floor.state.reduce.callers import PATIENCE_S, miss_caller, serve, visit_of
from floor.state.reduce.calls import advance_leg
from floor.state.reduce.legs import STAGES, drop_leg, give_leg, leg_of, put_leg, seat_leg
from floor.state.reduce.listening import find_listening, miss_listening
from floor.state.reduce.synced import STEP

Listed = dict[str, facts.PictureChannel]


@dataclass(frozen=True, slots=True)
class Wiring:
    """Who is joined with whom: channels by name and by bridge."""

    names: dict[str, facts.PictureChannel]
    bridges: dict[str, list[facts.PictureChannel]]

    @classmethod
    def of(cls, fact: facts.ChannelsSynced) -> Wiring:
        bridges: dict[str, list[facts.PictureChannel]] = {}
        for one in fact.channels:
            bridges.setdefault(one.bridge or "", []).append(one)
        return cls({one.channel: one for one in fact.channels}, bridges)


def channels_synced(draft: Draft, fact: facts.ChannelsSynced) -> Iterator[None]:
    """All live channels at the moment of the list: what is not in it is gone, what is in it is so. At each step the
    floor may be told as it is: a call is first seen on its phones, then as a caller's."""
    listed = {channel.uniqueid: channel for channel in fact.channels}
    for place, key in enumerate(
        [key for key in draft.floor.channels if key[0] == fact.pbx and key[1] not in listed], 1
    ):
        channel = draft.channels.get(key)
        if channel is not None:
            _miss_channel(draft, channel, fact.at)
        if place % STEP == 0:
            yield
    for place, seen in enumerate(listed.values(), 1):
        _see_channel(draft, seen, fact)
        if place % STEP == 0:
            yield
    yield from _close_vanished(draft, fact, listed)
    wiring = Wiring.of(fact)
    served = [one for one in listed.values() if one.application == "Queue" and one.bridge]
    for place, seen in enumerate(served, 1):
        _find_talking(draft, seen, wiring, fact)
        if place % STEP == 0:
            yield
    _drop_strangers(draft, fact.pbx)


def _miss_channel(draft: Draft, channel: Channel, at: float) -> None:
    """Gone unseen, if there was a gap: at once. Else its last events are on their way and tell more than the list,
    which may overtake them; only what is missing again in a later list is a defect to be mended."""
    gap = draft.floor.gaps.get(channel.pbx)
    lost_at = channel.missing_at
    if gap is None and (lost_at is None or at - lost_at < PATIENCE_S):
        draft.channels.put(channel.key, replace(channel, missing_at=at if lost_at is None else lost_at))
        return
    found = leg_of(draft, channel.pbx, channel.uniqueid)
    if found is not None:
        # No duration is invented across a gap: what ended unseen counts up to where it began.
        drop_leg(draft, *found, min(at, gap.began_at) if gap is not None else at)
    miss_listening(draft, channel, at)
    draft.channels.put(channel.key, None)
    draft.aliases.put(channel.key, None)


def _drop_strangers(draft: Draft, pbx: str) -> None:
    """Agents who are members of nothing and on no call are known to the exchange no more."""
    for key in list(draft.floor.agents):
        agent = draft.agents.get(key)
        if key[0] == pbx and agent is not None and not agent.members and not agent.legs:
            draft.agents.put(key, None)


def _see_channel(draft: Draft, seen: facts.PictureChannel, fact: facts.ChannelsSynced) -> None:
    key = (fact.pbx, seen.uniqueid)
    known = draft.channels.get(key)
    channel = known or Channel(
        *key, name=seen.channel, linkedid=seen.linkedid, opened_at=fact.at - seen.duration_s, outgoing=_calls_out(seen)
    )
    entering = queue_of(seen) or channel.entering
    channel = replace(channel, name=seen.channel, bridge=seen.bridge, entering=entering, missing_at=None)
    channel = replace(channel, up=seen.state == "up")
    draft.channels.put(key, channel)
    if channel.listens or seen.application == "ChanSpy" or seen.linkedid.startswith(SPY):
        find_listening(draft, seen, fact)
        return
    found = leg_of(draft, fact.pbx, seen.uniqueid)
    if found is not None:
        advance_leg(draft, *found, STAGES.get(seen.state), fact.at)
    elif channel.agent is None:
        seat_leg(draft, channel, STAGES.get(seen.state, LegStage.CALLING), channel.opened_at)


def _calls_out(seen: facts.PictureChannel) -> bool:
    """A channel that runs a dialplan application of its own called in or out; one without was called."""
    called = seen.application in ("AppDial", "AppDial2", "AppQueue", "", "(None)")
    return seen.state == "dialling" or (seen.state == "up" and not called)


def queue_of(seen: facts.PictureChannel) -> str | None:
    """The queue whose application the channel runs."""
    return seen.data.split(",", 1)[0] or None if seen.application == "Queue" else None


def _close_vanished(draft: Draft, fact: facts.ChannelsSynced, listed: Listed) -> Iterator[None]:
    """Visits whose channel is not there any more, or runs something else since the gap."""
    gap = fact.pbx in draft.floor.gaps
    heirs = {draft.aliases.get((fact.pbx, uniqueid)) or uniqueid: seen for uniqueid, seen in listed.items()}
    orphans = {one for key, ones in draft.floor.orphans.items() if key[0] == fact.pbx for one in ones}
    for place, key in enumerate([key for key in draft.floor.callers if key[0] == fact.pbx], 1):
        if place % STEP == 0:
            yield
        caller = draft.callers.get(key)
        if caller is None or key[2] in orphans:
            continue
        seen = heirs.get(key[2])
        here = seen is not None and (not gap or queue_of(seen) == caller.queue)
        if caller.stage is CallerStage.TALKING and not here:
            over = replace(caller, gap=caller.gap or gap, review_at=fact.at + PATIENCE_S)
            draft.put_caller(replace(over, stage=CallerStage.CLOSING, ended_at=fact.at))
        elif caller.stage is CallerStage.TALKING and gap:
            draft.put_caller(replace(caller, gap=True))
        elif caller.stage is CallerStage.WAITING and seen is None:
            miss_caller(draft, caller, fact.at)


def _find_talking(draft: Draft, seen: facts.PictureChannel, wiring: Wiring, fact: facts.ChannelsSynced) -> None:
    """He runs Queue() and is bridged with an agent: answered, be it before we looked."""
    queue = queue_of(seen)
    partner = _partner(draft, fact.pbx, seen, wiring)
    if queue is None or partner is None:
        return
    agent, leg = partner
    known = visit_of(draft, fact.pbx, queue, seen.uniqueid)
    if known is not None and known.stage is CallerStage.TALKING and known.agent not in (None, agent.name):
        return  # passed on meanwhile: he belongs to whoever answered him until the exchange says it is over
    call = known.uniqueid if known is not None else seen.uniqueid
    put_leg(draft, agent, _talking_leg(leg, queue, call))
    serve(draft, fact.pbx, agent.name, (queue, call))
    if known is None or known.stage is not CallerStage.TALKING:
        gap = known is None or known.gap or fact.pbx in draft.floor.gaps
        found = known or Caller(fact.pbx, queue, call, CallerStage.TALKING, None, linkedid=seen.linkedid)
        if known is None:
            draft.found.put(found.key, fact.at)
        draft.put_caller(
            replace(
                found,
                stage=CallerStage.TALKING,
                number=found.number or seen.number,
                name=found.name or seen.name,
                agent=agent.name,
                gap=gap,
                ended_at=None,
                review_at=None,
                position=None,
            )
        )


def _talking_leg(leg: Leg, queue: str, call: str) -> Leg:
    stage = LegStage.HELD if leg.stage is LegStage.HELD else LegStage.UP
    return replace(leg, kind=CallKind.QUEUE, queue=queue, call=call, stage=stage, outgoing=False)


def _partner(draft: Draft, pbx: str, seen: facts.PictureChannel, wiring: Wiring) -> tuple[Agent, Leg] | None:
    """The agent's leg at the other end, also through Local channels."""
    looked, ahead = {seen.uniqueid}, list(wiring.bridges[seen.bridge or ""])
    through: list[facts.PictureChannel] = []
    while ahead:
        one = ahead.pop(0)
        if one.uniqueid in looked:
            continue
        looked.add(one.uniqueid)
        found = leg_of(draft, pbx, one.uniqueid)
        if found is not None:
            return found
        through.append(one)
        other = wiring.names.get(_other_end(one.channel))
        if other is not None and other.bridge:
            ahead += wiring.bridges[other.bridge]
    members = (_member_channel(draft, pbx, one) for one in through)
    return next((member for member in members if member is not None), None)


def _member_channel(draft: Draft, pbx: str, seen: facts.PictureChannel) -> tuple[Agent, Leg] | None:
    """A Local channel that is itself what a queue rings, with no phone of ours behind it."""
    channel = draft.channels.get((pbx, seen.uniqueid))
    names = draft.floor.seats.get((pbx, device_of_channel(seen.channel)), ())
    agent = draft.agents.get((pbx, names[-1])) if names else None
    if channel is None or agent is None or not seen.channel.endswith(";1"):
        return None
    give_leg(draft, agent, channel, LegStage.UP, channel.opened_at)
    return leg_of(draft, pbx, seen.uniqueid)


def _other_end(channel: str) -> str:
    return channel[:-1] + {"1": "2", "2": "1"}[channel[-1]] if channel.endswith((";1", ";2")) else ""
