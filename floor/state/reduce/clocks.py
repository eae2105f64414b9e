"""The exchange's clock: how far it is from ours, and whose time counts.

Lists bear no stamp, so their moment is ours moved by the offset, in the belief that the exchange stamps its events. If
the first event tells otherwise (or a stamp comes late), what was learned so far is moved to the right clock, once.
"""

from __future__ import annotations

from floor.state import facts
from floor.state.copying import replace
from floor.state.floor import Draft
from floor.state.model import Agent, Caller


def clock_measured(draft: Draft, fact: facts.ClockMeasured) -> None:
    """How far the exchange's clock is from ours."""
    pbx = draft.pbxs.get(fact.pbx)
    if pbx is None:
        return
    offset = fact.offset_s if fact.timestamps else 0.0
    before = (pbx.clock_offset_s or 0.0) if pbx.timestamps else 0.0
    since = pbx.since
    if fact.timestamps is not pbx.timestamps and offset != before:
        since += offset - before
        _move_all(draft, fact.pbx, offset - before)
    draft.pbxs.put(fact.pbx, replace(pbx, since=since, clock_offset_s=fact.offset_s, timestamps=fact.timestamps))


def _move_all(draft: Draft, pbx: str, by_s: float) -> None:
    for key, agent in draft.floor.agents.items():
        if key[0] == pbx:
            draft.agents.put(key, _moved_agent(agent, by_s))
    for visit, caller in draft.floor.callers.items():
        if visit[0] == pbx and visit not in draft.floor.restored:
            draft.callers.put(visit, _moved_caller(caller, by_s))
            draft.touched.add((pbx, caller.queue))
    for key, trunk in draft.floor.trunks.items():
        if key[0] == pbx:
            draft.trunks.put(key, replace(trunk, since=trunk.since + by_s))
    for key, endpoint in draft.floor.endpoints.items():
        if key[0] == pbx:
            draft.endpoints.put(key, replace(endpoint, since=endpoint.since + by_s))


def _moved(at: float | None, by_s: float) -> float | None:
    return None if at is None else at + by_s


def _moved_agent(agent: Agent, by_s: float) -> Agent:
    members = tuple(
        replace(one, paused_at=_moved(one.paused_at, by_s), logged_in_at=_moved(one.logged_in_at, by_s))
        for one in agent.members
    )
    legs = tuple(replace(one, since=one.since + by_s, offered_at=_moved(one.offered_at, by_s)) for one in agent.legs)
    return replace(
        agent,
        since=agent.since + by_s,
        members=members,
        legs=legs,
        acw_until=_moved(agent.acw_until, by_s),
        busy_since=_moved(agent.busy_since, by_s),
        review_at=_moved(agent.review_at, by_s),
    )


def _moved_caller(caller: Caller, by_s: float) -> Caller:
    return replace(
        caller,
        joined_at=_moved(caller.joined_at, by_s),
        answered_at=_moved(caller.answered_at, by_s),
        review_at=_moved(caller.review_at, by_s),
    )
