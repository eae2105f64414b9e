"""Who works on the pretended floor, so that the supervisors' pages can be tried at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace

from floor.history.database import Database
from floor.people.deeds import Actor
from floor.people.model import Contact, Person, Role
from floor.people.passwords import Passwords
from floor.people.rows import changing, persons_in
from floor.people.staff import add

TEAM = 12
"""Agents per team: a leader looks after 8 to 12 (R-SUP-1)."""
PHONES = 3
"""Of the chief and the first leaders, as the pretended exchange has them."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is mistaken for another one."""


def seed_people(database: Database, agents: Sequence[str], now: float) -> str | None:
    """A chain from agent to manager over these agents; the password of those who may sign in.

    ``None``: there are people already, for the demo's record was kept; they stay as they are.
    """
    database.upgrade()
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
    hash_ = Passwords().hash(password)
    with changing(database, "register") as connection:
        if persons_in(connection):
            return None
        ids: dict[str, int] = {}
        for person, boss in _cast(agents):
            known = replace(person, reports_to=ids.get(boss))
            ids[person.login] = add(connection, known, Actor("demo"), now, password=hash_).id
    return password


def _cast(agents: Sequence[str]) -> Iterator[tuple[Person, str]]:
    """Everybody with the login of whom he reports to, from the top."""
    teams = [f"Team {number}" for number in range(1, -(-len(agents) // TEAM) + 1)]
    yield Person(0, "manager", "Chen Manager", Role.MANAGER), ""
    yield Person(0, "chief", "Zhou Chief", Role.CHIEF, contacts=(Contact("phone", "PJSIP/1900"),)), "manager"
    yield Person(0, "admin", "Admin", Role.ADMIN), "manager"
    yield Person(0, "qa", "Qian Quality", Role.QA), "manager"
    for number, team in enumerate(teams, 1):
        leader = Person(0, f"leader{number}", f"Leader {number}", Role.LEADER, groups=(team,), leads=(team,))
        phone = (Contact("phone", f"PJSIP/{1900 + number}"),) if number < PHONES else ()
        yield replace(leader, contacts=phone), "chief"
    yield Person(0, "coach", "Coach", Role.COACH, groups=tuple(teams[:2])), "leader1"
    for place, agent in enumerate(agents):
        nth = place // TEAM
        one = Person(0, f"agent{place + 1}", agent, Role.AGENT, number=str(1001 + place), groups=(teams[nth],))
        yield replace(one, agents=(("*", agent),)), f"leader{nth + 1}"


def greeting(password: str | None) -> str:
    """Said once, when the demo begins."""
    if password is None:
        return "The people of this demo are as they were; a forgotten password: floor user password chief"
    return (
        f"Sign in as chief / {password} (the same for manager, leader1, coach, qa and admin; agent1 is number 1001, "
        "agent2 is 1002 …)"
    )
