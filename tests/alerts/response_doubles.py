"""What incidents, plans and drills are tested with: a clock to set, people, alarms, an exchange that obeys or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from alerts.model import (
    Alert,
    AlertStage,
    Breach,
    Delivery,
    Severity,
    Signal,
    Standing,
    Subject,
    SubjectKind,
    Transition,
)
from alerts.ports import AlertListener
from floor.people.model import Person, Role
from floor.ports import Answer
from floor.state.model import Caller, Gap, Span

NOW = 1_795_320_000.0
"""2026-11-22, Sunday."""


class SetClock:
    """Says what it is set to."""

    def __init__(self, at: float = NOW) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def forward(self, seconds: float) -> float:
        self.at += seconds
        return self.at


AGENT = Person(1, "wang", "Wang", Role.AGENT, number="1001")
LEADER = Person(2, "li", "Li", Role.LEADER, number="2001")
CHIEF = Person(3, "zhao", "Zhao", Role.CHIEF, number="3001")
MANAGER = Person(4, "chen", "Chen", Role.MANAGER)


class PeopleDouble:
    """Four people, one of each rank."""

    persons: Mapping[int, Person] = {one.id: one for one in (AGENT, LEADER, CHIEF, MANAGER)}
    groups: Mapping[str, Any] = {}

    def of_agent(self, pbx: str, agent: str) -> Person | None:
        return None

    def group_of(self, pbx: str, agent: str) -> str | None:
        return None

    def sees_agent(self, person: Person, pbx: str, agent: str) -> bool:
        return True

    def sees_queue(self, person: Person, pbx: str, queue: str) -> bool:
        return True

    def present(self) -> frozenset[int]:
        return frozenset()


class AlarmsDouble:
    """Alerts as somebody puts them; signals become alerts that fire at once and are resolved at once."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.live: dict[str, Alert] = {}
        self.told: list[Alert] = []
        self.signals: list[Signal] = []
        self.breaches_told: list[Breach] = []
        self.raised: list[tuple[str, Subject, str | None]] = []
        self.cleared: list[tuple[str, Subject, str | None]] = []
        self.steps: dict[str, list[Transition]] = {}
        self.mail: dict[str, list[Delivery]] = {}
        self._listeners: list[AlertListener] = []
        self._numbers = 0

    def subscribe(self, listener: AlertListener) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, alert: Alert, event: str = "fired", actor: str = "floor") -> Alert:
        before = self.live.get(alert.id)
        step = Transition(alert.id, self.clock.now(), before.stage if before else None, alert.stage, event, actor)
        self.steps.setdefault(alert.id, []).append(step)
        if alert.stage is AlertStage.RESOLVED:
            self.live.pop(alert.id, None)
        else:
            self.live[alert.id] = alert
        self.told.append(alert)
        for listener in tuple(self._listeners):
            listener(alert)
        return alert

    def fire(self, rule: str, subject: Subject | None = None, severity: Severity = Severity.CRIT, **more: Any) -> Alert:
        self._numbers += 1
        now = self.clock.now()
        values: dict[str, Any] = {"began_at": now - 10, "raised_at": now, "fired_at": now} | more
        about = subject or Subject(SubjectKind.PBX, "pbx1", "pbx1")
        return self.tell(Alert(f"a{self._numbers}", rule, about, AlertStage.FIRING, severity, **values))

    def resolve_all(self, drill: str | None = None) -> None:
        for alert in [one for one in self.live.values() if one.drill == drill]:
            self.tell(replace(alert, stage=AlertStage.RESOLVED, resolved_at=self.clock.now()), "recovered")

    async def history(self, since: float, until: float | None = None, limit: int = 500) -> Sequence[Alert]:
        return list({one.id: one for one in self.told if one.raised_at >= since}.values())[:limit]

    async def transitions(self, alert: str) -> Sequence[Transition]:
        return self.steps.get(alert, [])

    async def deliveries(self, alert: str) -> Sequence[Delivery]:
        return self.mail.get(alert, [])

    # As SignalSink and Raises

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)
        known = next((a for a in self.live.values() if a.key == signal.key), None)
        if signal.standing is Standing.BROKEN and known is None:
            self.fire(signal.rule, signal.subject, signal.severity, drill=signal.drill, evidence=signal.evidence)
        elif signal.standing is Standing.FINE and known is not None:
            self.tell(replace(known, stage=AlertStage.RESOLVED, resolved_at=self.clock.now()), "recovered")

    def breach(self, breach: Breach) -> None:
        self.breaches_told.append(breach)

    def raise_alert(
        self, rule: str, subject: Subject, severity: Severity, evidence: Mapping[str, Any], *, drill: str | None = None
    ) -> None:
        self.raised.append((rule, subject, drill))
        self.fire(rule, subject, severity, evidence=(dict(evidence),), drill=drill)

    def clear_alert(self, rule: str, subject: Subject, *, drill: str | None = None) -> None:
        self.cleared.append((rule, subject, drill))
        self.signal(Signal(rule, subject, Standing.FINE, self.clock.now(), drill=drill))


class SwitchboardDouble:
    """Obeys, but for the interfaces it refuses."""

    def __init__(self, refuses: Sequence[str] = ()) -> None:
        self.refuses = refuses
        self.commands: list[tuple[str, str, bool, str, str]] = []

    async def pause(self, pbx: str, interface: str, paused: bool, *, queue: str = "", reason: str = "") -> Answer:
        self.commands.append((pbx, interface, paused, queue, reason))
        return Answer(interface not in self.refuses, "no such interface")

    async def originate(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("nobody is called")

    announce = set_variable = originate


class PastDouble:
    """The stored floor as somebody wrote it."""

    def __init__(self, visits: Sequence[Caller] = (), spans: Sequence[Span] = (), gaps: Sequence[Gap] = ()) -> None:
        self.visits, self.spans, self.gaps = visits, spans, gaps

    async def visits_between(self, since: float, until: float) -> Sequence[Caller]:
        return self.visits

    async def spans_between(self, since: float, until: float) -> Sequence[Span]:
        return self.spans

    async def gaps_in(self, since: float, until: float | None = None) -> Sequence[Gap]:
        return self.gaps
