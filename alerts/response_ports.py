"""What pages and command line ask of incidents, emergencies, plans and drills. Every refusal is an
:class:`alerts.refusals.RefusedError` with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from alerts.model import Alert, Entry, Incident, Text
from alerts.plan_model import (
    Callback,
    Drill,
    DrillReport,
    Due,
    Evacuation,
    Evaluation,
    Impact,
    Improvement,
    Plan,
    PlanState,
    Read,
    StepTime,
)
from alerts.ports import Responses
from floor.people.model import Person
from floor.state.model import Caller, Gap, Span

IncidentListener = Callable[[Incident], None]
"""Told synchronously of every incident that changed; must not block."""


class Past(Protocol):
    """The stored floor, as impact needs it; times on the exchanges' clocks."""

    async def visits_between(self, since: float, until: float) -> Sequence[Caller]: ...

    async def spans_between(self, since: float, until: float) -> Sequence[Span]: ...

    async def gaps_in(self, since: float, until: float | None = None) -> Sequence[Gap]: ...


class Casework(Responses, Protocol):
    """Incidents with all that may be done about them."""

    def subscribe(self, listener: IncidentListener) -> Callable[[], None]: ...

    async def open(
        self,
        type_: str,
        actor: Person,
        description: str,
        *,
        occurred_at: float | None = None,
        place: str = "",
        alert: str | None = None,
    ) -> Incident:
        """``alert``: the id of the one it is opened from, which belongs to it from then on."""

    def suggested(self, alert: Alert) -> str | None:
        """The type of incident an alert points to; ``None``: it says nothing about that."""

    async def confirm(self, incident: str, actor: Person) -> Incident: ...

    async def dismiss(self, incident: str, actor: Person, reason: str) -> Incident: ...

    async def correct(self, incident: str, actor: Person, entry: int, text: str) -> Entry: ...

    async def do_step(self, incident: str, actor: Person, step: str, note: str = "") -> Entry: ...

    async def recover(self, incident: str, actor: Person, at: float | None = None) -> Incident: ...

    async def versions(self, incident: str) -> Sequence[Mapping[str, Any]]: ...

    async def steps(self, incident: str) -> tuple[Plan | None, Sequence[StepTime], Text | None]:
        """The plan in force, its steps with their times, and the sentence to read out, filled in."""

    def missing(self, incident: Incident) -> Sequence[str]:
        """Mandatory fields that keep it from being closed (R-EMG-8, R-EMG-9)."""

    def times(self, incident: Incident) -> Mapping[str, float | None]:
        """Stamps and the seconds between them (R-EMG-15)."""


class Aftermath(Protocol):
    """What incidents did, whom to call back, and their record to take away."""

    async def impact(self, incident: str) -> Impact: ...

    async def call_back(self, incident: str, actor: Person, visit: tuple[str, str, str], result: str) -> Callback: ...

    async def callbacks(self, incident: str, actor: Person) -> Sequence[Callback]: ...

    async def export(self, incident: str, form: str, actor: Person) -> str:
        """``csv`` or ``json``; customers' numbers masked unless he has the right to see them."""

    async def faults(self, by: str, since: float, until: float) -> Sequence[Mapping[str, Any]]:
        """P-9 by ``week`` or ``month``."""

    async def faults_csv(self, by: str, since: float, until: float) -> str: ...


class Evacuating(Protocol):
    """Leaving the floor, confirmed twice, by chief or above (R-EMG-16)."""

    @property
    def state(self) -> Evacuation: ...

    def prepare(self, actor: Person) -> tuple[str, float, int]:
        """(token, good until, members who will be paused); nothing happens yet."""

    async def confirm(self, actor: Person, token: str) -> Evacuation: ...

    async def lift(self, actor: Person) -> Evacuation: ...


class Planning(Protocol):
    """Plans with their versions, approvals and read marks."""

    async def list(self) -> Sequence[PlanState]: ...

    async def get(self, plan: str, version: int | None = None) -> Plan: ...

    async def versions(self, plan: str) -> Sequence[Plan]: ...

    async def write(self, plan: str, actor: Person, body: Mapping[str, Any], note: str = "") -> Plan: ...

    async def approve(self, plan: str, actor: Person, version: int) -> PlanState: ...

    async def mark_read(self, plan: str, actor: Person, version: int) -> None: ...

    async def readers(self, plan: str) -> Sequence[Read]: ...

    async def review(self, plan: str, actor: Person, what: str, why: str) -> None:
        """R-PLN-10: the plan was looked through; what was found and why it stays or changes."""

    async def coverage(self) -> Mapping[str, Sequence[str]]:
        """Per incident type the ids of its approved plans (R-PLN-2)."""

    async def due(self) -> Sequence[Due]: ...


class Drilling(Protocol):
    """Drills: one at a time."""

    @property
    def running(self) -> Drill | None: ...

    @property
    def outages(self) -> Mapping[str, Text]:
        """What can be played, by id."""

    def subscribe(self, listener: Callable[[Drill], None]) -> Callable[[], None]: ...

    async def start(
        self,
        plan: str,
        kind: str,
        leader: str,
        *,
        outage: str | None = None,
        participants: Sequence[str] = (),
        lasts_s: float = 300.0,
    ) -> Drill: ...

    async def do_step(self, drill: str, actor: str, step: str, note: str = "") -> DrillReport: ...

    async def note(self, drill: str, actor: str, text: str) -> None: ...

    async def stop(self, drill: str, actor: str, reason: str = "") -> Drill: ...

    async def list(self, since: float = 0.0) -> Sequence[Drill]: ...

    async def report(self, drill: str) -> DrillReport: ...

    async def evaluate(self, about: str, actor: Person, form: Mapping[str, Any]) -> Evaluation: ...

    def evaluation(self, about: str) -> Evaluation | None:
        """The last one of a drill or an incident."""

    async def improve(
        self, about: str, actor: Person, text: str, owner: str, due_at: float | None = None
    ) -> Improvement: ...

    async def improved(self, improvement: str, actor: Person, how: str) -> Improvement: ...

    async def improvements(self, *, pending: bool = False) -> Sequence[Improvement]: ...

    async def export(self, drill: str, form: str) -> str:
        """``csv`` or ``json``."""


class Readiness(Protocol):
    """All of it together, as pages are given it (:class:`alerts.preparedness.Preparedness`)."""

    @property
    def incidents(self) -> Casework: ...
    @property
    def aftermath(self) -> Aftermath: ...
    @property
    def evacuation(self) -> Evacuating: ...
    @property
    def plans(self) -> Planning: ...
    @property
    def drills(self) -> Drilling: ...
