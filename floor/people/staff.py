"""Changing who works here: every function is part of the caller's transaction and leaves a deed.

The caller takes his turn with :func:`floor.people.rows.changing` (``register``).
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from floor.errors import FloorError
from floor.people.deeds import Actor, Deed, record
from floor.people.model import Person
from floor.people.rows import differing, told, values_of
from floor.people.tables import groups, memberships, persons, sign_ins, versions

_ADD, _ADD_GROUP, _JOIN = insert(persons), insert(groups), insert(memberships)
"""Built once: a roster may have thousands of lines."""


class TakenError(FloorError):
    """Another person has this login or service number."""


def add(connection: Connection, person: Person, by: Actor, at: float, *, password: str | None = None) -> Person:
    """A new person (his ``id`` is given here); ``password`` is a hash. Raises :class:`TakenError`."""
    try:
        result = connection.execute(_ADD, {**values_of(person), "password": password})
    except IntegrityError as error:
        raise TakenError(f"login '{person.login}' or number '{person.number}' is somebody else's") from error
    (number,) = result.inserted_primary_key or (0,)
    added = replace(person, id=int(number))
    _join(connection, added)
    record(connection, at, Deed.PERSON_ADDED, by, added.id, after=told(added))
    return added


def change(connection: Connection, before: Person, after: Person, by: Actor, at: float) -> bool:
    """Make somebody what ``after`` says; whether anything differed. Raises :class:`TakenError`.

    Who leaves, or becomes one who cannot sign in, is signed out by that.
    """
    was, is_ = differing(told(before), told(after))
    if not is_:
        return False
    try:
        connection.execute(update(persons).where(persons.c.id == before.id).values(**values_of(after)))
    except IntegrityError as error:
        raise TakenError(f"login '{after.login}' or number '{after.number}' is somebody else's") from error
    if (before.groups, before.leads) != (after.groups, after.leads):
        connection.execute(delete(memberships).where(memberships.c.person == after.id))
        _join(connection, after)
    record(connection, at, Deed.PERSON_CHANGED, by, before.id, before=was, after=is_)
    if before.active and not after.active:
        end_sign_ins(connection, before.id, "left", at)
    return True


def set_password(
    connection: Connection, person: int, password: str | None, by: Actor, at: float, *, keep: str | None = None
) -> None:
    """Set the hash, or take it away; what was signed in with the old one ends, but the sign-in ``keep``."""
    connection.execute(update(persons).where(persons.c.id == person).values(password=password))
    record(connection, at, Deed.PASSWORD_REMOVED if password is None else Deed.PASSWORD_SET, by, person)
    end_sign_ins(connection, person, "password", at, keep=keep)


def password_of(connection: Connection, login: str) -> tuple[int, str | None] | None:
    """Id and hash of whoever has the login."""
    row = connection.execute(select(persons.c.id, persons.c.password).where(persons.c.login == login)).one_or_none()
    return None if row is None else (row.id, row.password)


def end_sign_ins(connection: Connection, person: int, why: str, at: float, *, keep: str | None = None) -> list[str]:
    """End what is open of somebody; ids of the sign-ins that ended."""
    open_ = (sign_ins.c.person == person) & sign_ins.c.ended_at.is_(None)
    found = [one for one in connection.execute(select(sign_ins.c.id).where(open_)).scalars() if one != keep]
    if found:
        connection.execute(update(sign_ins).where(sign_ins.c.id.in_(found)).values(ended_at=at, why=why))
        connection.execute(update(versions).where(versions.c.name == "sign_ins").values(version=versions.c.version + 1))
    return found


def _join(connection: Connection, person: Person) -> None:
    """Write his groups; a group begins to exist when somebody belongs to it."""
    if not person.groups:
        return
    known = set(connection.execute(select(groups.c.name).where(groups.c.name.in_(person.groups))).scalars())
    fresh = [{"name": name} for name in dict.fromkeys(person.groups) if name not in known]
    if fresh:
        connection.execute(_ADD_GROUP, fresh)
    rows = [
        {"person": person.id, "group_name": name, "leads": name in person.leads, "place": place}
        for place, name in enumerate(dict.fromkeys(person.groups))
    ]
    connection.execute(_JOIN, rows)
