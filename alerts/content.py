"""What an alert says: built from the evaluator's word, kept up with it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2s

from alerts.model import Alert, AlertStage, Evidence, Signal, SubjectKind
from floor.people.ports import People

MOST_EVIDENCE = 20
"""Facts kept on one alert: the first ones, which began it, and the newest."""


def alert_id(key: str, at: float, after: str = "") -> str:
    """The same trouble raised at the same moment has the same id, so that what is written twice meets itself; unless
    one (``after``) was raised and over in that very moment."""
    return blake2s(f"{key}\n{at!r}\n{after}".encode("utf-8", "replace"), digest_size=10).hexdigest()


def new_alert(signal: Signal, now: float, stage: AlertStage, people: People, last: Alert | None) -> Alert:
    """A first word of something broken; ``last``: the alert of this identity before."""
    subject = signal.subject
    group = subject.name if subject.kind is SubjectKind.GROUP else None
    if subject.kind is SubjectKind.AGENT:
        group = people.group_of(subject.pbx, subject.name)
    return Alert(
        id=alert_id(signal.key, now, last.id if last is not None and last.raised_at == now else ""),
        rule=signal.rule,
        subject=subject,
        stage=stage,
        severity=signal.severity,
        began_at=signal.since if signal.since is not None else signal.at,
        raised_at=now,
        value=signal.value,
        worst=signal.value,
        limit=signal.limit,
        queue=signal.queue,
        call=signal.call,
        group=group,
        evidence=kept(signal.evidence),
        drill=signal.drill,
    )


def taken(alert: Alert, signal: Signal) -> Alert:
    """The newest severity, value and facts. The worst value is the one farthest beyond the limit."""
    limit = signal.limit if signal.limit is not None else alert.limit
    return replace(
        alert,
        severity=signal.severity,
        value=signal.value if signal.value is not None else alert.value,
        worst=_worst(alert.worst, signal.value, limit),
        limit=limit,
        queue=signal.queue or alert.queue,
        call=signal.call or alert.call,
        evidence=kept((*alert.evidence, *(one for one in signal.evidence if one not in alert.evidence))),
    )


def kept(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """No more than :data:`MOST_EVIDENCE` of it."""
    if len(evidence) <= MOST_EVIDENCE:
        return evidence
    half = MOST_EVIDENCE // 2
    return (*evidence[:half], *evidence[-half:])


def _worst(old: float | None, new: float | None, limit: float | None) -> float | None:
    if old is None or new is None:
        return new if old is None else old
    if limit is None:
        return max(old, new)
    return max((old, new), key=lambda value: abs(value - limit))
