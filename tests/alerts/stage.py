"""Stories with rules: beside the agents, columns say how rules stand, so that a supervisor can check them.

::

    at   | what happens             | Ann     | R-ANS-1 Ann
    1    | sales rings Ann for C1   | ringing | fine
    12   | time passes              |         | noticed
    17   | time passes              |         | info

A rule's column is ``RULE NAME``; its cell is ``fine``, ``noticed``, ``unknown`` or the severity of a broken rule. Times
of breaches are told in the story's seconds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alerts.conditions.registry import CONDITIONS
from alerts.evaluate import Evaluator
from alerts.model import Breach, Severity, Signal, Standing, Subject, SubjectKind
from alerts.rulebook import Rulebook
from alerts.rules import Rule
from alerts.tiles import RuleClock
from alerts.world import FloorWorld
from floor.day import Day
from floor.people.model import Group, Person
from floor.state.model import Key
from tests.support.replay import PBX
from tests.support.stories import BEGIN, Story


@dataclass
class Register:
    """People as the rules need them: groups by member name."""

    groups_of: Mapping[str, str] = field(default_factory=dict)
    persons: Mapping[int, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        agents: dict[str, list[tuple[str, str]]] = {}
        for agent, group in self.groups_of.items():
            agents.setdefault(group, []).append((PBX, agent))
        self.groups: Mapping[str, Group] = {name: Group(name, tuple(found)) for name, found in agents.items()}

    def of_agent(self, pbx: str, agent: str) -> Person | None:
        return None

    def group_of(self, pbx: str, agent: str) -> str | None:
        return self.groups_of.get(agent)

    def sees_agent(self, person: Person, pbx: str, agent: str) -> bool:
        return True

    def sees_queue(self, person: Person, pbx: str, queue: str) -> bool:
        return True

    def responsible(self, group: str | None) -> Sequence[Person]:
        return ()

    def present(self) -> frozenset[int]:
        return frozenset()


@dataclass
class Said:
    """Everything the evaluator said, in order."""

    signals: list[Signal] = field(default_factory=list)
    newest: dict[str, Breach] = field(default_factory=dict)
    """By id."""
    words: list[Breach] = field(default_factory=list)

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)

    def breach(self, breach: Breach) -> None:
        self.newest[breach.id] = breach
        self.words.append(breach)

    def stands(self, rule: str, subject: Subject) -> str:
        """``fine``, ``noticed``, ``unknown`` or the severity."""
        found = [one for one in self.signals if (one.rule, one.subject) == (rule, subject)]
        if not found:
            return "fine"
        return found[-1].severity.value if found[-1].standing is Standing.BROKEN else found[-1].standing.value


def rules_from(toml: str, folder: Path) -> tuple[Rule, ...]:
    """The built-in rules with a site's own file over them."""
    file = folder / "rules.toml"
    file.write_text(toml, encoding="utf-8")
    return Rulebook(CONDITIONS, file).rules


class RuleStory(Story):
    """A story that the rules listen to."""

    def __init__(self, rules: tuple[Rule, ...] | None = None, groups: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.said = Said()
        self.told_clocks: list[tuple[Key, tuple[RuleClock, ...]]] = []
        store, clock = self.stage.store, self.stage.clock
        self.people = Register(groups or {})
        self.world = FloorWorld(store.snapshot(), self.stage.measures, self.people, clock, Day("UTC"))
        self.evaluator = Evaluator(
            Rulebook(CONDITIONS).rules if rules is None else rules,
            CONDITIONS,
            self.world,
            self.said,
            on_clock=lambda key, clocks: self.told_clocks.append((key, clocks)),
        )
        store.subscribe(self.evaluator.hear, happenings=True)
        self._stand_still = self.stage.at
        self.stage.at = self._pass  # type: ignore[method-assign]

    def _pass(self, moment: float) -> None:
        """Time passes for the floor and for the rules, one deadline after the other."""
        while (due := self.evaluator.next_due()) is not None and due <= moment:
            self._stand_still(max(due, self.stage.clock.at))
            self.evaluator.due(self.stage.clock.at)
        self._stand_still(moment)

    def cell(self, column: str, *, with_since: bool = False) -> str:
        rule, _, name = column.partition(" ")
        if not name:
            return super().cell(column, with_since=with_since)
        return self.said.stands(rule, self.subject(name))

    def subject(self, name: str) -> Subject:
        """``Ann``, or ``queue:sales`` for another kind."""
        kind, _, rest = name.rpartition(":")
        return Subject(SubjectKind(kind or "agent"), "" if kind in ("group", "site") else PBX, rest)

    def breaches(self, rule: str | None = None, name: str | None = None) -> list[Breach]:
        """As they were told last, in the order in which they began to be told."""
        subject = None if name is None else self.subject(name)
        return [b for b in self.said.newest.values() if rule in (None, b.rule) and subject in (None, b.subject)]

    def spans(self, rule: str, name: str | None = None) -> list[tuple[float, float | None, float | None, Severity]]:
        """(began, ended, worst value, severity) of each breach, in the story's seconds."""
        return [
            (_told(b.began_at), None if b.ended_at is None else _told(b.ended_at), b.value, b.severity)
            for b in self.breaches(rule, name)
        ]


def _told(at: float) -> float:
    return round(at - BEGIN, 3)


def rule_story(table: str, rules: tuple[Rule, ...] | None = None, groups: Mapping[str, str] | None = None) -> RuleStory:
    """A story from its table."""
    story = RuleStory(rules, groups)
    story.tell(table)
    return story
