"""What was done about people, and by whom: written with the change itself, never changed afterwards (R-SEC-12)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, or_, select

from floor.people.tables import deeds

_RECORD = insert(deeds)


class Deed(StrEnum):
    """What was done."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"
    LOCKED_OUT = "locked_out"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    PASSWORD_SET = "password_set"  # noqa: S105 - a word
    PASSWORD_REMOVED = "password_removed"  # noqa: S105 - a word


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person by id, or the command line by its user on this machine."""

    name: str
    person: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """One deed as it is on record; ``before`` and ``after`` hold only what differs."""

    id: int
    at: float
    what: Deed
    actor: Actor
    subject: int | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def record(
    connection: Connection,
    at: float,
    what: Deed,
    actor: Actor,
    subject: int | None = None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write a deed in the transaction that does it."""
    row = {
        "at": at,
        "what": what.value,
        "actor": actor.person,
        "actor_name": actor.name,
        "address": actor.address,
        "subject": subject,
        "before": _text(before),
        "after": _text(after),
    }
    connection.execute(_RECORD, row)


def about(connection: Connection, person: int, limit: int = 200) -> list[Done]:
    """What is on record about somebody, by him or by others, the newest first (R-SEC-15)."""
    wanted = or_(deeds.c.subject == person, deeds.c.actor == person)
    rows = connection.execute(select(deeds).where(wanted).order_by(deeds.c.id.desc()).limit(limit))
    return [
        Done(
            id=row.id,
            at=row.at,
            what=Deed(row.what),
            actor=Actor(row.actor_name, row.actor, row.address),
            subject=row.subject,
            before=json.loads(row.before or "{}"),
            after=json.loads(row.after or "{}"),
        )
        for row in rows
    ]


def _text(values: Mapping[str, Any] | None) -> str | None:
    return json.dumps(dict(values), ensure_ascii=False) if values else None
