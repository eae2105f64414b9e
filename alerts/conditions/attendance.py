"""Attendance: who is logged in and who is away, kept in step with the floor, so that no condition counts all agents.

Away (R-PRS-7) is who is paused with an away reason in all his queues, or logged off within his own shift: his group's
working hours, until the end of shift that the register gives him.
The notes are one for all conditions on presence: whoever is asked first about an outcome brings them up to date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from alerts.conditions.absent import Absent, Away, Reasons, Who
from alerts.conditions.contract import World
from alerts.conditions.subjects import SITE, changed, rules_made
from alerts.conditions.working_hours import own_shift
from floor.people.model import Group
from floor.ports import Outcome
from floor.sections.presence import ShiftSettings
from floor.state.model import Agent, AgentState, Key

RULES = 50
"""Sets of reasons for which those away are kept apart; more are as good as none."""
KEPT = 20_000
"""Agents who logged off, kept in mind; the earliest are forgotten first."""


@dataclass(slots=True)
class Attendance:
    """As of one revision of the floor."""

    revision: int = -1
    made: int = -1
    """The number of the rules for which it was begun: rules before them may not have followed it."""
    away: dict[Key, Away] = field(default_factory=dict)
    by_reasons: dict[Reasons, Absent] = field(default_factory=dict)
    """Those of them whom a rule counts, for each that has asked."""
    present: Counter[Who] = field(default_factory=Counter)
    """Persons logged in, by the number of exchanges at which they are."""
    went: tuple[Away, ...] = ()
    """Who went away by the latest outcome."""
    moved: frozenset[Key] = frozenset()
    """Whose attendance differs since the outcome before."""
    logged: bool = False
    """Somebody logged in or off by the latest outcome."""

    def take(self, outcome: Outcome, world: World) -> None:
        """What this outcome did to attendance; nothing the second time."""
        made, known = rules_made(world), outcome.revision == self.revision
        self.revision = outcome.revision
        if self.made != made:
            self.made = made
            self._begin(world)
        elif not known:
            self._move(outcome, world)
        elif not outcome.changes:
            self.went, self.moved, self.logged = (), frozenset(), False

    def _begin(self, world: World) -> None:
        """The rules are new: who is away is seen, who had logged off is not."""
        before, self.away, self.by_reasons, self.present = self.away, {}, {}, Counter()
        for key, agent in world.floor.agents.items():
            if agent.members:
                self.present[who(world, agent)] += 1
            self._put(key, _away(agent, world))
        self.went, self.moved, self.logged = (), frozenset(before.keys() | self.away.keys()), True

    def _move(self, outcome: Outcome, world: World) -> None:
        went, moved, self.logged = [], set(), False
        for before, after in changed(outcome, Agent):
            agent = after if after is not None else before
            if agent is None:
                continue
            old, new = self.away.get(agent.key), _now(before, after, world)
            if bool(before and before.members) is not bool(after and after.members):
                self._count(agent, world, 1 if after and after.members else -1)
                self.logged = True
                moved.add(agent.key)
            if after is None and old is not None and old.logged_off:
                new = old  # the picture does not list who has logged off
            if (old is None) is not (new is None) or (old and new and old.reason != new.reason):
                moved.add(agent.key)
            if old is None and new is not None:
                went.append(new)
            self._put(agent.key, new)
        self.went, self.moved = tuple(went), frozenset(moved)

    def _count(self, agent: Agent, world: World, step: int) -> None:
        person = who(world, agent)
        self.present[person] += step
        if self.present[person] <= 0:
            del self.present[person]

    def _put(self, key: Key, new: Away | None) -> None:
        old = self.away.pop(key, None)
        if old is not new:
            for absent in self.by_reasons.values():
                absent.put(key, new)
        if new is None:
            return
        self.away[key] = new
        if len(self.away) > KEPT:
            self._put(next(iter(self.away)), None)

    def absent(self, reasons: Reasons) -> Absent:
        """Who is away for these reasons: counted once, then followed."""
        found = self.by_reasons.get(reasons)
        if found is None:
            if len(self.by_reasons) >= RULES:
                self.by_reasons.clear()
            found = self.by_reasons[reasons] = Absent(reasons)
            for key, away in self.away.items():
                found.put(key, away)
        return found

    def of_group(self, group: Group, exchanges: Iterable[str]) -> Iterator[Away]:
        """Who of the group went away."""
        for pbx, name in group.agents:
            for place in exchanges if pbx == "*" else (pbx,):
                if (found := self.away.get((place, name))) is not None:
                    yield found


def is_still(away: Away, world: World, now: float) -> bool:
    """Who logged off is away as long as his group works."""
    return not away.logged_off or _left_own_shift(away, world, now)


def attendance(world: World) -> Attendance:
    """The notes."""
    notes = world.memory("attendance", SITE)
    if "kept" not in notes:
        notes["kept"] = Attendance()
    kept: Attendance = notes["kept"]
    return kept


def who(world: World, agent: Agent) -> Who:
    """The person behind an agent."""
    person = world.people.of_agent(agent.pbx, agent.name)
    return ("person", str(person.id)) if person is not None else ("name", agent.name)


def _now(before: Agent | None, after: Agent | None, world: World) -> Away | None:
    if after is None:
        return None
    if after.members or before is None or not before.members:
        return _away(after, world) or (_logged_off(after, world) if not after.members else None)
    return Away(after.key, who(world, after), after.since, None, True, _queues(before))


def _logged_off(agent: Agent, world: World) -> Away | None:
    """He is known to have logged off before, and still has."""
    return attendance(world).away.get(agent.key) if agent.state is AgentState.LOGGED_OUT else None


def _away(agent: Agent, world: World) -> Away | None:
    if agent.state is not AgentState.PAUSED or not world.presence.is_away(agent.reason):
        return None
    return Away(agent.key, who(world, agent), agent.since, agent.reason, False, _queues(agent))


def _queues(agent: Agent) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.queue for member in agent.members))


def _left_own_shift(away: Away, world: World, now: float) -> bool:
    """He logged off in working hours that are not over."""
    shift = shift_of(away.key, world, now)
    return shift is not None and shift[0] <= world.ours(away.key[0], away.since) < shift[1]


def shift_of(agent: Key, world: World, now: float) -> tuple[float, float] | None:
    """(begin, end) of his own shift at this moment; ``None``: he is off duty, or nothing is known of his hours."""
    shifts, ends_at = hours_of(agent, world)
    return own_shift(shifts, ends_at, now, world.day.tz())


def hours_of(agent: Key, world: World) -> tuple[tuple[ShiftSettings, ...], str | None]:
    """(hours of his group, his own end of shift)."""
    group, person = world.people.group_of(*agent), world.people.of_agent(*agent)
    return world.presence.shifts_of(group), person.shift_end if person is not None else None
