"""The full picture after (re)connect, queues: what is not in it is gone, what is in it is so.

A caller missing from the list is not ended at once: his last events may still be on their way, and they say it
better. He is given ``PATIENCE_S``; then his ending is UNKNOWN, because the gap swallowed it.
"""

from __future__ import annotations

from collections.abc import Iterator

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.model import Caller, CallerStage, Member, Queue
from floor.state.reduce.agents import keep, new_agent
from floor.state.reduce.callers import PICTURE_S, end_visit, ending_untold, miss_caller, visit_of

STEP = 24
"""So many entities are compared before whoever applies the picture in steps gets a turn; what listeners do about them
counts among it, some five milliseconds."""


def queues_synced(draft: Draft, fact: facts.QueuesSynced) -> Iterator[None]:
    """Queues, members and the waiting at the moment of the list; at each step the floor may be told as it is."""
    draft.new_hints = (fact.pbx, {(fact.pbx, hint): device for hint, device in fact.hints})
    _sync_queues(draft, fact)
    yield
    yield from _sync_members(draft, fact)
    yield
    _sync_waiting(draft, fact)
    _drop_queues(draft, fact)


def _sync_queues(draft: Draft, fact: facts.QueuesSynced) -> None:
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


def _drop_queues(draft: Draft, fact: facts.QueuesSynced) -> None:
    """Last, when nobody serves or waits there any more: who does makes a queue known."""
    listed = {queue.name for queue in fact.queues}
    for key in draft.floor.queues:
        if key[0] == fact.pbx and key[1] not in listed:
            draft.queues.put(key, None)
            draft.touched.add(key)


def _sync_members(draft: Draft, fact: facts.QueuesSynced) -> Iterator[None]:
    by_agent: dict[str, dict[tuple[str, str], Member]] = {}
    for member in fact.members:
        by_agent.setdefault(member.agent, {})[member.queue, member.interface] = member
    gone = [key for key in draft.floor.agents if key[0] == fact.pbx and key[1] not in by_agent]
    for place, key in enumerate(gone, 1):
        agent = draft.agents.get(key)
        if agent is not None:
            draft.agents.put(key, replace(agent, members=()) if agent.legs else None)
        if place % STEP == 0:
            yield
    for place, (name, members) in enumerate(by_agent.items(), 1):
        known = draft.agents.get((fact.pbx, name)) or new_agent(fact.pbx, name, fact.at)
        old = {(m.queue, m.interface): m for m in known.members}
        kept = tuple(keep(old[place], m, fact.at) if place in old else m for place, m in members.items())
        # In the order in which they were known: a list tells them in any order, which is no change.
        places = list(old)
        kept = tuple(sorted(kept, key=lambda m: _place(places, m)))
        draft.agents.put(known.key, known if kept == known.members else replace(known, members=kept))
        if place % STEP == 0:
            yield


def _place(places: list[tuple[str, str]], member: Member) -> int:
    place = (member.queue, member.interface)
    return places.index(place) if place in places else len(places)


def _sync_waiting(draft: Draft, fact: facts.QueuesSynced) -> None:
    listed = set()
    for seen in sorted(fact.callers, key=lambda one: (one.queue, -one.wait_s, one.position or 0)):
        known = visit_of(draft, fact.pbx, seen.queue, seen.uniqueid)
        listed.add((fact.pbx, seen.queue, known.uniqueid if known is not None else seen.uniqueid))
        if known is not None and _still_waits(draft, known, seen, fact.at):
            draft.put_caller(_waits_on(known, seen))
            draft.missing.put(known.key, None)
            continue
        if known is not None:
            # Over before he joined anew, or the record would take the two for one.
            end_visit(draft, known, ending_untold(known), fact.at - seen.wait_s)
        draft.put_caller(_arrived(draft, seen, fact))
    for key, caller in draft.floor.callers.items():
        if key[0] != fact.pbx or key in listed:
            continue
        if caller.stage is CallerStage.WAITING:
            miss_caller(draft, caller, fact.at)
        elif caller.stage is CallerStage.LEAVING and fact.pbx in draft.floor.gaps:
            draft.put_caller(replace(caller, gap=True))


def _still_waits(draft: Draft, known: Caller, seen: facts.PictureCaller, at: float) -> bool:
    """The same visit: he waits as we knew, or was only believed to have left. Who joined within a gap is here anew;
    counted back from whole seconds and a list that took its time, a joining only ever seems later than it was."""
    joined = at - seen.wait_s
    same = known.joined_at is not None and abs(known.joined_at - joined) <= PICTURE_S
    if known.stage is not CallerStage.WAITING:
        return known.stage is CallerStage.LEAVING and same
    gap = draft.floor.gaps.get(known.pbx)
    return same or gap is None or known.joined_at is None or joined < max(known.joined_at, gap.began_at)


def _waits_on(known: Caller, seen: facts.PictureCaller) -> Caller:
    return replace(
        known,
        stage=CallerStage.WAITING,
        position=seen.position,
        priority=seen.priority if seen.priority is not None else known.priority,
        number=known.number or seen.number,
        name=known.name or seen.name,
        review_at=None,
    )


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
