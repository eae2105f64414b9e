"""The full picture after (re)connect: what is not in it is gone, what is in it is so.

A caller missing from the list is not ended at once: his last events may still be on their way, and they say it
better. He is given ``PATIENCE_S``; then his ending is UNKNOWN, because the gap swallowed it.
"""

from __future__ import annotations

from dataclasses import replace

from floor.state import facts
from floor.state.floor import Draft
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
    for seen in fact.channels:
        if seen.application == "Queue" and seen.bridge:
            _find_talking(draft, seen, fact)


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


def _find_talking(draft: Draft, seen: facts.PictureChannel, fact: facts.ChannelsSynced) -> None:
    """He runs Queue() and is bridged with an agent: answered before we looked."""
    queue = seen.data.split(",", 1)[0]
    known = draft.callers.get((fact.pbx, queue, seen.uniqueid))
    agent = _partner(draft, fact, seen)
    if agent is None or (known is not None and known.stage is CallerStage.TALKING):
        return
    leg = next((one for one in agent.legs if one.uniqueid in _bridged(fact, seen)), None)
    if leg is not None:
        put_leg(draft, agent, _talking_leg(leg, queue, seen.uniqueid))
    serve(draft, fact.pbx, agent.name, (queue, seen.uniqueid))
    found = known or Caller(fact.pbx, queue, seen.uniqueid, CallerStage.TALKING, None, linkedid=seen.linkedid)
    draft.put_caller(
        replace(found, stage=CallerStage.TALKING, agent=agent.name, gap=True, review_at=None, position=None)
    )


def _talking_leg(leg: Leg, queue: str, call: str) -> Leg:
    return replace(leg, kind=CallKind.QUEUE, queue=queue, call=call, stage=LegStage.UP, outgoing=False)


def _bridged(fact: facts.ChannelsSynced, seen: facts.PictureChannel) -> set[str]:
    return {one.uniqueid for one in fact.channels if one.bridge == seen.bridge and one is not seen}


def _partner(draft: Draft, fact: facts.ChannelsSynced, seen: facts.PictureChannel) -> Agent | None:
    for uniqueid in _bridged(fact, seen):
        channel = draft.channels.get((fact.pbx, uniqueid))
        if channel is not None and channel.agent is not None:
            return draft.agents.get((fact.pbx, channel.agent))
    return None
