"""One call as the console shows it: who is on it now, its visits to queues, and its timeline. Pure.

Numbers are masked, always; agents somebody may not see are there, and not named. Times are on our clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from floor.ports import CallRecord
from floor.state.conversation import masked
from floor.state.indexes import NOT_LINES
from floor.state.model import Agent, AgentState, Caller, Channel, Leg, LegStage, Offer, OfferResult, Span
from web.ports import FloorView
from web.views import id_of

SHOWN_SPANS = {AgentState.HOLDING: "hold", AgentState.ACW: "acw"}
"""What of an agent's doings says more than the visit does."""

Sees = Callable[[str], bool]
"""Whether an agent of this call's exchange, by member name, is in sight."""
Line = dict[str, object]


@dataclass(frozen=True, slots=True)
class LiveCall:
    """What of a call is on the floor now."""

    linkedid: str
    channels: tuple[Channel, ...]
    visits: tuple[Caller, ...]
    legs: tuple[tuple[Agent, Leg], ...]

    def __bool__(self) -> bool:
        return bool(self.channels or self.visits)


def live_call(floor: FloorView, pbx: str, call: str) -> LiveCall:
    """By Linkedid, or the Uniqueid of one of its channels. Looks at all channels: asked by people, not by events."""
    known = floor.channels.get((pbx, call))
    linkedid = known.linkedid if known is not None else call
    here = [one for one in floor.channels.values() if one.pbx == pbx and one.linkedid == linkedid]
    ids = {one.uniqueid for one in here} | {call}
    visits = [
        one for one in floor.callers.values() if one.pbx == pbx and (one.uniqueid in ids or one.linkedid == linkedid)
    ]
    names = {one.agent for one in here if one.agent is not None}
    agents = [agent for name in sorted(names) if (agent := floor.agents.get((pbx, name))) is not None]
    legs = [(agent, leg) for agent in agents for leg in agent.legs if leg.uniqueid in ids]
    return LiveCall(linkedid, tuple(here), tuple(visits), tuple(legs))


def agents_of(record: CallRecord, live: LiveCall) -> set[str]:
    """Everybody who had to do with it, by member name."""
    told = [one.agent for part in (record.visits, record.offers, record.spans, live.visits) for one in part]
    return {name for name in (*told, *(one.agent for one in live.channels)) if name is not None}


def visits_of(record: CallRecord, live: LiveCall) -> list[Caller]:
    """As they are now where they still go on, in order of joining."""
    found = {(*one.key, one.joined_at): one for one in (*record.visits, *live.visits)}
    return sorted(found.values(), key=lambda one: one.joined_at or one.answered_at or 0.0)


def view_call(pbx: str, live: LiveCall, record: CallRecord, sees: Sees, shift: float) -> dict[str, object]:
    """All of it; ``shift``: seconds by which the exchange's clock is ahead of ours."""
    visits = visits_of(record, live)
    return {
        "pbx": pbx,
        "call": live.linkedid,
        "live": bool(live),
        "legs": [_leg(one, live, sees, shift) for one in _real(live.channels)],
        "visits": [_visit(one, sees, shift) for one in visits],
        "timeline": sorted(_timeline(visits, record, live, sees, shift), key=_moment),
    }


def _moment(line: Mapping[str, object]) -> float:
    at = line["at"]
    return at if isinstance(at, float) else 0.0


def _real(channels: Iterable[Channel]) -> list[Channel]:
    """Those with somebody at their end, as they were opened."""
    lines = [one for one in channels if not one.name.startswith(NOT_LINES)]
    return sorted(lines, key=lambda one: one.opened_at)


def _named(agent: str | None, sees: Sees) -> str | None:
    return agent if agent is not None and sees(agent) else None


def _leg(channel: Channel, live: LiveCall, sees: Sees, shift: float) -> Line:
    """One line of it: whose, how far, since when."""
    leg = next((leg for _, leg in live.legs if leg.uniqueid == channel.uniqueid), None)
    stage = leg.stage if leg is not None else LegStage.UP if channel.up else LegStage.RINGING
    since = leg.since if leg is not None else channel.opened_at
    visit = next((one for one in live.visits if one.uniqueid == channel.uniqueid), None)
    return {
        "id": channel.uniqueid,
        "side": _side(channel, visit, sees),
        "agent": _named(channel.agent, sees),
        "caller": None if visit is None else id_of(visit.key),
        "stage": stage,
        "since": since - shift,
        "outgoing": channel.outgoing,
    }


def _side(channel: Channel, visit: Caller | None, sees: Sees) -> str:
    if channel.agent is not None:
        return "agent" if sees(channel.agent) else "elsewhere"
    return "caller" if visit is not None or channel.uniqueid == channel.linkedid else "other"


def _at(moment: float | None, shift: float) -> float | None:
    return None if moment is None else moment - shift


def _visit(visit: Caller, sees: Sees, shift: float) -> Line:
    return {
        "caller": id_of(visit.key),
        "queue": visit.queue,
        "agent": _named(visit.agent, sees),
        "number_masked": masked(visit.number),
        "joined_at": _at(visit.joined_at, shift),
        "answered_at": _at(visit.answered_at, shift),
        "ended_at": _at(visit.ended_at, shift),
        "position": visit.position,
        "priority": visit.priority,
        "wait_s": visit.wait_s,
        "ring_s": visit.ring_s,
        "talk_s": visit.talk_s,
        "hold_s": visit.hold_s,
        "holds": visit.holds,
        "transfer": visit.transfer,
        "ending": visit.ending,
        "completed_by": visit.completed_by,
        "gap": visit.gap,
    }


def _line(at: float, kind: str, *, agent: str | None = None, **more: object) -> Line:
    """``more``: queue, s (how long), how."""
    return {"at": at, "kind": kind, "agent": agent, "queue": None, "s": None, "how": None} | more


def _timeline(visits: Sequence[Caller], record: CallRecord, live: LiveCall, sees: Sees, shift: float) -> Iterator[Line]:
    for visit in visits:
        yield from _of_visit(visit, sees, shift)
    if not visits:  # no queue tells how it came about
        for one in _real(live.channels):
            yield _line(one.opened_at - shift, "leg", agent=_named(one.agent, sees))
    for ring in record.offers:
        if ring.result is not OfferResult.ANSWERED:
            yield _of_ring(ring, sees, shift)
    for span in record.spans:
        if span.state in SHOWN_SPANS:
            yield _of_span(span, sees, shift)
    for agent, leg in live.legs:
        if leg.stage is LegStage.HELD:
            yield _line(leg.since - shift, "hold", agent=_named(agent.name, sees))
        elif leg.stage is LegStage.RINGING:
            yield _line(leg.since - shift, "rang", agent=_named(agent.name, sees), queue=leg.queue)


def _of_visit(visit: Caller, sees: Sees, shift: float) -> Iterator[Line]:
    agent = _named(visit.agent, sees)
    if visit.joined_at is not None:
        yield _line(visit.joined_at - shift, "joined", queue=visit.queue)
    if visit.answered_at is not None:
        yield _line(visit.answered_at - shift, "answered", agent=agent, queue=visit.queue, s=visit.wait_s)
    if visit.ended_at is None:
        return
    at = visit.ended_at - shift
    if visit.answered_at is None:
        yield _line(at, "lost", queue=visit.queue, s=visit.wait_s, how=visit.ending)
    elif visit.transfer is not None:
        yield _line(at, "transferred", agent=agent, how=visit.transfer)
    else:
        yield _line(at, "ended", agent=agent, s=visit.talk_s, how=visit.completed_by)


def _of_ring(ring: Offer, sees: Sees, shift: float) -> Line:
    kind = "missed" if ring.result is OfferResult.NO_ANSWER else "rang"
    length = ring.ended_at - ring.began_at
    return _line(ring.began_at - shift, kind, agent=_named(ring.agent, sees), queue=ring.queue, s=length)


def _of_span(span: Span, sees: Sees, shift: float) -> Line:
    kind = "gap" if span.gap else SHOWN_SPANS[span.state]
    return _line(span.began_at - shift, kind, agent=_named(span.agent, sees), s=span.ended_at - span.began_at)
