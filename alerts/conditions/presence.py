"""Conditions about presence: away too long, known to a leader or not (R-PRS-7), too many away (R-PRS-8, -9), left
without leave (R-PRS-10), nobody to relieve (R-PRS-13), one login at two seats (R-PRS-12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from alerts.conditions.absent import Absent, Reasons
from alerts.conditions.attendance import attendance, hours_of, is_still, shift_of
from alerts.conditions.contract import About, Condition, Lasting, Level, Occurrence, Params, Reading, World
from alerts.conditions.subjects import (
    SITE,
    changed,
    device_of,
    said,
    the_agent,
    the_group,
    the_phone,
    the_queue,
)
from alerts.conditions.traffic import ready_in
from alerts.model import Subject, SubjectKind
from floor.ports import Outcome
from floor.state.lifecycle import GONE
from floor.state.model import Agent, AgentState, Endpoint, Member, Reach

LOOK_EVERY_S = 60.0
"""How often it is asked whether a shift is over."""
ASK_EVERY_S = 5.0
"""How often it is asked whether somebody who is away has been granted leave."""
NAMED = 20
"""So many of those away are named as proof."""
SERVES = frozenset(
    {AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.HOLDING, AgentState.ACW, AgentState.OUTBOUND}
)

REASONS: Mapping[str, tuple[type, Any]] = {"reasons": (list, []), "besides": (list, [])}
"""Only these pause reasons (none: all that count as away); not these."""


# One agent


def away_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """Agents who went away, came back, or changed their reason."""
    kept = attendance(world)
    kept.take(outcome, world)
    for pbx, name in kept.moved:
        yield the_agent(pbx, name)


def away(subject: Subject, world: World, params: Params, now: float) -> Reading:
    """Since he is away."""
    one = attendance(world).away.get((subject.pbx, subject.name))
    if one is None or not Reasons.of(params).count(one):
        return None
    if not is_still(one, world, now):
        return None
    since = world.ours(subject.pbx, one.since)
    fact = "MemberRemoved" if one.logged_off else "MemberSeen"
    about = About(agent=subject.name, evidence=(said(since, fact, reason=one.reason),))
    return Lasting(since, about, raw=one.since, told=not one.logged_off)


def in_shift(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """1 within the agent's own shift, else 0; 1 where neither his group has hours nor he an end of shift."""
    agent = (subject.pbx, subject.name)
    if not any(hours_of(agent, world)):
        return Level(1)
    shift = shift_of(agent, world, now)
    return Level(0, review_at=now + LOOK_EVERY_S) if shift is None else Level(1, review_at=shift[1])


def without_leave(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """1 where leave is needed and nobody has granted it, else 0; a leader may still do so."""
    if not world.consent.needed:
        return Level(0)
    return Level(0 if world.consent.granted((subject.pbx, subject.name)) else 1, review_at=now + ASK_EVERY_S)


def unreported(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """0 as long as a leader knows that he is away, else 1; a leader may still give his word."""
    due = world.consent.due((subject.pbx, subject.name))
    if due is None or due <= now:
        return Level(1, review_at=now + ASK_EVERY_S)
    return Level(0, review_at=min(due, now + ASK_EVERY_S))


# Many at once


def group_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """Groups of which somebody went away or came back."""
    kept = attendance(world)
    kept.take(outcome, world)
    groups = {world.people.group_of(*key) for key in kept.moved}
    yield from (the_group(group) for group in sorted(one for one in groups if one is not None))


def away_in_group(subject: Subject, world: World, params: Params, now: float) -> Reading:
    """How many of the group are away."""
    group = world.people.groups.get(subject.name)
    absent = Absent(Reasons.of(params))
    for one in attendance(world).of_group(group, list(world.floor.pbxs)) if group is not None else ():
        absent.put(one.key, one)
    return _number(absent, world, now)


def site_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The site, when anybody went away or came back."""
    kept = attendance(world)
    kept.take(outcome, world)
    if kept.moved:
        yield SITE


def away_in_site(_subject: Subject, world: World, params: Params, now: float) -> Reading:
    """How many of the whole site are away."""
    return _number(attendance(world).absent(Reasons.of(params)), world, now)


def _number(absent: Absent, world: World, now: float) -> Level | None:
    """Persons, not logins; the first twenty are named."""
    off = {one.who: one for one in absent.logged_off.values() if one.who not in absent and is_still(one, world, now)}
    number = absent.persons + len(off)
    if not number:
        return None
    known = {one.who: one for one in (*absent.first(2 * NAMED), *off.values())}
    listed = sorted((world.ours(one.key[0], one.since), one.key, one.reason) for one in known.values())
    proof = tuple(said(at, "Away", agent=key[1], pbx=key[0], reason=reason) for at, key, reason in listed[:NAMED])
    return Level(number, about=About(evidence=proof), review_at=now + LOOK_EVERY_S if off else None)


# Leaving without relief


def left_short(outcome: Outcome, world: World, params: Params) -> Iterator[Occurrence]:
    """Somebody went away, and fewer than the minimum are left in one of his queues."""
    kept = attendance(world)
    kept.take(outcome, world)
    for one in kept.went:
        at = world.ours(one.key[0], one.since)
        if one.logged_off and not params["logged_off"]:
            continue
        for name in one.queues:
            queue = world.floor.queues.get((one.key[0], name))
            if queue is None:
                continue
            serving = sum(number for state, number in queue.states if state in SERVES)
            left = serving if params["serving"] else ready_in(queue)
            minimum = world.presence.minimum_of(*queue.key)
            if left < minimum:
                proof = said(at, "Away", agent=one.key[1], reason=one.reason, left=left, minimum=minimum)
                about = About(queue=name, agent=one.key[1], evidence=(proof,))
                yield Occurrence(the_queue(*queue.key), at, float(left), about)


# One login at two seats


def login_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
    """Agents with memberships at more than one phone, before or now."""
    for before, after in changed(outcome, Agent):
        agent = after or before
        same = before is not None and after is not None and before.members == after.members
        if agent is not None and not same and any(_may_be_twice(one) for one in (before, after)):
            yield the_agent(agent.pbx, agent.name)


def _may_be_twice(agent: Agent | None) -> bool:
    return agent is not None and len({member.device_name for member in agent.members}) > 1


def login_twice(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """At how many phones, all of them alive, one member name is logged in."""
    agent = world.floor.agents.get((subject.pbx, subject.name))
    if agent is None:
        return None
    phones = {device_of(world.floor, agent.pbx, member.device_name) for member in agent.members if _alive(member)}
    phones = {phone for phone in phones if not phone.startswith("Local/") and _reached(world, agent.pbx, phone)}
    if not phones:
        return None
    return Level(len(phones), about=About(agent=agent.name, evidence=(said(now, "MemberSeen", phones=sorted(phones)),)))


def _alive(member: Member) -> bool:
    return member.device not in GONE


def _reached(world: World, pbx: str, phone: str) -> bool:
    endpoint = world.floor.endpoints.get((pbx, phone))
    return endpoint is None or endpoint.reach is not Reach.UNREACHABLE


def contacts_touched(outcome: Outcome, _world: World) -> Iterator[Subject]:
    """Phones whose contacts changed."""
    for before, after in changed(outcome, Endpoint):
        one = after or before
        if one is not None and (before.contacts if before else ()) != (after.contacts if after else ()):
            yield the_phone(one.pbx, one.name)


def seats_of_phone(subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """At how many addresses one extension is registered; a new port of the same machine is the same place."""
    phone = world.floor.endpoints.get((subject.pbx, subject.name))
    if phone is None or not phone.contacts:
        return None
    hosts = sorted({host_of(contact) for contact in phone.contacts})
    return Level(len(hosts), about=About(evidence=(said(now, "EndpointSeen", phone=phone.name, addresses=hosts),)))


def host_of(contact: str) -> str:
    """``sip:1@10.1.2.3:5060;ob`` -> ``10.1.2.3``."""
    rest = contact.partition(";")[0].rpartition("@")[2].removeprefix("sip:").removeprefix("sips:")
    return rest.rpartition("]")[0].lstrip("[") if rest.startswith("[") else rest.partition(":")[0]


CONDITIONS = (
    Condition(
        name="away",
        subject=SubjectKind.AGENT,
        params=REASONS,
        help="Seconds for which an agent is away: paused with an away reason, or logged off in a shift (R-PRS-7).",
        touched=away_touched,
        read=away,
        hears=frozenset({Agent}),
    ),
    Condition(
        name="in_shift",
        subject=SubjectKind.AGENT,
        params={},
        help="1 within the agent's own shift (the hours of his group in settings, presence.shift, until his end of "
        "shift in the register), else 0; 1 where neither is known.",
        touched=away_touched,
        read=in_shift,
        unit="times",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="without_leave",
        subject=SubjectKind.AGENT,
        params={},
        help="1 where leave needs the leader's consent (settings, requests.leave_approval) and he has not given it, "
        "else 0 (R-PRS-10).",
        touched=away_touched,
        read=without_leave,
        unit="times",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="unreported",
        subject=SubjectKind.AGENT,
        params={},
        help="0 as long as an agent is away with a leader's approval and for no longer than was approved, else 1 "
        "(R-PRS-7: reported beforehand).",
        touched=away_touched,
        read=unreported,
        unit="times",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="away_in_group",
        subject=SubjectKind.GROUP,
        params=REASONS,
        help="Persons of a group who are away at the same time (R-PRS-8).",
        touched=group_touched,
        read=away_in_group,
        unit="agents",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="away_in_site",
        subject=SubjectKind.SITE,
        params=REASONS,
        help="Persons of the site who are away at the same time (R-PRS-9: for a smoke).",
        touched=site_touched,
        read=away_in_site,
        unit="agents",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="left_short",
        subject=SubjectKind.QUEUE,
        params={"serving": (bool, False), "logged_off": (bool, True)},
        help="Somebody went away and fewer than the minimum (settings, presence.minimum_ready) are left ready in his "
        "queue; serving: those in calls and after-call work count, too (R-PRS-13).",
        occurred=left_short,
        unit="times",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="login_twice",
        subject=SubjectKind.AGENT,
        params={},
        help="At how many phones that are alive one member name is logged in (R-PRS-12).",
        touched=login_touched,
        read=login_twice,
        unit="phones",
        hears=frozenset({Agent}),
    ),
    Condition(
        name="registered_twice",
        subject=SubjectKind.ENDPOINT,
        params={},
        help="At how many addresses one extension is registered (R-PRS-12).",
        touched=contacts_touched,
        read=seats_of_phone,
        unit="phones",
        hears=frozenset({Endpoint}),
    ),
)
