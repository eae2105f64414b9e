"""What must hold, what was broken, what somebody must react to: frozen values. Times are seconds since the epoch on
*our* clock: an alert may stand for several exchanges, and people acknowledge it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Text = dict[str, str]
"""By language: ``en`` and ``zh``."""


class Severity(StrEnum):
    """domain.md: recorded; told the team leader; told the chief at once, then upwards; an emergency of people."""

    INFO = "info"
    WARN = "warn"
    CRIT = "crit"
    EMERGENCY = "emergency"


SEVERITIES = tuple(Severity)
"""In order of weight."""


class SubjectKind(StrEnum):
    """What an alert is about."""

    AGENT = "agent"
    QUEUE = "queue"
    GROUP = "group"
    TRUNK = "trunk"
    ENDPOINT = "endpoint"
    PBX = "pbx"
    SITE = "site"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Together with the rule the identity of an alert: a second trigger updates, it never doubles."""

    kind: SubjectKind
    pbx: str
    """Empty for groups and the site, which span exchanges."""
    name: str

    def __hash__(self) -> int:
        # Asked for many times per event; two kinds of one name are rare, and equality tells them apart.
        return hash((self.pbx, self.name))

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.pbx}/{self.name}"

    @classmethod
    def of_id(cls, id_: str) -> Subject:
        """The subject of an id; raises ``ValueError`` when it is none."""
        kind, _, rest = id_.partition(":")
        pbx, _, name = rest.partition("/")
        return cls(SubjectKind(kind), pbx, name)


class Standing(StrEnum):
    """How a rule stands for one subject."""

    FINE = "fine"
    NOTICED = "noticed"
    """Past the notice level: the tile shows it, nobody is told."""
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """It cannot be seen (link down): neither broken nor fine."""


Evidence = dict[str, Any]
"""One fact that proves something: ``at``, ``fact`` (our name of it), and what it said; no customer data."""


@dataclass(frozen=True, slots=True)
class Signal:
    """The evaluator's word on one rule and one subject, given whenever it changes."""

    rule: str
    subject: Subject
    standing: Standing
    at: float
    severity: Severity = Severity.INFO
    """The level reached; only with BROKEN."""
    since: float | None = None
    """When what is too long, too much or missing began."""
    value: float | None = None
    limit: float | None = None
    queue: str | None = None
    call: str | None = None
    evidence: tuple[Evidence, ...] = ()
    causes: tuple[Subject, ...] = ()
    """Single cases that this one explains (R-EMG-24, R-HLD-12): their own alerts become its children."""
    drill: str | None = None
    """Id of the drill it belongs to; ``None``: it is real."""

    @property
    def key(self) -> str:
        return alert_key(self.rule, self.subject, self.drill)


def alert_key(rule: str, subject: Subject, drill: str | None = None) -> str:
    """Identity of an alert: rule, exchange and subject; drills live apart."""
    return f"{rule}|{subject.id}" + (f"|{drill}" if drill else "")


class AlertStage(StrEnum):
    """Where an alert is; :mod:`alerts.lifecycle` has the table."""

    PENDING = "pending"
    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person must react to."""

    id: str
    rule: str
    subject: Subject
    stage: AlertStage
    severity: Severity
    began_at: float
    """When the trouble itself began, as far as known."""
    raised_at: float
    """First PENDING or FIRING."""
    fired_at: float | None = None
    owner: int | None = None
    """Id of who acknowledged it; his name is for pages to find."""
    owner_name: str | None = None
    acknowledged_at: float | None = None
    resolved_at: float | None = None
    value: float | None = None
    worst: float | None = None
    limit: float | None = None
    queue: str | None = None
    call: str | None = None
    group: str | None = None
    evidence: tuple[Evidence, ...] = ()
    unknown: bool = False
    """It cannot be seen at present whether it still holds."""
    parent: str | None = None
    """Id of the alert that explains this one; then nobody is told of it."""
    silenced_until: float | None = None
    flapping: bool = False
    level: int = 0
    """How far it has been escalated: 0 first in the chain."""
    times: int = 1
    """How often it fired under this id (re-open window)."""
    drill: str | None = None

    @property
    def key(self) -> str:
        return alert_key(self.rule, self.subject, self.drill)


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of an alert's life, stored for ever."""

    alert: str
    at: float
    before: AlertStage | None
    after: AlertStage
    event: str
    """What made it: ``fired``, ``acknowledged``, ``lapsed``, ``escalated``, ``silenced``, ``reminded`` …"""
    actor: str
    """A person's name and number, or ``floor`` for the machine."""
    value: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """One recorded violation with the facts that prove it; excused ones stay visible as excused (R-SEC-15)."""

    id: str
    rule: str
    subject: Subject
    severity: Severity
    began_at: float
    ended_at: float | None
    limit: float | None
    value: float | None
    """The worst actual value; never the limit itself."""
    queue: str | None = None
    call: str | None = None
    agent: str | None = None
    group: str | None = None
    evidence: tuple[Evidence, ...] = ()
    excused_by: str | None = None
    excused_at: float | None = None
    excuse: str | None = None
    disputed_at: float | None = None
    dispute: str | None = None
    drill: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Messages of matching alerts are held back; the alerts stay on the board, greyed."""

    id: str
    rule: str | None
    subject: str | None
    """``Subject.id``; ``None``: any."""
    author: str
    reason: str
    began_at: float
    until: float


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told, and where."""

    person: int | None
    name: str
    kind: str
    """Notifier: ``mail``, ``phone``, ``apprise``, ``webhook``, ``browser`` …"""
    address: str
    language: str = "zh"


class Occasion(StrEnum):
    """Why a message is sent."""

    FIRED = "fired"
    WORSE = "worse"
    ESCALATED = "escalated"
    REMINDER = "reminder"
    RESOLVED = "resolved"
    TEST = "test"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Message:
    """To be told at least once; ``id`` is the de-duplication key every receiver gets."""

    id: str
    alert: str | None
    occasion: Occasion
    severity: Severity
    at: float
    recipient: Recipient
    title: Text
    body: Text
    """Type, place, number of persons, link: never customer data (R-SEC-7)."""
    link: str | None = None
    drill: str | None = None
    also: tuple[str, ...] = ()
    """Further alerts it speaks of, where several of one recipient were joined."""


class DeliveryState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    """For good: the address is wrong, or too many attempts."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message so far."""

    message: Message
    state: DeliveryState
    attempts: int = 0
    next_at: float = 0.0
    sent_at: float | None = None
    error: str | None = None
    claimed_by: str | None = None
    claimed_until: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a test message; ``error`` is a sentence without secrets, ``None``: told."""

    recipient: Recipient
    took_s: float
    error: str | None = None


class IncidentStage(StrEnum):
    SUSPECTED = "suspected"
    OPEN = "open"
    RECOVERED = "recovered"
    CLOSED = "closed"
    DISMISSED = "dismissed"


INCIDENT_TYPES = (
    "fire", "illness", "terminal", "system", "network", "comms", "disaster", "power", "press", "abnormal",
)  # fmt: skip
"""domain.md §6."""
SCOPES = ("terminal", "site", "carrier", "company", "unknown")
"""R-EMG-10."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What the floor went through. The five mandatory fields (R-EMG-8): occurred_at, description, resolution,
    recovered_at, recorder."""

    id: str
    type: str
    stage: IncidentStage
    opened_at: float
    occurred_at: float
    description: str
    recorder: str
    resolution: str = ""
    recovered_at: float | None = None
    detected_at: float | None = None
    acknowledged_at: float | None = None
    scope: str = "unknown"
    scoped_by: str | None = None
    scoped_at: float | None = None
    closed_at: float | None = None
    alerts: tuple[str, ...] = ()
    details: dict[str, str] = field(default_factory=dict)
    """Extra fields by type, e.g. the fire report of R-EMG-9."""
    plan: str | None = None
    drill: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an incident's or a drill's timeline; never changed: a correction is a new line that names the old
    value."""

    incident: str
    at: float
    kind: str
    """``alert``, ``acknowledged``, ``message``, ``action``, ``note``, ``correction``, ``scope``, ``step`` …"""
    actor: str
    text: Text
    data: dict[str, Any] = field(default_factory=dict)
    id: int | None = None
    """Number of the line once it is stored; corrections name it."""
