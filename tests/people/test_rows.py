"""Rows, and the turn every writer takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.history.database import Database
from floor.people.model import Contact, Person, Role
from floor.people.rows import changing, differing, groups_in, persons_in, told, versions_of
from tests.people.conftest import Hire


def test_a_person_comes_back_as_he_went(database: Database, hire: Hire) -> None:
    """Every field survives, in its order."""
    boss = hire("boss", Role.MANAGER)
    ann = hire(
        "ann",
        Role.COACH,
        number="0099",
        groups=("夜班", "早班"),
        leads=("夜班",),
        queues=("sales", "*"),
        agents=(("east", "Ann, B"), ("*", "安")),
        contacts=(Contact("apprise", 'json://{"x"}'), Contact("mail", "a@example.com")),
        reports_to=boss.id,
        language="zh",
        shift_end="18:00",
        active=False,
    )
    with database.reading() as connection:
        assert persons_in(connection) == {boss.id: boss, ann.id: ann}
        assert set(groups_in(connection)) == {"夜班", "早班"}


def test_a_turn_counts_up(database: Database) -> None:
    """Other processes see which part changed; a turn that fails changes nothing."""

    def fail() -> None:
        with changing(database, "register"):
            raise KeyError

    with changing(database, "register"):
        pass
    with pytest.raises(KeyError):
        fail()
    with database.reading() as connection:
        assert versions_of(connection) == {"register": 1, "sign_ins": 0, "attempts": 0}


def test_what_differs() -> None:
    """Only that, as it was and as it is, in plain values."""
    ann = Person(1, "ann", "Ann", Role.AGENT, groups=("a",))
    was, is_ = differing(told(ann), told(replace(ann, role=Role.LEADER, groups=("a", "b"))))
    assert was == {"role": "agent", "groups": ["a"]}
    assert is_ == {"role": "leader", "groups": ["a", "b"]}
    assert differing(told(ann), told(ann)) == ({}, {})
    assert differing({}, {"x": 1}) == ({}, {"x": 1})
