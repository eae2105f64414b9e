"""Stand-ins for alerts, clocks, announcements and the register, moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from alerts.model import (
    Alert,
    AlertStage,
    Breach,
    Delivery,
    DeliveryState,
    Message,
    Occasion,
    Recipient,
    Severity,
    Silence,
    Subject,
    SubjectKind,
    Text,
    Transition,
)
from alerts.ports import AlertListener
from floor.people.model import Group, Person, Role
from floor.people.rights import Right, may
from floor.state.model import Key
from tests.web.doubles import NOON


def alert(id_: str = "a1", kind: str = "agent", name: str = "Ann", exchange: str = "pbx1", **more: Any) -> Alert:
    more.setdefault("rule", "R-HLD-2")
    more.setdefault("stage", AlertStage.FIRING)
    more.setdefault("severity", Severity.CRIT)
    subject = Subject(SubjectKind(kind), exchange, name)
    return Alert(id_, subject=subject, began_at=NOON - 47, raised_at=NOON - 32, fired_at=NOON - 32, **more)


def person(id_: int = 1, role: Role = Role.LEADER, **more: Any) -> Person:
    more.setdefault("name", f"Person {id_}")
    more.setdefault("number", str(2000 + id_))
    return Person(id_, f"login{id_}", role=role, **more)


class RegisterDouble:
    """People and groups as given; agents belong to groups by member name."""

    def __init__(self, *persons: Person, groups: Sequence[Group] = ()) -> None:
        self.persons = {one.id: one for one in persons}
        self.groups = {group.name: group for group in groups}

    def change(self, id_: int, **changes: Any) -> None:
        self.persons[id_] = replace(self.persons[id_], **changes)

    def of_agent(self, pbx: str, agent: str) -> Person | None:
        return next((p for p in self.persons.values() if (pbx, agent) in p.agents), None)

    def group_of(self, pbx: str, agent: str) -> str | None:
        return next((name for name, group in self.groups.items() if (pbx, agent) in group.agents), None)

    def sees_agent(self, person: Person, pbx: str, agent: str) -> bool:
        return may(person, Right.SEE_SITE) or self.group_of(pbx, agent) in person.groups

    def sees_queue(self, person: Person, pbx: str, queue: str) -> bool:
        return may(person, Right.SEE_SITE) or queue in person.queues

    def responsible(self, group: str | None) -> Sequence[Person]:
        return [one for one in self.persons.values() if group in one.groups and one.role is Role.LEADER]

    def present(self) -> frozenset[int]:
        return frozenset(self.persons)


@dataclass(frozen=True)
class RunningClock:
    rule: str = "R-HLD-2"
    since: float = NOON
    notice_s: float | None = 12
    limit_s: float | None = 15
    every_s: float | None = 15


class ClocksDouble:
    def __init__(self) -> None:
        self.running: dict[tuple[str, str], list[RunningClock]] = {}

    def clocks(self, agent: Key) -> Sequence[RunningClock]:
        return self.running.get(agent, [])

    def run(self, pbx: str, agent: str, *clocks: RunningClock) -> Key:
        self.running[pbx, agent] = list(clocks)
        return pbx, agent


@dataclass(frozen=True)
class Order:
    text: Text = field(default_factory=lambda: {"en": "Stairs", "zh": "楼梯"})
    level: str = "critical"
    until: float | None = None
    evacuation: bool = True
    public: bool = True
    desks: bool = False


class AnnouncementsDouble:
    def __init__(self) -> None:
        self.drill: str | None = None
        self.notices: dict[str, Order] = {}
        self.listeners: list[Callable[[], None]] = []

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self) -> None:
        for listener in self.listeners:
            listener()


class AlarmsDouble:
    """Does what it is told and remembers who said so."""

    def __init__(self, *alerts: Alert) -> None:
        self.live = {one.id: one for one in alerts}
        self.past: list[Alert] = []
        self.listeners: list[AlertListener] = []
        self.said: list[tuple[Any, ...]] = []
        self.recorded: dict[str, Breach] = {}
        self.silenced: dict[str, Silence] = {}

    def subscribe(self, listener: AlertListener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def put(self, one: Alert) -> Alert:
        if one.stage is AlertStage.RESOLVED:
            self.live.pop(one.id, None)
            self.past.append(one)
        else:
            self.live[one.id] = one
        for listener in tuple(self.listeners):
            listener(one)
        return one

    async def acknowledge(self, alert: str, actor: Person, reason: str = "") -> Alert:
        self.said.append(("acknowledge", alert, actor.id, reason))
        changes = {"stage": AlertStage.ACKNOWLEDGED, "owner": actor.id, "owner_name": actor.name}
        return self.put(replace(self.live[alert], **changes, acknowledged_at=NOON))

    async def resolve(self, alert: str, actor: Person, reason: str) -> Alert:
        self.said.append(("resolve", alert, actor.id, reason))
        return self.put(replace(self.live[alert], stage=AlertStage.RESOLVED, resolved_at=NOON))

    async def silence(self, rule: str | None, subject: str | None, until: float, actor: Person, reason: str) -> Silence:
        self.said.append(("silence", rule, subject, until, actor.id, reason))
        made = Silence(f"s{len(self.silenced) + 1}", rule, subject, actor.name, reason, NOON, until)
        self.silenced[made.id] = made
        return made

    async def unsilence(self, silence: str, actor: Person) -> None:
        self.said.append(("unsilence", silence, actor.id))
        del self.silenced[silence]

    async def silences(self) -> Sequence[Silence]:
        return list(self.silenced.values())

    async def history(self, since: float, until: float | None = None, limit: int = 500) -> Sequence[Alert]:
        found = [a for a in (*self.live.values(), *self.past) if a.raised_at >= since]
        return [a for a in found if until is None or a.raised_at < until][:limit]

    async def transitions(self, alert: str) -> Sequence[Transition]:
        return [Transition(alert, NOON - 32, None, AlertStage.FIRING, "fired", "floor", 15.0)]

    async def deliveries(self, alert: str) -> Sequence[Delivery]:
        told = Recipient(1, "Person 1", "mail", "one@floor.example")
        words = {"en": "Hold", "zh": "保持"}
        message = Message("m1", alert, Occasion.FIRED, Severity.CRIT, NOON - 32, told, words, words)
        return [Delivery(message, DeliveryState.SENT, 1, sent_at=NOON - 31)]

    async def breaches(
        self, since: float, until: float | None = None, *, agent: tuple[str, str] | None = None, rule: str | None = None
    ) -> Sequence[Breach]:
        found = [b for b in self.recorded.values() if b.began_at >= since and rule in (None, b.rule)]
        return [b for b in found if agent in (None, (b.subject.pbx, b.agent))]

    async def excuse(self, breach: str, actor: Person, reason: str) -> Breach:
        excused = {"excused_by": actor.name, "excused_at": NOON, "excuse": reason}
        self.recorded[breach] = replace(self.recorded[breach], **excused)
        return self.recorded[breach]

    async def dispute(self, breach: str, actor: Person, text: str) -> Breach:
        self.recorded[breach] = replace(self.recorded[breach], disputed_at=NOON, dispute=text)
        return self.recorded[breach]


def breach(id_: str = "b1", agent: str = "Ann", exchange: str = "pbx1", **more: Any) -> Breach:
    subject = Subject(SubjectKind.AGENT, exchange, agent)
    more.setdefault("rule", "R-HLD-2")
    return Breach(
        id_, subject=subject, severity=Severity.WARN, began_at=NOON - 600, ended_at=NOON - 560, limit=15, value=40,
        agent=agent, **more,
    )  # fmt: skip
