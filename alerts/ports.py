"""What other rooms ask of the alerts room, and what it asks of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from alerts.model import (
    Alert,
    Breach,
    Delivery,
    Entry,
    Incident,
    Message,
    Severity,
    Signal,
    Silence,
    Subject,
    Transition,
    Verdict,
)
from floor.people.model import Person

AlertListener = Callable[[Alert], None]
"""Told synchronously of every alert that changed, RESOLVED included; must not block."""


class Alarms(Protocol):
    """The living alerts and the record of breaches. Commands check nothing: rights are asked by the caller."""

    @property
    def live(self) -> Mapping[str, Alert]:
        """Alerts not yet resolved, by id."""

    def subscribe(self, listener: AlertListener) -> Callable[[], None]: ...

    async def acknowledge(self, alert: str, actor: Person, reason: str = "") -> Alert: ...

    async def resolve(self, alert: str, actor: Person, reason: str) -> Alert:
        """By hand, with the cause."""

    async def silence(
        self, rule: str | None, subject: str | None, until: float, actor: Person, reason: str
    ) -> Silence: ...

    async def unsilence(self, silence: str, actor: Person) -> None: ...

    async def silences(self) -> Sequence[Silence]: ...

    async def history(self, since: float, until: float | None = None, limit: int = 500) -> Sequence[Alert]: ...

    async def transitions(self, alert: str) -> Sequence[Transition]: ...

    async def deliveries(self, alert: str) -> Sequence[Delivery]: ...

    async def breaches(
        self, since: float, until: float | None = None, *, agent: tuple[str, str] | None = None, rule: str | None = None
    ) -> Sequence[Breach]: ...

    async def excuse(self, breach: str, actor: Person, reason: str) -> Breach: ...

    async def dispute(self, breach: str, actor: Person, text: str) -> Breach: ...


class SignalSink(Protocol):
    """Where the evaluator's word goes."""

    def signal(self, signal: Signal) -> None: ...

    def breach(self, breach: Breach) -> None:
        """A breach began, got worse or ended: same id, newest word wins."""


class Outgoing(Protocol):
    """Where messages go: stored first, sent at least once."""

    def send(self, messages: Sequence[Message]) -> None: ...


class Trials(Protocol):
    """Test messages; the right to them is asked by the caller."""

    async def trial(self, person: Person) -> Sequence[Verdict]:
        """Send one over everything this person can be reached by, and wait for what becomes of each."""


class Responses(Protocol):
    """Incidents and emergencies, as pages and command line use them."""

    @property
    def live(self) -> Mapping[str, Incident]: ...

    async def report(
        self, type_: str, actor: str, *, place: str = "", details: Mapping[str, str] | None = None
    ) -> Incident:
        """An emergency report (R-EMG-1…7, -9): opens an incident and raises the alert of its type."""

    async def note(self, incident: str, actor: Person, text: str) -> Entry: ...

    async def amend(self, incident: str, actor: Person, changes: Mapping[str, Any]) -> Incident: ...

    async def decide_scope(self, incident: str, actor: Person, scope: str) -> Incident: ...

    async def close(self, incident: str, actor: Person) -> Incident: ...

    async def get(self, incident: str) -> tuple[Incident, Sequence[Entry]]: ...

    async def list(self, since: float = 0.0) -> Sequence[Incident]: ...


class Raises(Protocol):
    """Anybody who finds something wrong that no rule of the floor can see raises it here (emergency call, test)."""

    def raise_alert(
        self, rule: str, subject: Subject, severity: Severity, evidence: Mapping[str, Any], *, drill: str | None = None
    ) -> None: ...

    def clear_alert(self, rule: str, subject: Subject, *, drill: str | None = None) -> None: ...
