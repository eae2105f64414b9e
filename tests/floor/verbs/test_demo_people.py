"""The pretended floor has people on it who can sign in at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from floor.clock import SystemClock
from floor.history.database import Database
from floor.people.model import Role
from floor.people.passwords import weakness
from floor.people.room import PeopleRoom
from floor.people.rows import persons_in
from floor.settings import Settings
from floor.verbs.demo_people import TEAM, greeting, seed_people

AGENTS = [f"Agent {number}" for number in range(30)]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'floor.sqlite3'}")
    yield database
    database.close()


async def test_they_can_sign_in(database: Database) -> None:
    """With the one password that is said; agents belong to teams of at most twelve, whose leaders see them."""
    password = seed_people(database, AGENTS, 1.0)
    assert password is not None
    assert weakness(password, "chief") is None
    assert password in greeting(password)
    room = PeopleRoom(Settings(), database, SystemClock())
    await room.load()
    for login in "chief manager leader1 coach qa admin agent1 agent30 leader3".split():
        found = await room.accounts.sign_in(login, password, "127.0.0.1")
        assert isinstance(found, tuple), login
    people = room.register
    assert max(len(group.agents) for group in people.groups.values()) == TEAM
    leader = people.by_login("leader3")
    assert leader is not None
    assert [name for name in AGENTS if people.sees_agent(leader, "demo", name)] == AGENTS[24:]
    assert [person.role for person in people.responsible("Team 3")] == [Role.LEADER, Role.CHIEF, Role.MANAGER]


def test_a_kept_demo_keeps_its_people(database: Database) -> None:
    """A second start changes nobody, and says how to get in."""
    seed_people(database, AGENTS, 1.0)
    with database.reading() as connection:
        before = persons_in(connection)
    assert seed_people(database, AGENTS, 2.0) is None
    with database.reading() as connection:
        assert persons_in(connection) == before
    assert "floor user password chief" in greeting(None)
