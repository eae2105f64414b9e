"""Emergencies by type (domain.md §6): whom the report alarms and how loudly, the sentence to read out, and reports that
come from a telephone. What is done in which order stands in the plan of the type, which people may edit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from alerts.casefile import DETAIL_LIMIT, words
from alerts.model import INCIDENT_TYPES, Incident, Severity, Subject, SubjectKind, Text
from alerts.refusals import RefusedError

PLACE_LIMIT = 80
SAME_WITHIN_S = 1800.0
"""A second report of the same type and place within this time is word of the same emergency."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report of one type raises."""

    rule: str
    severity: Severity


REPORTS: dict[str, Report] = {
    "fire": Report("R-EMG-1", Severity.EMERGENCY),
    "illness": Report("R-EMG-2", Severity.EMERGENCY),
    "terminal": Report("R-EMG-3", Severity.WARN),
    "system": Report("R-EMG-4", Severity.CRIT),
    "network": Report("R-EMG-4", Severity.CRIT),
    "comms": Report("R-EMG-4", Severity.CRIT),
    "power": Report("R-EMG-5", Severity.EMERGENCY),
    "press": Report("R-EMG-6", Severity.CRIT),
    "disaster": Report("R-EMG-7", Severity.EMERGENCY),
    "abnormal": Report("R-HUP-10", Severity.CRIT),
}
"""In the order in which a form should offer them."""

TITLES: dict[str, Text] = {
    "fire": {"en": "Fire", "zh": "火灾"},
    "illness": {"en": "Sudden illness", "zh": "员工急病"},
    "terminal": {"en": "Terminal outage", "zh": "工作终端中断"},
    "system": {"en": "System failure", "zh": "系统故障"},
    "network": {"en": "Network failure", "zh": "网络故障"},
    "comms": {"en": "Communication failure", "zh": "通信故障"},
    "power": {"en": "Power failure", "zh": "停电"},
    "press": {"en": "Press enquiry", "zh": "媒体采访"},
    "disaster": {"en": "Natural disaster", "zh": "自然灾害"},
    "abnormal": {"en": "Abnormal call or situation", "zh": "异常情况"},
}


def subject_of(type_: str, place: str) -> Subject:
    """What the report's alert is about: the place where it is known, so that two fires are two alerts."""
    return Subject(SubjectKind.SITE, "", f"{type_} {place}".strip())


def place_of(place: object) -> str:
    return words("place", place, PLACE_LIMIT, empty=True)


def same(incident: Incident, type_: str, place: str, drill: str | None, now: float) -> bool:
    """Whether a report of this type and place is word of this incident. A report without a place may be of any."""
    here = incident.details.get("place", "")
    alike = incident.type == type_ and incident.drill == drill and (not place or not here or place == here)
    return alike and now - incident.opened_at <= SAME_WITHIN_S


def read_out(sentence: Text | None, details: Mapping[str, str]) -> Text | None:
    """The sentence with what is known filled in; what is not known stays as a gap that one sees."""
    if sentence is None:
        return None
    return {
        language: re.sub(r"\{(\w+)\}", lambda slot: details.get(slot[1]) or "______", text)
        for language, text in sentence.items()
    }


def heard(type_: str, seat: str, agent: str, text: str) -> tuple[str, str, dict[str, str]]:
    """(type, place, details) of a report that came from a telephone; an unknown type is an abnormal situation, for a
    report is never turned away."""
    kind = type_ if type_ in INCIDENT_TYPES else "abnormal"
    details = {"seat": seat, "name": agent, "report": text if kind == type_ else f"{type_} {text}".strip()}
    kept = {name: _tamed(value) for name, value in details.items()}
    return kind, _tamed(seat)[:PLACE_LIMIT], {name: value for name, value in kept.items() if value}


def _tamed(value: str) -> str:
    try:
        return words("text", value[:DETAIL_LIMIT], DETAIL_LIMIT, empty=True)
    except RefusedError:
        return ""
