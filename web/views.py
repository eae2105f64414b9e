"""Entities of the floor as they appear on the wire: pure functions, one per entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from floor.state.conversation import call_of, masked, visit_of
from floor.state.figures import NAMES, TOTAL, Figures, Subject, indicators, service_levels, values
from floor.state.model import Agent, Caller, Key, LegStage, LinkState, Pbx, Queue, Trunk
from web import wire

if TYPE_CHECKING:
    from floor.settings import Identity
    from web.naming import Names
    from web.ports import FloorView, Gaps

PUBLIC_FIGURES = ("offered", "answered")
"""All that visitors are told of a day: volume, no losses, no levels (R-SEC-8: no faults, no scores)."""
FRACTIONS = tuple(name for name in NAMES if isinstance(getattr(Figures(), name), float))
"""Sums of what is not counted in whole numbers."""


def id_of(key: tuple[str, ...]) -> str:
    """``pbx/name`` (``pbx/queue/uniqueid`` for callers); the exchange's name holds no slash, so it is unambiguous."""
    return "/".join(key)


def view_pbx(pbx: Pbx, gaps: Gaps, *, public: bool) -> wire.Pbx:
    """An exchange; to the public a refused login is just a lost link, and outages are not listed."""
    # Without stamps every moment of this exchange was taken by our own clock, however wrong its own may go.
    offset = pbx.clock_offset_s if pbx.timestamps else None
    since = pbx.since - (offset or 0.0)
    if public:
        link = LinkState.DOWN if pbx.link is LinkState.REFUSED else pbx.link
        return wire.Pbx(pbx.pbx, link, since, pbx.timestamps, (), clock_offset_s=offset)
    return wire.Pbx(
        name=pbx.pbx,
        link=pbx.link,
        since=since,
        timestamps=pbx.timestamps,
        gaps=tuple(gaps),
        reason=pbx.reason,
        version=pbx.version,
        clock_offset_s=offset,
    )


def view_queue(queue: Queue, *, public: bool) -> wire.Queue:
    """A queue; the public sees the line, not how the agents are doing."""
    return wire.Queue(
        pbx=queue.pbx,
        name=queue.name,
        title=queue.name,
        waiting=queue.waiting,
        oldest_joined_at=queue.oldest_joined_at,
        states=None if public else {state.value: count for state, count in queue.states},
    )


def view_agent(
    agent: Agent,
    names: Names,
    identity: Identity,
    clocks: tuple[wire.Clock, ...] | None = None,
    group: str | None = None,
) -> wire.Agent:
    """An agent under the name this board may use, with the clocks that rules have running for him."""
    key, members = agent.key, agent.members
    return wire.Agent(
        pbx=agent.pbx,
        id=names.id(key, identity),
        state=agent.state,
        since=agent.since,
        reachable=agent.reachable,
        queues=tuple([member.queue for member in members]),
        paused_in=tuple([member.queue for member in members if member.paused]),
        holds=sum([leg.stage is LegStage.HELD for leg in agent.legs]) if agent.legs else 0,
        misses=agent.misses,
        label=names.label(agent, identity),
        person=names.person(key, identity),
        before=agent.before,
        queue=agent.queue,
        kind=agent.kind,
        reason=agent.reason,
        group=names.groups.get(agent.name, group),
        clocks=clocks,
    )


def with_call(shown: wire.Agent, agent: Agent, floor: FloorView) -> wire.Agent:
    """The same agent with his call, its legs and the number at its other end masked: for desks, never for boards."""
    penalties = {member.queue: member.penalty for member in agent.members if member.penalty}
    if not agent.legs:  # most of a floor, most of the time
        return structs.replace(shown, penalties=penalties) if penalties else shown
    visit = visit_of(agent)
    caller = floor.callers.get(visit) if visit is not None else None
    legs = tuple(wire.Leg(leg.stage, leg.kind, leg.since, leg.queue, leg.outgoing) for leg in agent.legs)
    return structs.replace(
        shown,
        call=call_of(agent, floor.channels),
        caller=None if caller is None else id_of(caller.key),
        call_number_masked=None if caller is None else masked(caller.number),
        call_since=None if caller is None else caller.answered_at,
        legs=legs,
        penalties=penalties,
    )


def with_number(shown: wire.Caller, caller: Caller) -> wire.Caller:
    """The same caller with his number masked (R-SEC-2): for desks, never for boards."""
    return structs.replace(shown, number_masked=masked(caller.number))


def view_caller(caller: Caller) -> wire.Caller:
    """A caller without number and name: no board ever gets them."""
    return wire.Caller(caller.pbx, caller.queue, caller.joined_at, caller.position, caller.priority)


def view_trunk(trunk: Trunk) -> wire.Trunk:
    """A trunk."""
    return wire.Trunk(trunk.pbx, trunk.name, trunk.reach, trunk.since, trunk.status)


def _rounded(values: Mapping[str, float | None]) -> dict[str, object]:
    """To four places, half up; none is negative. ``round`` takes thrice as long: a busy floor has hundreds a second."""
    return {name: (value * 1e4 + 0.5) // 1.0 / 1e4 if type(value) is float else value for name, value in values.items()}


def view_figures(figures: Figures, *, public: bool = False) -> wire.FiguresWire:
    """One F: the sums, the five service levels under ``sl``, the indicators; ratios 0…1, times in seconds."""
    if public:
        return {name: getattr(figures, name) for name in PUBLIC_FIGURES}
    shown: dict[str, object] = dict(zip(NAMES, values(figures), strict=True))
    for name in FRACTIONS:
        shown[name] = round(getattr(figures, name), 4)
    shown["sl"] = _rounded(service_levels(figures))
    shown.update(_rounded(indicators(figures)))
    return shown


def view_points(points: list[dict[str, float]], *, public: bool) -> list[dict[str, float]]:
    """The small chart's points."""
    if not public:
        return points
    return [{name: point[name] for name in ("at", *PUBLIC_FIGURES)} for point in points]


def added_points(histories: list[list[dict[str, float]]]) -> list[dict[str, float]]:
    """Several queues' histories as one: points of the same moment added up."""
    moments: dict[float, dict[str, float]] = {}
    for point in (point for history in histories for point in history):
        into = moments.setdefault(point["at"], {"at": point["at"]})
        for name, value in point.items():
            if name != "at":
                into[name] = into.get(name, 0) + value
    return [moments[at] for at in sorted(moments)]


def subject_id(subject: Subject, key_id: str) -> str:
    """``total``, ``queue:pbx/name`` or ``agent:pbx/name``; ``key_id`` is the entity's id on this board."""
    return "total" if subject == TOTAL else f"{subject[0]}:{key_id}"


def subject_key(subject: Subject) -> Key:
    """The entity a subject speaks of."""
    return subject[1], subject[2]
