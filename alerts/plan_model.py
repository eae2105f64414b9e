"""Plans and drills: frozen values. Times are seconds since the epoch on our clock, targets seconds from the start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from alerts.model import Text

PLAN_PARTS = ("purpose", "situations", "conditions", "starters", "steps", "target")
"""The six mandatory parts (R-PLN-1)."""
DRILL_KINDS = ("tabletop", "simulated", "live")
"""R-PLN-7."""
VERDICTS = ("effective", "partly", "ineffective")
"""What an evaluation may say of a plan (R-PLN-5)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One measure of a plan."""

    id: str
    text: Text
    who: str
    """Role of domain.md §8, or ``outside`` for somebody beyond the floor."""
    within_s: float | None = None
    """Target: done within so many seconds from the start; ``None``: no target."""
    number: str | None = None
    """To be called for it: ``119``, ``120``."""
    tells: tuple[str, ...] = ()
    """Roles that are told by it, in this order."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of a plan; the text may be incomplete until somebody wants to approve it."""

    id: str
    type: str
    """One of ``INCIDENT_TYPES``."""
    title: Text
    purpose: Text = field(default_factory=dict)
    situations: Text = field(default_factory=dict)
    conditions: Text = field(default_factory=dict)
    starters: tuple[str, ...] = ()
    """Roles that may start it."""
    steps: tuple[Step, ...] = ()
    target: Text = field(default_factory=dict)
    sentence: Text | None = None
    """To be read out on the telephone; ``{place}`` and the other details of the report are filled in (R-EMG-9)."""
    customers: Text | None = None
    """What agents say to customers meanwhile (R-EMG-13)."""
    fields: tuple[str, ...] = ()
    """Details a report of this type must hold beyond the five mandatory fields."""
    audience: tuple[str, ...] = ()
    """Roles that must have read it (R-PLN-4)."""
    outage: str | None = None
    """The outage that a simulated drill of it plays; ``None``: the drill plays the report itself."""
    version: int = 0
    author: str = ""
    made_at: float = 0.0
    note: str = ""
    """What was changed, and why (R-PLN-10)."""


@dataclass(frozen=True, slots=True)
class PlanState:
    """The newest version of a plan and how it stands."""

    plan: Plan
    approved_version: int | None = None
    approved_by: str | None = None
    approved_at: float | None = None
    missing: tuple[str, ...] = ()
    """Mandatory parts the newest version lacks."""
    drilled_at: float | None = None
    reviewed_at: float | None = None
    read: int = 0
    """Persons of the audience who have read the approved (else the newest) version."""
    readers: int = 0
    """Persons of the audience."""


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody has read and understood a version."""

    plan: str
    version: int
    person: int
    name: str
    at: float | None
    """``None``: not yet."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something about plans and drills that somebody must do, and until when."""

    kind: str
    """``approval``, ``drill``, ``review``, ``read``, ``evaluation``, ``improvement``."""
    plan: str | None
    about: str | None
    """Id of the drill, incident or improvement."""
    text: Text
    due_at: float | None
    """``None``: at once."""
    owner: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class StepTime:
    """How one step went against its target."""

    step: Step
    done_at: float | None = None
    by: str | None = None
    took_s: float | None = None
    late: bool = False
    """Done after its target, or not done though the target or the drill is over."""


@dataclass(frozen=True, slots=True)
class Drill:
    """A plan rehearsed (R-PLN-7)."""

    id: str
    plan: str
    version: int
    type: str
    kind: str
    leader: str
    began_at: float
    title: Text
    outage: str | None = None
    participants: tuple[str, ...] = ()
    approved: bool = False
    """Whether the version rehearsed was an approved one."""
    ended_at: float | None = None
    ended_by: str | None = None
    end: str | None = None
    """``completed``, ``stopped``, ``interrupted`` by a real alarm."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well a plan did in a drill or in earnest (R-PLN-5)."""

    about: str
    """Id of the drill or incident."""
    plan: str
    version: int
    at: float
    actor: str
    verdict: str
    went_well: str = ""
    went_badly: str = ""
    lessons: str = ""


@dataclass(frozen=True, slots=True)
class Improvement:
    """Something to be done because of an evaluation (R-PLN-6)."""

    id: str
    about: str
    plan: str
    text: str
    owner: str
    due_at: float
    made_at: float
    made_by: str
    done_at: float | None = None
    done_by: str | None = None
    done_how: str | None = None


@dataclass(frozen=True, slots=True)
class DrillReport:
    """All of one drill (P-21)."""

    drill: Drill
    steps: tuple[StepTime, ...]
    log: tuple[dict[str, Any], ...]
    """``at, kind, actor, text`` in order of time."""
    measures: dict[str, float | int | None]
    """Times and counts: detection, first decision, first action, recovery, alerts, escalations, messages."""
    deviations: tuple[Text, ...]
    evaluation: Evaluation | None
    improvements: tuple[Improvement, ...]
    evaluation_due_at: float | None


@dataclass(frozen=True, slots=True)
class Callback:
    """A caller whom a disturbance cost his answer; called back after recovery (R-EMG-13)."""

    pbx: str
    queue: str
    uniqueid: str
    number: str | None
    lost_at: float
    how: str
    """Ending of his visit, or ``cut_off``."""
    attempts: int = 1
    """How often he tried during the incident."""
    answered_at: float | None = None
    """He was answered afterwards, so nobody owes him a call."""
    result: str | None = None
    """What a person noted: ``reached``, ``not_reached``, ``not_wanted``."""
    result_by: str | None = None
    result_at: float | None = None


@dataclass(frozen=True, slots=True)
class AgentMinutes:
    """What an incident cost one agent (R-OUT-8)."""

    pbx: str
    agent: str
    on_duty_s: float
    """Logged in, or cut off from our sight while logged in."""
    hit_s: float
    """Of these: could not work, or could not be seen."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What an incident did, computed from stored visits, spans and gaps."""

    since: float
    until: float
    open: bool
    """It still lasts: numbers may grow."""
    callers: int
    """Visits that waited or were joined while it lasted."""
    lost: int
    """… and were never answered."""
    lost_by: dict[str, int]
    cut_off: int
    """Conversations that the disturbance ended, as far as that is known."""
    late: int
    """… and were answered later than the answer limit."""
    agents_on_duty: int
    minutes_on_duty: float
    agents_hit: int
    minutes_hit: float
    agents: tuple[AgentMinutes, ...]
    callbacks: tuple[Callback, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line on the boards: the exit order, a drill's announcement."""

    text: Text
    level: Literal["notice", "warn", "critical"]
    until: float | None = None
    evacuation: bool = False
    """The order to leave (R-EMG-16): fills the board."""
    public: bool = False
    """Also on boards that visitors see; it tells nothing internal (R-EMG-12)."""
    desks: bool = False
    """Only at desks: for those who look after the floor, or after Floorwatch."""


@dataclass(frozen=True, slots=True)
class Evacuation:
    """Whether the floor is being left (R-EMG-16)."""

    active: bool
    since: float | None = None
    by: str | None = None
    incident: str | None = None
    order: Text = field(default_factory=dict)
    paused: int = 0
    refused: tuple[str, ...] = ()
    """Members whom the exchange would not pause (or unpause), with its words."""
