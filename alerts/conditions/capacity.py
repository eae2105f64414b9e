"""Conditions about numbers of people and lines: seats and channels in use (R-CAP-4), agents per leader (R-SUP-1), and
many agents holding at once, which is a fault of the systems (R-HLD-12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from alerts.conditions.attendance import attendance
from alerts.conditions.contract import About, Condition, Level, Params, Reading, World
from alerts.conditions.since import Since
from alerts.conditions.subjects import SITE, any_linked, changed, clock_set, rules_made, said
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
    if kept.logged or changed(outcome, Pbx):
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
    for one in outcome.happenings:
        if isinstance(one, LineTaken):
            taken.add((one.pbx, one.uniqueid))
        elif isinstance(one, LineReleased):
            taken.discard((one.pbx, one.uniqueid))
    if world.presence.channels:  # else there is nothing to run out of, and nothing to read
        yield SITE


def channels_in_use(_subject: Subject, world: World, _params: Params, now: float) -> Reading:
    """Outside lines in use by the channels there may be."""
    in_use, channels = len(world.memory("channels_in_use", SITE).get("taken", ())), world.presence.channels
    if not channels or not any_linked(world.floor):
        return None
    return Level(in_use / channels, about=About(evidence=(said(now, "LineTaken", channels=in_use, of=channels),)))


# Many holds at once


@dataclass(slots=True)
class Holds:
    """Who is in calls, and who of them holds a customer since when; followed change by change."""

    begun: tuple[int, int]
    busy: set[Key] = field(default_factory=set)
    holding: Since = field(default_factory=Since)

    def note(self, key: Key, agent: Agent | None, world: World) -> bool:
        """As he is now; whether that makes a difference to the share."""
        was = key in self.busy
        if agent is not None and agent.state in BUSY:
            self.busy.add(key)
        else:
            self.busy.discard(key)
        holds = agent is not None and agent.state is AgentState.HOLDING and agent.kind is not CallKind.INTERNAL
        since = world.ours(agent.pbx, agent.since) if holds and agent is not None else None
        return self.holding.put(key, since) or (was is not (key in self.busy) and len(self.holding) > 0)


def _holds(world: World) -> Holds:
    """As it was left; begun anew where rules were not in force meanwhile, or our clock was set."""
    notes, begun = world.memory("holding_together", SITE), (rules_made(world), clock_set(world))
    kept: Holds | None = notes.get("holds")
    if kept is None or kept.begun != begun:
        kept = notes["holds"] = Holds(begun)
        for key, agent in world.floor.agents.items():
            kept.note(key, agent, world)
    return kept


def holds_touched(outcome: Outcome, world: World) -> Iterator[Subject]:
    """The site, when somebody began or ended a hold, or a call while somebody holds."""
    kept, touched = _holds(world), False
    if changed(outcome, Pbx):
        world.memory("holding_together", SITE).pop("holds", None)  # its clock may have been compared anew
        kept, touched = _holds(world), True
    for before, after in changed(outcome, Agent):
        one = after or before
        if one is not None:
            touched |= kept.note(one.key, after, world)
    if touched:
        yield SITE


def holding_together(_subject: Subject, world: World, params: Params, now: float) -> Reading:
    """Share of the agents in calls who have kept a customer on hold for so long; sample: how many they are."""
    kept, seconds = _holds(world), params["longer_than_s"]
    if not len(kept.holding):
        return None
    long = kept.holding.lasting(seconds, now)
    first, following = kept.holding.moment(0), kept.holding.moment(long)
    proof = said(first if long and first is not None else now, "HoldBegan", holding=long, busy=len(kept.busy))
    about = About(evidence=(proof,), causes=kept.holding.first(long))
    return Level(long / len(kept.busy), long, about, review_at=None if following is None else following + seconds)


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
        hears=frozenset({Agent, Pbx}),
    ),
)
