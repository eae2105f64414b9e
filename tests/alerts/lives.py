"""Lives of alerts as tables a supervisor can read.

::

    at   | what                    | steps     | told
    0    | Ann is broken (warn)    | fired     | fired: Lee
    600  | time passes             | escalated | escalated: Chi
    700  | Lee acknowledges Ann    | acknowledged |
    ...

``at``: seconds since the beginning. What may happen: ``X is broken (severity)``, ``X is pending``, ``X is fine``,
``X is unknown``, ``X is raised (severity)``, ``P acknowledges X``, ``P resolves X``, ``P silences X until S``,
``P lifts the silence``, ``the exchange is lost``, ``the exchange is back``, ``X of drill D is broken (severity)``,
``time passes``. Between two rows time passes too: what it brings about is part of the later row. Expected are the
events in order (of several alerts with their subject) and who was told why, each person once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from alerts.book import Book
from alerts.case import Effects, RuleTerms, Terms, TermsOf
from alerts.lifecycle import LIVING
from alerts.model import Severity, Signal, Silence, Standing, Subject, SubjectKind
from alerts.telling import Teller
from floor.people.model import Contact, Group, Person, Role
from floor.sections.alerts import AlertsSettings

T0 = 1_795_300_000.0
PBX = "pbx1"
RULE = "R-TEST"
LOST = "R-EMG-20"

LEE = Person(1, "lee", "Lee", Role.LEADER, "7001", ("early",), contacts=(Contact("mail", "lee@floor.example"),))
CHI = Person(2, "chi", "Chi", Role.CHIEF, "7002", contacts=(Contact("mail", "chi@floor.example"),))
MAN = Person(3, "man", "Man", Role.MANAGER, "7003", contacts=(Contact("phone", "9003"),))
STAFF = (LEE, CHI, MAN)


@dataclass
class Staff:
    """Implements :class:`floor.people.ports.People` as far as alerts ask."""

    people: tuple[Person, ...] = STAFF
    here: frozenset[int] = frozenset({1, 2, 3})
    groups: Mapping[str, Group] = field(default_factory=lambda: {"early": Group("early", ((PBX, "Ann"),), (1,))})

    @property
    def persons(self) -> Mapping[int, Person]:
        return {one.id: one for one in self.people}

    def of_agent(self, pbx: str, agent: str) -> Person | None:
        return None

    def group_of(self, pbx: str, agent: str) -> str | None:
        return next((name for name, group in self.groups.items() if (pbx, agent) in group.agents), None)

    def sees_agent(self, person: Person, pbx: str, agent: str) -> bool:
        return True

    def sees_queue(self, person: Person, pbx: str, queue: str) -> bool:
        return queue in person.queues or "*" in person.queues

    def responsible(self, group: str | None) -> tuple[Person, ...]:
        leaders = self.groups[group].leaders if group is not None and group in self.groups else ()
        above = [one for one in self.people if one.role in (Role.CHIEF, Role.MANAGER) and one.active]
        return (*(self.persons[one] for one in leaders), *above)

    def present(self) -> frozenset[int]:
        return self.here


def agent(name: str = "Ann") -> Subject:
    return Subject(SubjectKind.AGENT, PBX, name)


def broken(subject: Subject, severity: Severity, at: float, **more: object) -> Signal:
    """A rule that is broken, as the evaluator says it."""
    rule = more.pop("rule", RULE)
    plain = Signal(str(rule), subject, Standing.BROKEN, at, severity, since=at - 15, value=15.0, limit=15.0)
    return replace(plain, **more)  # type: ignore[arg-type]


def book(
    settings: AlertsSettings | None = None, staff: Staff | None = None, terms: TermsOf | RuleTerms | None = None
) -> Book:
    """A book of its own."""
    known = terms or Terms()
    of: TermsOf = known if callable(known) else lambda _rule: known
    people = staff or Staff()
    return Book(Teller(settings or AlertsSettings(), of, people), of, people)


@dataclass
class Play:
    """A book with the story so far."""

    book: Book
    now: float = T0
    steps: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def keep(self, effects: Effects) -> None:
        """Remember what a step did; every identity is alive at most once."""
        names = {case.alert.id: case.alert.subject.name for case in effects.cases.values()}
        several = len({one.alert for one in effects.transitions}) > 1
        for step in effects.transitions:
            self.steps.append(f"{names[step.alert]} {step.event}" if several else step.event)
        for told in effects.messages:
            line = f"{told.message.occasion}: {told.message.recipient.name}"
            if line not in self.told:
                self.told.append(line)
        keys = [one.key for one in self.book.live.values()]
        assert len(keys) == len(set(keys))

    def wait(self, until: float) -> None:
        """Time passes, one due moment after the other."""
        while (due := self.book.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            self.keep(self.book.due(self.now))
        self.now = until

    def alive(self, name: str) -> str:
        """The living alert of this subject."""
        return next(id_ for id_, one in self.book.live.items() if one.subject.name == name and one.stage in LIVING)


_WHO = {one.name: one for one in STAFF}


def _signal(match: re.Match[str], play: Play) -> None:
    name, drill, how, severity = match["name"], match["drill"], match["how"], match["severity"]
    standing = {"fine": Standing.FINE, "unknown": Standing.UNKNOWN, "pending": Standing.NOTICED}.get(how)
    signal = broken(agent(name), Severity(severity or "warn"), play.now, drill=drill)
    if standing is not None:
        signal = replace(signal, standing=standing)
    play.keep(play.book.signal(signal, play.now, raised=how == "raised", pending=how == "pending"))


def _exchange(match: re.Match[str], play: Play) -> None:
    subject = Subject(SubjectKind.PBX, PBX, PBX)
    signal = broken(subject, Severity.CRIT, play.now, rule=LOST)
    if match["how"] == "back":
        signal = replace(signal, standing=Standing.FINE)
    play.keep(play.book.signal(signal, play.now))


def _network(match: re.Match[str], play: Play) -> None:
    causes = tuple(agent(name) for name in match["names"].split(", "))
    subject = Subject(SubjectKind.SITE, "", "10.1.2.0/24")
    signal = broken(subject, Severity.CRIT, play.now, rule="R-NET", causes=causes)
    if match["how"] == "heals":
        signal = replace(signal, standing=Standing.FINE, causes=())
    play.keep(play.book.signal(signal, play.now))


def _silence(match: re.Match[str], play: Play) -> None:
    until = T0 + float(match["until"])
    silence = Silence("s1", None, agent(match["name"]).id, match["who"], "maintenance", play.now, until)
    play.keep(play.book.silence(silence, play.now))


ACTS: tuple[tuple[str, Callable[[re.Match[str], Play], None]], ...] = (
    (r"(?P<name>\w+)(?: of drill (?P<drill>\w+))? is (?P<how>broken|fine|unknown|pending|raised)"
     r"(?: \((?P<severity>\w+)\))?", _signal),
    (r"(?P<who>\w+) acknowledges (?P<name>\w+)",
     lambda m, p: p.keep(p.book.acknowledge(p.alive(m["name"]), _WHO[m["who"]], p.now))),
    (r"(?P<who>\w+) resolves (?P<name>\w+)",
     lambda m, p: p.keep(p.book.resolve(p.alive(m["name"]), _WHO[m["who"]], p.now, "a cable"))),
    (r"(?P<who>\w+) silences (?P<name>\w+) until (?P<until>\d+)", _silence),
    (r"(?P<who>\w+) lifts the silence", lambda m, p: p.keep(p.book.unsilence("s1", _WHO[m["who"]], p.now))),
    (r"the exchange is (?P<how>lost|back)", _exchange),
    (r"the network (?P<how>fails|heals) for (?P<names>[\w, ]+)", _network),
    (r"time passes", lambda _m, _p: None),
)  # fmt: skip


def play(
    table: str,
    settings: AlertsSettings | None = None,
    staff: Staff | None = None,
    terms: TermsOf | RuleTerms | None = None,
) -> Play:
    """Play a table and compare; the book afterwards."""
    story = Play(book(settings, staff, terms))
    rows = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    assert rows[0] == ["at", "what", "steps", "told"], rows[0]
    for at, what, steps, told in rows[1:]:
        story.steps, story.told = [], []
        story.wait(T0 + float(at))
        match, act = next((found, act) for pattern, act in ACTS if (found := re.fullmatch(pattern, what)) is not None)
        act(match, story)
        said = (", ".join(story.steps), ", ".join(story.told))
        assert said == (steps, told), f"at {at}, {what}: {said}"
    return story
