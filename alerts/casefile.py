"""One incident's file: what may be done to it, as pure functions; time, person and identity are arguments.

Every function gives the incident as it is afterwards and the lines that tell the change, old value included; none
takes anything away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alerts.model import INCIDENT_TYPES, SCOPES, Alert, Entry, Incident, IncidentStage, Severity, Text
from alerts.refusals import IncompleteError, InvalidError, WrongMomentError
from floor.people.model import Person

FLOOR = "floor"
"""The actor of what nobody did by hand."""
MANDATORY = ("occurred_at", "description", "resolution", "recovered_at", "recorder")
"""R-EMG-8."""
AMENDABLE = ("type", *MANDATORY, "details")
TEXT_LIMIT, DETAIL_LIMIT, DETAILS_LIMIT = 4000, 500, 40
AHEAD_S = 60.0
"""Clocks of people and machine may differ by so much."""

SUGGESTED: dict[str, tuple[str, str]] = {
    "R-EMG-20": ("system", "unknown"),
    "R-EMG-21": ("system", "site"),
    "R-EMG-22": ("comms", "carrier"),
    "R-EMG-23": ("terminal", "terminal"),
    "R-EMG-24": ("network", "site"),
    "R-EMG-25": ("comms", "unknown"),
    "R-EMG-26": ("comms", "unknown"),
    "R-EMG-27": ("system", "unknown"),
    "R-EMG-28": ("disaster", "unknown"),
}
"""Detection -> (type, scope) it suggests; the scope is decided by a person (R-EMG-10)."""
BY_NUMBER = {"119": "fire", "120": "illness"}
"""Whom somebody called tells what happened; other emergency numbers: ``abnormal``."""

CLOSED = frozenset({IncidentStage.CLOSED, IncidentStage.DISMISSED})
_RULE = re.compile(r"R-[A-Z]{3}-\d+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(slots=True)
class Case:
    """A living incident with its timeline; the only thing here that changes."""

    incident: Incident
    version: int = 0
    entries: list[Entry] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    """What the lines stand for, so that nothing is told twice."""


def rule_of(rule: str) -> str:
    """The domain's id within a rule's name: ``R-EMG-20`` of ``R-EMG-20-silent``."""
    found = _RULE.match(rule)
    return found.group() if found else rule


def suggestion(alert: Alert) -> tuple[str, str] | None:
    """(type, scope) of the incident that this alert makes suspect; ``None``: none."""
    if alert.parent is not None or alert.severity not in (Severity.CRIT, Severity.EMERGENCY):
        return None
    known = SUGGESTED.get(rule_of(alert.rule))
    if known is not None or alert.severity is not Severity.EMERGENCY:
        return known
    numbers = [str(fact["number"]) for fact in alert.evidence if "number" in fact]
    return next((BY_NUMBER[n] for n in numbers if n in BY_NUMBER), "abnormal"), "unknown"


def suspected(alert: Alert, id_: str, now: float) -> Incident:
    """The incident an alert makes suspect; a person confirms or dismisses it."""
    type_, _ = suggestion(alert) or ("abnormal", "unknown")
    return Incident(
        id=id_,
        type=type_,
        stage=IncidentStage.SUSPECTED,
        opened_at=now,
        occurred_at=min(alert.began_at, now),
        description=f"{alert.rule} {alert.subject.name}",
        recorder="",
        detected_at=alert.fired_at or alert.raised_at,
        alerts=(alert.id,),
        drill=alert.drill,
    )


def opened(
    id_: str, type_: str, recorder: str, now: float, *, occurred_at: float | None, description: str,
    details: Mapping[str, Any], drill: str | None = None,
) -> Incident:  # fmt: skip
    """An incident that a person opens or reports."""
    if type_ not in INCIDENT_TYPES:
        raise InvalidError(f"'{type_}' is no type of incident; there are: {', '.join(INCIDENT_TYPES)}", ["type"])
    occurred = now if occurred_at is None else moment("occurred_at", occurred_at, now)
    return Incident(
        id=id_,
        type=type_,
        stage=IncidentStage.OPEN,
        opened_at=now,
        occurred_at=occurred,
        description=words("description", description),
        recorder=recorder,
        detected_at=now,
        acknowledged_at=now,
        details=details_of(details),
        drill=drill,
    )


def missing(incident: Incident, fields: Iterable[str] = ()) -> tuple[str, ...]:
    """Mandatory fields without a value (R-EMG-8), and those of its type (R-EMG-9) as ``details.NAME``."""
    empty = [name for name in MANDATORY if getattr(incident, name) in (None, "")]
    return (*empty, *(f"details.{name}" for name in fields if not incident.details.get(name)))


def confirmed(incident: Incident, actor: Person, now: float) -> tuple[Incident, list[Entry]]:
    """A person says that it is one."""
    if incident.stage is not IncidentStage.SUSPECTED:
        raise WrongMomentError("only a suspected incident can be confirmed")
    stage = IncidentStage.RECOVERED if incident.recovered_at is not None else IncidentStage.OPEN
    after = replace(
        incident,
        stage=stage,
        recorder=incident.recorder or label(actor),
        acknowledged_at=incident.acknowledged_at if incident.acknowledged_at is not None else now,
    )
    return after, [entry(incident, now, "stage", label(actor), {"en": "Confirmed", "zh": "已确认"})]


def dismissed(incident: Incident, actor: str, reason: str, now: float) -> tuple[Incident, list[Entry]]:
    """It was none, or none of ours."""
    if incident.stage is not IncidentStage.SUSPECTED:
        raise WrongMomentError("only a suspected incident can be dismissed; close it instead")
    why = words("reason", reason)
    text = {"en": f"Dismissed: {why}", "zh": f"已排除:{why}"}
    after = replace(incident, stage=IncidentStage.DISMISSED, closed_at=now)
    return after, [entry(incident, now, "stage", actor, text, reason=why)]


def amended(
    incident: Incident, actor: str, changes: Mapping[str, Any], now: float, fields: Iterable[str] = ()
) -> tuple[Incident, list[Entry]]:
    """Other values of the record's fields; a line for each tells the old one."""
    unknown = sorted(changes.keys() - set(AMENDABLE))
    if unknown:
        raise InvalidError(f"cannot be amended: {', '.join(unknown)}", unknown)
    if incident.stage is IncidentStage.DISMISSED:
        raise WrongMomentError("a dismissed incident is not amended; take a note")
    after = replace(incident, **{name: _checked(incident, name, value, now) for name, value in changes.items()})
    if after.recovered_at is not None and after.recovered_at < after.occurred_at:
        raise InvalidError("it cannot have recovered before it occurred", ["recovered_at"])
    after = replace(after, stage=_stage(after))
    lacking = missing(after, fields)
    if incident.stage is IncidentStage.CLOSED and lacking:
        raise IncompleteError("a closed record must stay complete", lacking)
    lines = [
        entry(
            incident, now, "amended", actor,
            {"en": f"{_NAMES[name]['en']} amended", "zh": f"修改了{_NAMES[name]['zh']}"},
            field=name, before=getattr(incident, name), after=getattr(after, name),
        )
        for name in AMENDABLE
        if getattr(after, name) != getattr(incident, name)
    ]  # fmt: skip
    return after, lines


def scoped(incident: Incident, actor: Person, scope: str, now: float) -> tuple[Incident, list[Entry]]:
    """How far it reaches, who decided it and when (R-EMG-10)."""
    if scope not in SCOPES:
        raise InvalidError(f"'{scope}' is no scope; there are: {', '.join(SCOPES)}", ["scope"])
    if incident.stage is IncidentStage.DISMISSED:
        raise WrongMomentError("it was dismissed")
    after = replace(incident, scope=scope, scoped_by=label(actor), scoped_at=now)
    text = {"en": f"Scope: {scope}", "zh": f"范围:{_SCOPES_ZH[scope]}"}
    return after, [entry(incident, now, "scope", label(actor), text, before=incident.scope, after=scope)]


def recovered(incident: Incident, actor: str, at: float, now: float) -> tuple[Incident, list[Entry]]:
    """It works again since ``at``; a suspected one stays suspected until somebody judges it."""
    if incident.stage in CLOSED:
        raise WrongMomentError("it is closed")
    when = moment("recovered_at", at, now)
    if when < incident.occurred_at:
        raise InvalidError("it cannot have recovered before it occurred", ["recovered_at"])
    after = replace(incident, recovered_at=when)
    text = {"en": "Recovered", "zh": "已恢复"}
    line = entry(incident, now, "stage", actor, text, before=incident.recovered_at, after=when)
    return replace(after, stage=_stage(after)), [line]


def returned(incident: Incident, now: float) -> tuple[Incident, list[Entry]]:
    """What had recovered is there again."""
    after = replace(incident, recovered_at=None)
    text = {"en": "It is back: recovery taken back", "zh": "故障再次出现,恢复时间作废"}
    line = entry(incident, now, "stage", FLOOR, text, before=incident.recovered_at, after=None)
    return replace(after, stage=_stage(after)), [line]


def closed(incident: Incident, actor: str, now: float, fields: Iterable[str] = ()) -> tuple[Incident, list[Entry]]:
    """Its record is complete. Refused with the list of what is missing (R-EMG-8)."""
    if incident.stage in CLOSED:
        raise WrongMomentError("it is closed already")
    if incident.stage is IncidentStage.SUSPECTED:
        raise WrongMomentError("confirm or dismiss it first")
    lacking = missing(incident, fields)
    if lacking:
        raise IncompleteError(f"still missing: {', '.join(lacking)}", lacking)
    after = replace(incident, stage=IncidentStage.CLOSED, closed_at=now)
    return after, [entry(incident, now, "stage", actor, {"en": "Closed", "zh": "已关闭"})]


def times(incident: Incident) -> dict[str, float | None]:
    """The stamps of R-EMG-15 and the seconds between them; ``None``: not yet, or not known."""
    stamps = {
        name: getattr(incident, name)
        for name in ("occurred_at", "detected_at", "acknowledged_at", "scoped_at", "recovered_at", "closed_at")
    }
    return stamps | {
        "detect_s": _between(incident.occurred_at, incident.detected_at),
        "acknowledge_s": _between(incident.detected_at, incident.acknowledged_at),
        "scope_s": _between(incident.detected_at, incident.scoped_at),
        "recover_s": _between(incident.occurred_at, incident.recovered_at),
        "close_s": _between(incident.recovered_at, incident.closed_at),
    }


def label(person: Person) -> str:
    """How a person stands in a record: name and service number, never the login (R-SEC-10)."""
    return f"{person.name} ({person.number})" if person.number else person.name


def entry(incident: Incident, at: float, kind: str, actor: str, text: Text, **data: Any) -> Entry:
    """A line that has no number yet."""
    return Entry(incident=incident.id, at=at, kind=kind, actor=actor, text=text, data=data)


def words(name: str, text: object, limit: int = TEXT_LIMIT, *, empty: bool = False) -> str:
    """A text of a person, made harmless; raises when it is none."""
    if not isinstance(text, str):
        raise InvalidError(f"{name}: a text is needed", [name])
    harmless = _CONTROL.sub(" ", text).strip()
    if not harmless and not empty:
        raise IncompleteError(f"{name}: say something", [name])
    if len(harmless) > limit:
        raise InvalidError(f"{name}: at most {limit} characters", [name])
    return harmless


def moment(name: str, at: object, now: float) -> float:
    """A moment that lies in the past, or a little ahead."""
    if isinstance(at, bool) or not isinstance(at, int | float) or not 0 < at <= now + AHEAD_S:
        raise InvalidError(f"{name}: seconds since the epoch, not in the future", [name])
    return float(at)


def details_of(details: object) -> dict[str, str]:
    """The extra fields of a type, as texts."""
    if not isinstance(details, Mapping) or len(details) > DETAILS_LIMIT:
        raise InvalidError(f"details: at most {DETAILS_LIMIT} fields with a text each", ["details"])
    if not all(isinstance(name, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) for name in details):
        raise InvalidError("details: names are small letters, digits and _", ["details"])
    return {name: words(f"details.{name}", text, DETAIL_LIMIT, empty=True) for name, text in details.items()}


def _checked(incident: Incident, name: str, value: object, now: float) -> Any:
    if name == "type":
        if value not in INCIDENT_TYPES:
            raise InvalidError(f"'{value}' is no type of incident", ["type"])
        return value
    if name == "details":
        return incident.details | details_of(value)
    if name == "recovered_at":
        return None if value is None else moment(name, value, now)
    if name == "occurred_at":
        return moment(name, value, now)
    return words(name, value, empty=name == "resolution")


def _stage(incident: Incident) -> IncidentStage:
    if incident.stage not in (IncidentStage.OPEN, IncidentStage.RECOVERED):
        return incident.stage
    return IncidentStage.OPEN if incident.recovered_at is None else IncidentStage.RECOVERED


def _between(earlier: float | None, later: float | None) -> float | None:
    return None if earlier is None or later is None else max(0.0, round(later - earlier, 3))


def field_name(name: str) -> Text:
    """What a field of the record is called; a detail by its own name."""
    return _NAMES.get(name) or {"en": name.removeprefix("details."), "zh": name.removeprefix("details.")}


_NAMES: dict[str, Text] = {
    "type": {"en": "Type", "zh": "类型"},
    "occurred_at": {"en": "Time of occurrence", "zh": "发生时间"},
    "description": {"en": "Problem description", "zh": "问题描述"},
    "resolution": {"en": "Resolution", "zh": "解决过程"},
    "recovered_at": {"en": "Recovery time", "zh": "恢复时间"},
    "recorder": {"en": "Recorder", "zh": "记录人"},
    "details": {"en": "Details", "zh": "补充信息"},
}
_SCOPES_ZH = {"terminal": "终端", "site": "本中心", "carrier": "运营商", "company": "公司", "unknown": "未定"}
