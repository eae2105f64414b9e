"""Alert, step, breach, silence, delivery <-> row; what is to be written <-> one JSON line. Both directions, one place.

What goes in is made harmless first: a database may refuse a NUL in a text or a number that is none, and one such value
must not hold up an alarm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from sqlalchemy import RowMapping

from alerts.case import Case, Effects, Pace
from alerts.model import (
    SEVERITIES,
    Alert,
    AlertStage,
    Breach,
    Delivery,
    DeliveryState,
    Message,
    Severity,
    Silence,
    Subject,
    SubjectKind,
    Transition,
)

MAX_TEXT = 4000
_COLUMNS = {"limit": "limit_value", "group": "group_name"}
"""Fields whose column is called otherwise, SQL having taken the word."""
_BREACH = [name for name in Breach.__dataclass_fields__ if name not in ("subject", "severity", "evidence")]
Row = RowMapping | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """An alert with its clocks, as of ``stamp``."""

    alert: Alert
    pace: Pace
    stamp: float


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one delivery."""

    id: str
    state: DeliveryState
    attempts: int = 0
    next_at: float = 0.0
    sent_at: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One step of the book (or the fate of messages), written whole or not at all."""

    fence: int | None = None
    """Under which holding of the engine's lease; ``None``: whoever may."""
    alerts: tuple[Stored, ...] = ()
    transitions: tuple[Transition, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    silences: tuple[Silence, ...] = ()
    breaches: tuple[Breach, ...] = ()
    marks: tuple[Mark, ...] = ()


def page_of(effects: Effects, now: float, fence: int | None) -> Page:
    """What a step leaves to be stored."""
    return Page(
        fence,
        tuple(Stored(case.alert, case.pace, now) for case in effects.cases.values()),
        tuple(effects.transitions),
        tuple(Delivery(one.message, DeliveryState.WAITING, next_at=one.not_before) for one in effects.messages),
        (*effects.silences, *effects.ended),
        tuple(effects.breaches),
    )


def line_of(page: Page) -> bytes:
    """One line of JSON, newline included."""
    return msgspec.json.encode(_harmless(msgspec.to_builtins(page))) + b"\n"


def page_on(line: bytes) -> Page:
    """The page on one line; raises ``ValueError`` when it is none."""
    try:
        return msgspec.json.decode(line, type=Page)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"not a line of the ledger: {error}") from error


def alert_row(stored: Stored) -> dict[str, Any]:
    alert, subject = stored.alert, stored.alert.subject
    return _tame(
        {
            "id": alert.id,
            "key": alert.key,
            "rule": alert.rule,
            "kind": subject.kind.value,
            "pbx": subject.pbx,
            "name": subject.name,
            "stage": alert.stage.value,
            "severity": alert.severity.value,
            "raised_at": alert.raised_at,
            "resolved_at": alert.resolved_at,
            "drill": alert.drill,
            "held": stored.pace.held,
            "stamp": stored.stamp,
        }
    ) | {"body": json_of(alert), "pace": json_of(stored.pace)}


def alert_on(row: Row) -> Alert:
    """Its columns have the last word on how it ended: another writer may have ended it."""
    alert = msgspec.json.decode(row["body"], type=Alert)
    return replace(alert, stage=AlertStage(row["stage"]), resolved_at=row["resolved_at"])


def case_on(row: Row) -> Case:
    return Case(alert_on(row), msgspec.json.decode(row["pace"], type=Pace))


def transition_row(transition: Transition) -> dict[str, Any]:
    return _tame(msgspec.to_builtins(transition))


def transition_on(row: Row) -> Transition:
    return msgspec.convert({name: row[name] for name in Transition.__dataclass_fields__}, Transition)


def breach_row(breach: Breach) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(breach)
    subject = row.pop("subject")
    evidence = row.pop("evidence")
    row |= subject | {"limit_value": row.pop("limit"), "group_name": row.pop("group")}
    return _tame(row) | {"evidence": json_of(evidence)}


def breach_on(row: Row) -> Breach:
    values = {name: row[_COLUMNS.get(name, name)] for name in _BREACH}
    subject = Subject(SubjectKind(row["kind"]), row["pbx"], row["name"])
    severity, evidence = Severity(row["severity"]), tuple(msgspec.json.decode(row["evidence"]))
    return Breach(**values | {"subject": subject, "severity": severity, "evidence": evidence})


def silence_row(silence: Silence) -> dict[str, Any]:
    return _tame(msgspec.to_builtins(silence))


def silence_on(row: Row) -> Silence:
    return Silence(**{name: row[name] for name in Silence.__dataclass_fields__})


def delivery_row(delivery: Delivery) -> dict[str, Any]:
    message = delivery.message
    return _tame(
        {
            "id": message.id,
            "alert": message.alert,
            "also": " ".join(("", *message.also, "")) if message.also else "",
            "weight": SEVERITIES.index(message.severity),
            "at": message.at,
            "state": delivery.state.value,
            "attempts": delivery.attempts,
            "next_at": delivery.next_at,
            "sent_at": delivery.sent_at,
            "error": delivery.error,
            "claimed_by": delivery.claimed_by,
            "claimed_until": delivery.claimed_until,
        }
    ) | {"message": json_of(message)}


def delivery_on(row: Row) -> Delivery:
    return Delivery(
        msgspec.json.decode(row["message"], type=Message),
        DeliveryState(row["state"]),
        row["attempts"],
        row["next_at"],
        row["sent_at"],
        row["error"],
        row["claimed_by"],
        row["claimed_until"],
    )


def json_of(value: Any) -> str:
    """As text; a NUL inside is written as an escape, so any database takes it."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:  # half a character somewhere: rare, so nobody else pays for the search
        return msgspec.json.encode(_harmless(msgspec.to_builtins(value))).decode()


def _tame(row: dict[str, Any]) -> dict[str, Any]:
    """Plain columns, which know no escapes."""
    return {name: _text(value) if isinstance(value, str) else _harmless(value) for name, value in row.items()}


def _text(value: str) -> str:
    if value.isascii() and len(value) <= MAX_TEXT and "\0" not in value:
        return value
    return value[:MAX_TEXT].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _harmless(value: Any) -> Any:
    if isinstance(value, dict):
        return {_harmless(name): _harmless(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_harmless(one) for one in value]
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
