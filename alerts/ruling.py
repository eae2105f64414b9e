"""Which rules are in force where: by condition, with their overrides, hours and exemptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from alerts.conditions.contract import (
    Condition,
    FloorView,
    Lasting,
    Level,
    Occurrence,
    Params,
    Reading,
    Unknown,
    World,
)
from alerts.conditions.subjects import kinds_of, note_rules
from alerts.model import Subject, SubjectKind
from alerts.rules import DRILL, EMERGENCY, Clause, Rule
from floor.ports import Change, Outcome
from floor.state.facts import Fact
from floor.state.model import Agent, AgentState, Entity, Pbx

CACHED = 20_000
"""Rules with their overrides applied are kept for so many places; then they are worked out anew."""


Touched = Callable[[Outcome, World], Iterable[Subject]]
Occurred = Callable[[Outcome, World, Params], Iterable[Occurrence]]
Kinds = frozenset[type]
COMBINATIONS = 2_000
"""Of kinds that stand in one outcome together; in practice there are some dozens."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom outcomes of some kinds concern."""

    finders: tuple[tuple[Touched, tuple[str, ...]], ...]
    """What finds subjects, and the ids of the rules that look at these."""
    counters: tuple[tuple[Occurred, Rule], ...]
    """What tells occurrences, and the rule that counts them."""
    link: bool
    """An exchange is among what changed."""


class Ruling:
    """The rules that apply, and what each says of one subject at one moment."""

    def __init__(self, rules: Iterable[Rule], registry: Mapping[str, Condition], world: World, rehearsed: bool) -> None:
        in_use = [rule for rule in rules if _ever(rule) and not (rehearsed and DRILL in rule.exempt)]
        self.rules = {rule.id: rule for rule in in_use}
        self.excusers = frozenset(one for rule in in_use for one in rule.excusers)
        self.measuring: dict[Touched, list[str]] = {}
        """What finds subjects -> ids of the rules that look at these; many conditions share one."""
        self._hears: dict[Touched, Kinds | None] = {}
        self._concerned: dict[Kinds, Concerned] = {}
        self.counting: list[Rule] = []
        for rule in in_use:
            if rule.counts:
                self.counting.append(rule)
                continue
            for condition in (registry[clause.condition] for clause in rule.clauses):
                self._measure(condition, rule.id)
        self._linkless = frozenset(
            rule.id for rule in in_use if all(registry[clause.condition].linkless for clause in rule.clauses)
        )
        self._registry = registry
        self._world = world
        self._placed: dict[tuple[str, str | None, str | None, str], Rule] = {}
        note_rules(world)

    def _measure(self, condition: Condition, rule: str) -> None:
        touched = condition.touched
        if touched is None:
            return
        rules = self.measuring.setdefault(touched, [])
        if rule not in rules:
            rules.append(rule)
        heard = self._hears.setdefault(touched, frozenset())
        self._hears[touched] = None if heard is None or condition.hears is None else heard | condition.hears

    def concerned(self, outcome: Outcome) -> Concerned:
        """Whom this outcome concerns: looked up by what is in it, so that nobody else is asked."""
        kinds = kinds_of(outcome)
        found = self._concerned.get(kinds)
        if found is None:
            if len(self._concerned) >= COMBINATIONS:
                self._concerned.clear()
            found = self._concerned[kinds] = self._of_kinds(kinds)
        return found

    def _of_kinds(self, kinds: Kinds) -> Concerned:
        finders = [(one, tuple(rules)) for one, rules in self.measuring.items() if _hears(self._hears[one], kinds)]
        counters: list[tuple[Occurred, Rule]] = []
        for rule in self.counting:
            condition = self._registry[rule.clauses[0].condition]
            if condition.occurred is not None and _hears(condition.hears, kinds):
                counters.append((condition.occurred, rule))
        return Concerned(tuple(finders), tuple(counters), Pbx in kinds)

    def group_of(self, subject: Subject) -> str | None:
        if subject.kind is SubjectKind.AGENT:
            return self._world.people.group_of(subject.pbx, subject.name)
        return subject.name if subject.kind is SubjectKind.GROUP else None

    def at(self, rule: Rule, subject: Subject, queue: str | None) -> Rule:
        """The rule as it is for this subject."""
        if not rule.overrides:
            return rule
        queue = subject.name if subject.kind is SubjectKind.QUEUE else queue
        place = (rule.id, queue, self.group_of(subject), subject.pbx)
        found = self._placed.get(place)
        if found is None:
            if len(self._placed) >= CACHED:
                self._placed.clear()
            found = self._placed[place] = rule.at(*place[1:])
        return found

    def linkless(self, rule: str) -> bool:
        """Whether this rule is about the link itself, and needs none."""
        return rule in self._linkless

    def read(self, rule: Rule, subject: Subject, at: float, seen_since: float) -> tuple[Reading, Rule, float | None]:
        """(what the first clause says while all others hold, the rule as it is there, when to look again)."""
        reading = self._clause(rule.clauses[0], subject, at)
        queue = reading.about.queue if isinstance(reading, Lasting | Level) else None
        placed = self.at(rule, subject, queue)
        if reading is None or not placed.enabled or self._exempt(placed, subject):
            return None, placed, None
        begun, again = self._hours(placed, at)
        if begun is None:
            return None, placed, again
        if isinstance(reading, Lasting):
            reading = _begun(reading, max(begun, 0.0 if reading.told else seen_since))
        elif isinstance(reading, Level):
            again = _earlier(again, reading.review_at)
        for clause in placed.clauses[1:]:
            holds, later = self._holds(clause, subject, at, seen_since)
            again = _earlier(again, later)
            if holds is not True:
                reading = Unknown() if isinstance(holds, Unknown) else None
                break
        return reading, placed, again

    def _clause(self, clause: Clause, subject: Subject, at: float) -> Reading:
        read = self._registry[clause.condition].read
        return read(subject, self._world, clause.params, at) if read is not None else None

    def _holds(
        self, clause: Clause, subject: Subject, at: float, seen_since: float
    ) -> tuple[bool | Unknown | None, float | None]:
        """(``True``, not, or not known; when it may be otherwise by itself)."""
        reading = self._clause(clause, subject, at)
        if reading is None or isinstance(reading, Unknown):
            return reading, None
        if isinstance(reading, Lasting):
            begun = reading.since if reading.told else max(reading.since, seen_since)
            due = None if clause.limit is None else begun + clause.limit
            return (True, None) if due is None or round(at - due, 3) >= 0 else (None, due)
        beyond = clause.limit is None or clause.direction.beyond(reading.value, clause.limit)
        return (True if beyond else None), reading.review_at

    def _exempt(self, rule: Rule, subject: Subject) -> bool:
        if EMERGENCY not in rule.exempt or subject.kind is not SubjectKind.AGENT:
            return False
        agent = self._world.floor.agents.get((subject.pbx, subject.name))
        return agent is not None and _in_emergency(agent)

    def _hours(self, rule: Rule, at: float) -> tuple[float | None, float | None]:
        """(since when it is open, ``None``: closed; when that changes)."""
        if rule.hours is None:
            return 0.0, None
        zone = self._world.day.tz()
        return rule.hours.open_since(at, zone), rule.hours.next_change(at, zone)

    def counts(self, rule: Rule, subject: Subject, at: float) -> bool:
        """Whether an occurrence is to be counted there and then."""
        return rule.enabled and not self._exempt(rule, subject) and self._hours(rule, at)[0] is not None


def _hears(wanted: Kinds | None, kinds: Kinds) -> bool:
    return wanted is None or not kinds.isdisjoint(wanted)


def _in_emergency(agent: Agent) -> bool:
    """Paused for it everywhere, be it that a call still rings or lasts (R-EMG-17)."""
    if agent.state is AgentState.EMERGENCY:
        return True
    for member in agent.members:
        if not member.paused:
            return False  # nearly everybody, at the first look
    return any(member.reason == EMERGENCY for member in agent.members)


def _ever(rule: Rule) -> bool:
    return rule.enabled or any(one.values.get("enabled") for one in rule.overrides)


def _begun(reading: Lasting, earliest: float) -> Lasting:
    return reading if reading.since >= earliest else replace(reading, since=earliest)


def _earlier(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def as_found(floor: FloorView, now: float) -> Iterator[Outcome]:
    """The whole floor as if it had just been found, one outcome per exchange."""
    tables: tuple[Iterable[Entity], ...] = (
        floor.pbxs.values(),
        floor.queues.values(),
        floor.agents.values(),
        floor.callers.values(),
        floor.trunks.values(),
        floor.endpoints.values(),
    )
    by_pbx: dict[str, list[Change]] = {}
    for entity in chain.from_iterable(tables):
        by_pbx.setdefault(entity.pbx, []).append(Change(None, entity))
    for pbx, changes in by_pbx.items():
        yield Outcome(0, Fact(pbx, now), changes, ())
