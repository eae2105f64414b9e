"""The full picture after (re)connect: what is not in it is gone, what is in it is so.

A caller missing from the list is not ended at once: his last events may still be on their way, and they say it
better. He is given ``PATIENCE_S``; then his ending is UNKNOWN, because the gap swallowed it.
"""

from __future__ import annotations

from dataclasses import replace

from floor.state import facts
from floor.state.floor import Draft, device_of_channel
from floor.state.model import Agent, Caller, CallerStage, CallKind, Channel, Key, Leg, LegStage, Member, Queue
from floor.state.reduce.agents import keep, new_agent
from floor.state.reduce.callers import PATIENCE_S, serve
from floor.state.reduce.calls import seat_leg
from floor.state.reduce.legs import drop_leg, put_leg


def queues_synced(draft: Draft, fact: facts.QueuesSynced) -> None:
    """Queues, members and the waiting at the moment of the list."""
    draft.new_hints = {(fact.pbx, hint): device for hint, device in fact.hints}
    _sync_queues(draft, fact)
    _sync_members(draft, fact)
    _sync_waiting(draft, fact)


def _sync_queues(draft: Draft, fact: facts.QueuesSynced) -> None:
    listed = {queue.name for queue in fact.queues}
    for key in draft.floor.queues:
        if key[0] == fact.pbx and key[1] not in listed:
            draft.queues.put(key, None)
    for seen in fact.queues:
        key = (fact.pbx, seen.name)
        queue = draft.queues.get(key) or Queue(pbx=fact.pbx, name=seen.name)
        draft.queues.put(
            key,
            replace(
                queue,
                strategy=seen.strategy,
                weight=seen.weight,
                max_callers=seen.max_callers,
                wrapup_s=seen.wrapup_s,
            ),
        )
        draft.touched.add(key)


def _sync_members(draft: Draft, fact: facts.QueuesSynced) -> None:
    by_agent: dict[str, list[Member]] = {}
    for member in fact.members:
        by_agent.setdefault(member.agent, []).append(member)
    for key, agent in draft.floor.agents.items():
        if key[0] == fact.pbx and key[1] not in by_agent:
            draft.agents.put(key, replace(agent, members=()) if agent.legs else None)
    for name, members in by_agent.items():
        known = draft.agents.get((fact.pbx, name)) or new_agent(fact.pbx, name, fact.at)
        old = {(m.queue, m.interface): m for m in known.members}
        kept = tuple(
            keep(old[m.queue, m.interface], m, fact.at) if (m.queue, m.interface) in old else m for m in members
        )
        draft.agents.put(known.key, replace(known, members=kept))


def _sync_waiting(draft: Draft, fact: facts.QueuesSynced) -> None:
    listed = {(fact.pbx, caller.queue, caller.uniqueid) for caller in fact.callers}
    for key, caller in draft.floor.callers.items():
        if key[0] == fact.pbx and caller.stage is CallerStage.WAITING and key not in listed:
            draft.put_caller(_missing(draft, caller, fact.at))
    for seen in sorted(fact.callers, key=lambda one: (one.queue, -one.wait_s, one.position or 0)):
        known = draft.callers.get((fact.pbx, seen.queue, seen.uniqueid))
        if known is not None and known.stage is CallerStage.WAITING:
            draft.put_caller(replace(known, position=seen.position, review_at=None))
        else:
            draft.put_caller(_arrived(draft, seen, fact))


def _missing(draft: Draft, caller: Caller, at: float) -> Caller:
    blind = caller.pbx in draft.floor.gaps
    return replace(caller, stage=CallerStage.LEAVING, gap=caller.gap or blind, review_at=at + PATIENCE_S)


def _arrived(draft: Draft, seen: facts.PictureCaller, fact: facts.QueuesSynced) -> Caller:
    return Caller(
        pbx=fact.pbx,
        queue=seen.queue,
        uniqueid=seen.uniqueid,
        stage=CallerStage.WAITING,
        joined_at=fact.at - seen.wait_s,
        number=seen.number,
        name=seen.name,
        position=seen.position,
        priority=seen.priority,
        gap=fact.pbx in draft.floor.gaps,
    )


def channels_synced(draft: Draft, fact: facts.ChannelsSynced) -> None:
    """All live channels at the moment of the list: legs of agents, and callers found talking."""
    listed = {channel.uniqueid: channel for channel in fact.channels}
    for key in list(draft.floor.channels):
        if key[0] == fact.pbx and key[1] not in listed:
            _forget(draft, key, fact.at)
    _drop_stale_legs(draft, fact, listed)
    for seen in fact.channels:
        _see_channel(draft, seen, fact)
    _close_vanished(draft, fact, listed)
    together: dict[str, list[str]] = {}
    for seen in fact.channels:
        if seen.state == "up":
            together.setdefault(f"bridge {seen.bridge}", []).append(seen.uniqueid)
            together.setdefault(f"call {seen.linkedid}", []).append(seen.uniqueid)
    for seen in fact.channels:
        if seen.application == "Queue" and seen.bridge:
            # His bridge first; while the agent consults somebody he is alone in it, and the call they share tells.
            near = (*together.get(f"bridge {seen.bridge}", ()), *together.get(f"call {seen.linkedid}", ()))
            _find_talking(draft, seen, [uniqueid for uniqueid in near if uniqueid != seen.uniqueid], fact)


def _forget(draft: Draft, key: Key, _at: float) -> None:
    draft.channels.put(key, None)


def _drop_stale_legs(draft: Draft, fact: facts.ChannelsSynced, listed: dict[str, facts.PictureChannel]) -> None:
    for key, agent in draft.floor.agents.items():
        if key[0] != fact.pbx:
            continue
        for leg in agent.legs:
            now = draft.agents.get(key)
            if leg.uniqueid not in listed and now is not None:
                drop_leg(draft, now, leg, fact.at)


def _see_channel(draft: Draft, seen: facts.PictureChannel, fact: facts.ChannelsSynced) -> None:
    key = (fact.pbx, seen.uniqueid)
    known = draft.channels.get(key)
    if known is not None:
        draft.channels.put(key, replace(known, name=seen.channel, bridge=seen.bridge, up=seen.state == "up"))
        return
    opened = fact.at - seen.duration_s
    draft.channels.put(
        key,
        Channel(
            pbx=fact.pbx,
            uniqueid=seen.uniqueid,
            name=seen.channel,
            linkedid=seen.linkedid,
            opened_at=opened,
            up=seen.state == "up",
            bridge=seen.bridge,
        ),
    )
    seat_leg(draft, fact.pbx, seen.uniqueid, seen.channel, _direction(seen), opened)


def _direction(seen: facts.PictureChannel) -> str:
    """An ``up`` channel that runs a dialplan application of its own called in or out; one without was called."""
    called = seen.application in ("AppDial", "AppDial2", "AppQueue", "", "(None)")
    return seen.state if seen.state != "up" or called else "dialling"


def _close_vanished(draft: Draft, fact: facts.ChannelsSynced, listed: dict[str, facts.PictureChannel]) -> None:
    for key, caller in draft.floor.callers.items():
        if key[0] != fact.pbx or key[2] in listed or caller.stage is not CallerStage.TALKING:
            continue
        gap = caller.gap or fact.pbx in draft.floor.gaps
        draft.put_caller(
            replace(caller, stage=CallerStage.CLOSING, gap=gap, ended_at=fact.at, review_at=fact.at + PATIENCE_S)
        )


def _find_talking(draft: Draft, seen: facts.PictureChannel, partners: list[str], fact: facts.ChannelsSynced) -> None:
    """He runs Queue() and is bridged with an agent: answered before we looked."""
    queue = seen.data.split(",", 1)[0]
    known = draft.callers.get((fact.pbx, queue, seen.uniqueid))
    found = next(filter(None, (_partner(draft, fact.pbx, uniqueid) for uniqueid in partners)), None)
    if found is None or (known is not None and known.stage is CallerStage.TALKING):
        return
    agent, leg = found
    put_leg(draft, agent, replace(leg, kind=CallKind.QUEUE, queue=queue, call=seen.uniqueid, outgoing=False))
    serve(draft, fact.pbx, agent.name, (queue, seen.uniqueid))
    caller = known or Caller(fact.pbx, queue, seen.uniqueid, CallerStage.TALKING, None, linkedid=seen.linkedid)
    draft.put_caller(
        replace(caller, stage=CallerStage.TALKING, agent=agent.name, gap=True, review_at=None, position=None)
    )


def _partner(draft: Draft, pbx: str, uniqueid: str) -> tuple[Agent, Leg] | None:
    """The agent on this channel: his phone, or the Local channel that stands for it."""
    channel = draft.channels.get((pbx, uniqueid))
    if channel is None:
        return None
    if channel.agent is not None:
        agent = draft.agents.get((pbx, channel.agent))
        leg = next((one for one in agent.legs if one.uniqueid == uniqueid), None) if agent else None
        return (agent, leg) if agent is not None and leg is not None else None
    names = draft.floor.seats.get((pbx, device_of_channel(channel.name)), ())
    agent = draft.agents.get((pbx, names[0])) if channel.name.startswith("Local/") and names else None
    if agent is None:
        return None
    phone = next((leg for leg in agent.legs if leg.stage is LegStage.UP and not leg.outgoing), None)
    root = Leg(uniqueid, LegStage.UP, CallKind.QUEUE, channel.opened_at)
    return agent, phone if phone is not None else root
