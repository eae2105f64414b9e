"""Between rows and persons, and the turn every writer takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from floor.history.database import Database
from floor.people.model import Contact, Person, Role
from floor.people.tables import groups, memberships, persons, versions

Part = Literal["register", "sign_ins", "attempts"]


@contextmanager
def changing(database: Database, part: Part) -> Iterator[Connection]:
    """A transaction that changes this part; others wait for their turn, and see afterwards that it changed."""
    with database.writing() as connection:
        connection.execute(update(versions).where(versions.c.name == part).values(version=versions.c.version + 1))
        yield connection


def versions_of(connection: Connection) -> dict[str, int]:
    """How often each part was changed: one small read tells whether there is more to read."""
    return {row.name: row.version for row in connection.execute(select(versions))}


def persons_in(connection: Connection) -> dict[int, Person]:
    """Everybody, those who left included, by id."""
    belongs: dict[int, list[Any]] = {}
    for row in connection.execute(select(memberships).order_by(memberships.c.person, memberships.c.place)):
        belongs.setdefault(row.person, []).append(row)
    rows = connection.execute(select(persons).order_by(persons.c.id))
    return {row.id: _person(row, belongs.get(row.id, [])) for row in rows}


def groups_in(connection: Connection) -> tuple[str, ...]:
    """Names of all groups that were ever given."""
    return tuple(connection.execute(select(groups.c.name).order_by(groups.c.name)).scalars())


def _person(row: Row[Any], belongs: list[Any]) -> Person:
    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        number=row.number,
        groups=tuple(one.group_name for one in belongs),
        leads=tuple(one.group_name for one in belongs if one.leads),
        queues=tuple(json.loads(row.queues)),
        agents=tuple((pbx, agent) for pbx, agent in json.loads(row.agents)),
        contacts=tuple(Contact(kind, address) for kind, address in json.loads(row.contacts)),
        reports_to=row.reports_to,
        language=row.language,
        active=row.active,
        shift_end=row.shift_end,
    )


def values_of(person: Person) -> dict[str, Any]:
    """The row of a person, without id, groups and password."""
    return {
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "number": person.number,
        "queues": _list(person.queues),
        "agents": _list([list(one) for one in person.agents]),
        "contacts": _list([[one.kind, one.address] for one in person.contacts]),
        "reports_to": person.reports_to,
        "language": person.language,
        "shift_end": person.shift_end,
        "active": person.active,
    }


def told(person: Person) -> dict[str, Any]:
    """A person as records tell him: plain values."""
    plain = values_of(person)
    plain.update({name: json.loads(plain[name]) for name in ("queues", "agents", "contacts")})
    return {**plain, "groups": list(person.groups), "leads": list(person.leads)}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs, as it was and as it is."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before[name] for name in names if name in before}, {name: after[name] for name in names}


def _list(values: object) -> str:
    return json.dumps(values, ensure_ascii=False)
