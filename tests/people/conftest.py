"""Fixtures of the room of people: databases of both kinds, a cheap hasher, a room that is loaded."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from floor.history.database import Database
from floor.people.deeds import Actor
from floor.people.model import Person, Role
from floor.people.passwords import Passwords
from floor.people.room import PeopleRoom
from floor.people.rows import changing
from floor.people.staff import add
from floor.settings import Settings
from tests.history.conftest import database, database_url, sqlite_database
from tests.history.entities import NOW, ManualClock
from tests.support.postgres import postgres_server, postgres_url, ready_postgres_url

__all__ = ["database", "database_url", "postgres_server", "postgres_url", "ready_postgres_url", "sqlite_database"]

PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As a test can wait for it."""
BY = Actor("test (command line)")

Hire = Callable[..., Person]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def hire(database: Database) -> Hire:
    """Put somebody into the register; with a password unless told otherwise."""
    hash_ = Passwords(CHEAP).hash(PASSWORD)

    def hired(login: str, role: Role = Role.AGENT, *, keyed: bool = True, **fields: object) -> Person:
        person = Person(0, login, login.title(), role, **fields)  # type: ignore[arg-type]
        with changing(database, "register") as connection:
            return add(connection, person, BY, NOW, password=hash_ if keyed else None)

    return hired


@pytest.fixture
def room(database: Database, clock: ManualClock) -> PeopleRoom:
    """Not loaded yet: a test hires first."""
    return new_room(database, clock)


def new_room(database: Database, clock: ManualClock, **settings: object) -> PeopleRoom:
    """Another process, as it were."""
    made = Settings.model_validate({"time_zone": "Asia/Shanghai", "people": settings})
    return PeopleRoom(made, database, clock, passwords=Passwords(CHEAP))
