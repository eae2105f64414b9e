"""How alerts appear on the wire: who may see one, how its subject and owner are named there, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from alerts.model import (
    INCIDENT_TYPES,
    SEVERITIES,
    Alert,
    AlertStage,
    Breach,
    Evidence,
    Severity,
    Subject,
    SubjectKind,
    Text,
)
from alerts.ports import Alarms
from floor.listening.ports import Listenings
from floor.people.ports import People
from floor.requests.model import Request
from floor.requests.ports import Notices, Requests
from floor.settings import Identity
from floor.state.model import Agent, AgentState
from web import wire
from web.naming import Names, extension
from web.ports import Announcements, Clocks, FloorView, Messages, News, Notice, RuleClock, Wording

LIVE = frozenset({AlertStage.FIRING, AlertStage.ACKNOWLEDGED, AlertStage.RECOVERING})
"""Stages that concern people: what is only pending may pass by itself."""

CLOCK_WORDS: dict[str, Text] = {
    "R-ANS-1": {"en": "ringing", "zh": "振铃"},
    "R-ANS-3": {"en": "apologise", "zh": "致歉"},
    "R-HLD-2": {"en": "report", "zh": "通报"},
    "R-HLD-3": {"en": "call back", "zh": "约回电"},
}
"""What a tile says once a clock is worth a look: what is owed, in a word that fits; others say the agent's state."""

RAISED: dict[str, Text] = {
    "R-EMG-1": {"en": "Fire", "zh": "火灾"},
    "R-EMG-2": {"en": "Sudden illness", "zh": "员工急病"},
    "R-EMG-3": {"en": "Terminal down", "zh": "工作终端中断"},
    "R-EMG-4": {"en": "System, network or lines down", "zh": "系统、网络或通信故障"},
    "R-EMG-5": {"en": "Power cut", "zh": "停电"},
    "R-EMG-6": {"en": "Press", "zh": "媒体采访"},
    "R-EMG-7": {"en": "Natural disaster", "zh": "自然灾害"},
    "R-EMG-9": {"en": "Emergency call", "zh": "紧急呼叫"},
    "R-HLD-13": {"en": "Asks for help, unanswered", "zh": "求助无人应答"},
    "R-HUP-10": {"en": "Abusive caller or abnormal situation", "zh": "来电辱骂或异常情况"},
}
"""What people report is called so; no rule of the floor finds it."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything about alerts that pages are made of; ``None``: that part of the product is not running."""

    alarms: Alarms | None = None
    clocks: Clocks | None = None
    wording: Wording | None = None
    people: People | None = None
    announcements: Announcements | None = None
    messages: Messages | None = None
    news: News | None = None
    requests: Requests | None = None
    notices: Notices | None = None
    listenings: Listenings | None = None

    @property
    def live(self) -> Mapping[str, Alert]:
        return {} if self.alarms is None else self.alarms.live

    @property
    def asked(self) -> Mapping[str, Request]:
        return {} if self.requests is None else self.requests.shown

    @property
    def drill(self) -> bool:
        return self.announcements is not None and self.announcements.drill is not None


class Sees(Protocol):
    """The part of an audience that decides about floors and queues."""

    def sees_agent(self, agent: Agent) -> bool: ...

    def sees_queue(self, pbx: str, queue: str) -> bool: ...

    def sees_group(self, group: str) -> bool: ...

    def sees_pbx(self, pbx: str) -> bool: ...

    @property
    def limited(self) -> bool:
        """Whether it sees less than the whole floor."""


def concerns(alert: Alert, *, least: Severity = Severity.WARN) -> bool:
    """Whether the alert is one for people: alive, heavy enough, and not explained by another one."""
    heavy = SEVERITIES.index(alert.severity) >= SEVERITIES.index(least)
    return alert.stage in LIVE and alert.parent is None and heavy


def sees_subject(about: Alert | Breach | Subject, floor: FloorView, eyes: Sees) -> bool:
    """Whether what the alert is about is in sight."""
    subject = about if isinstance(about, Subject) else about.subject
    match subject.kind:
        case SubjectKind.AGENT:
            agent = floor.agents.get((subject.pbx, subject.name))
            return not eyes.limited if agent is None else eyes.sees_agent(agent)
        case SubjectKind.QUEUE:
            return eyes.sees_queue(subject.pbx, subject.name)
        case SubjectKind.GROUP:
            return eyes.sees_group(subject.name)
        case SubjectKind.ENDPOINT:
            agent = holder(floor, subject.pbx, subject.name)
            return not eyes.limited if agent is None else eyes.sees_agent(agent)
        case SubjectKind.TRUNK | SubjectKind.PBX:
            return eyes.sees_pbx(subject.pbx or subject.name)
        case SubjectKind.SITE:
            return True


def holder(floor: FloorView, pbx: str, endpoint: str) -> Agent | None:
    """The agent whose phone it is. Looks at all agents: for alerts about phones, which are few."""
    for agent in floor.agents.values():
        if agent.pbx == pbx and any(endpoint in (m.interface, m.device_name) for m in agent.members):
            return agent
    return None


def subject_label(alert: Alert, floor: FloorView, names: Names, identity: Identity) -> str | None:
    """How the subject may be called here; ``None``: not at all."""
    subject = alert.subject
    if subject.kind is SubjectKind.AGENT:
        gone = Agent(subject.pbx, subject.name, AgentState.LOGGED_OUT, 0.0)
        return names.label(floor.agents.get((subject.pbx, subject.name), gone), identity)
    if subject.kind is SubjectKind.ENDPOINT:
        number = extension(subject.name)
        return subject.name if identity == "name" else number if identity == "number" else None
    if subject.kind is SubjectKind.SITE:
        kind, _, place = subject.name.partition(" ")  # a report's: its type, then where
        place = place if kind in INCIDENT_TYPES else subject.name
        return place if place not in ("", SubjectKind.SITE.value) else None
    return subject.name or None


def view_alert(
    alert: Alert,
    label: str | None,
    owner: str | None,
    wording: Wording | None,
    evidence: tuple[Evidence, ...] = (),
    level: int = 0,
) -> wire.Alert:
    """An alert as everybody may see it: no call, no customer; facts only where they are given."""
    words = None if wording is None else wording(alert.rule)
    return wire.Alert(
        rule=alert.rule,
        severity=alert.severity,
        stage=alert.stage,
        kind=alert.subject.kind,
        name=RAISED.get(alert.rule, {"en": alert.rule, "zh": alert.rule}) if words is None else dict(words.name),
        text={} if words is None else _filled(words.text, alert, label),
        since=alert.began_at,
        subject=label,
        pbx=alert.subject.pbx or None,
        queue=alert.queue,
        group=alert.group,
        fired_at=alert.fired_at,
        acknowledged_at=alert.acknowledged_at,
        value=alert.value,
        limit=alert.limit,
        unit="s" if words is None else words.alert_unit,
        owner=owner,
        unknown=alert.unknown,
        silenced_until=alert.silenced_until,
        flapping=alert.flapping,
        drill=alert.drill is not None,
        times=alert.times,
        evidence=evidence,
        level=level,
    )


def rule_name(rule: str, wording: Wording | None) -> Text:
    """What a rule is called; its id where it has no words."""
    words = None if wording is None else wording(rule)
    return RAISED.get(rule, {"en": rule, "zh": rule}) if words is None else dict(words.name)


def _filled(texts: Text, alert: Alert, label: str | None) -> Text:
    """The rule's texts with what this alert knows; braces it does not know stay, for a text is written by people."""
    known = {
        "{subject}": label or "",
        "{value}": "–" if alert.value is None else f"{alert.value:g}",
        "{limit}": "–" if alert.limit is None else f"{alert.limit:g}",
        "{queue}": alert.queue or "",
        "{group}": alert.group or "",
    }
    filled = dict(texts)
    for tongue, text in texts.items():
        if "{" in text:  # most say nothing of the single case
            for name, value in known.items():
                filled[tongue] = filled[tongue].replace(name, value)
    return filled


def owner_label(alert: Alert, people: People | None, identity: Identity) -> str | None:
    """Who has it in hand, as this screen may name him (R-SEC-9): by name, else by service number."""
    if alert.owner is None and alert.owner_name is None:
        return None
    if identity == "name":
        return alert.owner_name
    person = people.persons.get(alert.owner) if people is not None and alert.owner is not None else None
    return person.number if person is not None and identity == "number" else None


def view_clock(clock: RuleClock) -> wire.Clock:
    """A clock for the browser to count."""
    return wire.Clock(
        clock.rule, clock.since, clock.notice_s, clock.limit_s, clock.every_s, CLOCK_WORDS.get(clock.rule)
    )


def view_notice(notice: Notice, *, drill: bool) -> wire.Notice:
    """A line for everybody."""
    return wire.Notice(dict(notice.text), notice.level, notice.until, notice.evacuation, drill)
