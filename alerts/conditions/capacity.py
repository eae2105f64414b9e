"""Conditions about numbers of people and lines: seats and channels in use (R-CAP-4), agents per leader (R-SUP-1), and
many agents holding at once, which is a fault of the systems (R-HLD-12)."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.conditions.attendance import attendance
from alerts.conditions.contract import About, Condition, Level, Params, Reading, World
from alerts.conditions.subjects import SITE, any_linked, changed, rules_made, said, the_agent
from alerts.model import Subject, SubjectKind
from floor.people.model import Role
from floor.ports import Outcome
from floor.state.facts import ChannelsSynced
from floor.state.happenings import LineReleased, LineTaken
from floor.state.indexes import line_of
from floor.state.model import Agent, AgentState, CallKind, Key, Pbx

LOOK_EVERY_S = 60.0
"""How often it is asked who is signed in: that is no fact of any exchange."""
BUSY = frozenset({AgentState.TALKING, AgentState.HOLDING, AgentState.OUTBOUND})

# People


def people_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The site, when somebody logged in or off, or a link came."""
    kept = attendance(world)
    kept.take(outcome, world)
    if kept.logged or any(True for _ in changed(outcome, Pbx)):
        yield SITE


def seats_in_use(_subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Persons logged in by the seats there may be."""
    present, seats = len(attendance(world).present), world.presence.seats
    if not seats or not any_linked(world.floor):
        return None
    return Level(present / seats, about=About(evidence=(said(now, "MemberSeen", seats=present, of=seats),)))


def agents_per_leader(_subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Agents logged in by leaders signed in; without a leader there is no such number."""
    present, leaders = len(attendance(world).present), _leaders(world)
    if not present or not leaders or not any_linked(world.floor):
        return Level(0, sample=0, review_at=now + LOOK_EVERY_S)
    about = About(evidence=(said(now, "MemberSeen", agents=present, leaders=leaders),))
    return Level(present / leaders, sample=present, about=about, review_at=now + LOOK_EVERY_S)


def leaders_missing(_subject: Subject, world: World, params: Params, now: float) -> Reading:
    """How many leaders too few are signed in while agents are logged in; none where the register names none."""
    present, leaders = len(attendance(world).present), _leaders(world)
    named = any(one.role is Role.LEADER and one.active for one in world.people.persons.values())
    missing = max(0, params["least"] - leaders) if present and named and any_linked(world.floor) else 0
    about = About(evidence=(said(now, "MemberSeen", agents=present, leaders=leaders),))
    return Level(missing, about=about, review_at=now + LOOK_EVERY_S)


def _leaders(world: World) -> int:
    persons = (world.people.persons.get(number) for number in world.people.present())
    return sum(1 for person in persons if person is not None and person.role is Role.LEADER)


# Lines


def lines_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The site, when a line was taken or released."""
    notes = world.memory("channels_in_use", SITE)
    taken: set[Key] = notes.setdefault("taken", set())
    fact = outcome.fact
    if isinstance(fact, ChannelsSynced):
        taken -= {key for key in taken if key[0] == fact.pbx}
        channels = ((key, one) for key, one in world.floor.channels.items() if key[0] == fact.pbx)
        taken |= {key for key, channel in channels if line_of(world.floor, channel) is not None}
        yield SITE
    for one in outcome.happenings:
        if isinstance(one, LineTaken):
            taken.add((one.pbx, one.uniqueid))
            yield SITE
        elif isinstance(one, LineReleased):
            taken.discard((one.pbx, one.uniqueid))
            yield SITE


def channels_in_use(_subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Outside lines in use by the channels there may be."""
    in_use, channels = len(world.memory("channels_in_use", SITE).get("taken", ())), world.presence.channels
    if not channels or not any_linked(world.floor):
        return None
    return Level(in_use / channels, about=About(evidence=(said(now, "LineTaken", channels=in_use, of=channels),)))


# Many holds at once


def holds_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The site, when somebody began or ended a hold or a call."""
    notes = world.memory("holding_together", SITE)
    busy: set[Key] = notes.setdefault("busy", set())
    holding: dict[Key, float] = notes.setdefault("holding", {})
    if notes.get("made") != (made := rules_made(world)):
        _count_all(world, busy, holding)
        notes["made"] = made
    touched = False
    for before, after in changed(outcome, Agent):
        one = after or before
        if one is not None:
            touched |= _note(one.key, after, busy, holding)
    if touched:
        yield SITE


def _count_all(world: World, busy: set[Key], holding: dict[Key, float]) -> None:
    """The rules are new, and may not have been there when somebody came or went: once, all agents."""
    busy.clear()
    holding.clear()
    for key, agent in world.floor.agents.items():
        _note(key, agent, busy, holding)


def _note(key: Key, agent: Agent | None, busy: set[Key], holding: dict[Key, float]) -> bool:
    was = (key in busy, holding.get(key))
    if agent is not None and agent.state in BUSY:
        busy.add(key)
    else:
        busy.discard(key)
    if agent is not None and agent.state is AgentState.HOLDING and agent.kind is not CallKind.INTERNAL:
        holding[key] = agent.since
    else:
        holding.pop(key, None)
    return was != (key in busy, holding.get(key))


def holding_together(_subject: Subject, world: World, params: Params, now: float) -> Reading:
    """Share of the agents in calls who have kept a customer on hold for so long; sample: how many they are."""
    notes = world.memory("holding_together", SITE)
    busy: set[Key] = notes.get("busy", set())
    holding: dict[Key, float] = notes.get("holding", {})
    if not holding:
        return None
    since = sorted((world.ours(key[0], at), key) for key, at in holding.items())
    long = [(at, key) for at, key in since if now - at >= params["longer_than_s"]]
    again = since[len(long)][0] + params["longer_than_s"] if len(long) < len(since) else None
    proof = said(long[0][0] if long else now, "HoldBegan", holding=len(long), busy=len(busy))
    causes = tuple(the_agent(*key) for _, key in sorted(long, key=lambda one: one[1]))
    return Level(len(long) / len(busy), len(long), About(evidence=(proof,), causes=causes), review_at=again)


CONDITIONS = (
    Condition(
        name="seats_in_use",
        subject=SubjectKind.SITE,
        params={},
        help="Share of the seat licences (settings, presence.seats) in use by persons logged in (R-CAP-4).",
        touched=people_touched,
        read=seats_in_use,
        unit="ratio",
        hears=frozenset({Agent, Pbx}),
    ),
    Condition(
        name="channels_in_use",
        subject=SubjectKind.SITE,
        params={},
        help="Share of the channels there may be (settings, presence.channels) that calls from and to outside use "
        "(R-CAP-4).",
        touched=lines_touched,
        read=channels_in_use,
        unit="ratio",
        hears=frozenset({ChannelsSynced, LineTaken, LineReleased}),
    ),
    Condition(
        name="agents_per_leader",
        subject=SubjectKind.SITE,
        params={},
        help="Agents logged in by leaders signed in (R-SUP-1).",
        touched=people_touched,
        read=agents_per_leader,
        unit="agents",
        hears=frozenset({Agent, Pbx}),
    ),
    Condition(
        name="leaders_missing",
        subject=SubjectKind.SITE,
        params={"least": (int, 1)},
        help="Leaders too few signed in while agents are logged in (R-SUP-1).",
        touched=people_touched,
        read=leaders_missing,
        unit="agents",
        hears=frozenset({Agent, Pbx}),
    ),
    Condition(
        name="holding_together",
        subject=SubjectKind.SITE,
        params={"longer_than_s": ((int, float), 15)},
        help="Share of the agents in calls who keep a customer on hold for longer_than_s seconds or more; the sample "
        "is their number (R-HLD-12).",
        touched=holds_touched,
        read=holding_together,
        unit="ratio",
        hears=frozenset({Agent}),
    ),
)
