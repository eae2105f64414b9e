"""Looking after people from the command line."""

from __future__ import annotations

import pytest

from floor.history.database import Database
from floor.history.errors import DatabaseUnusableError
from floor.people.desk import WEAK, Desk, PersonError
from floor.people.model import Role
from floor.people.passwords import Weakness
from floor.people.sheet import typed
from tests.history.entities import NOW
from tests.people.conftest import BY, PASSWORD, Hire


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, BY, NOW)


def test_adding(desk: Desk) -> None:
    """A person as typed, with a hash of the password; with a fault, or a second time, nobody is added."""
    made = desk.add(typed({"login": "Ann", "name": "Ann", "role": "admin"}), PASSWORD)
    assert made.faults == ()
    (ann,) = desk.persons().values()
    assert (ann.login, ann.role) == ("ann", Role.ADMIN)
    assert desk.with_password() == {ann.id}
    with pytest.raises(PersonError, match="there already"):
        desk.add(typed({"login": "ANN", "name": "x"}), None)
    assert desk.add(typed({"login": "bob", "name": "=x"}), None).faults
    assert list(desk.persons().values()) == [ann]


def test_roles_and_leaving(desk: Desk, hire: Hire) -> None:
    """Done once, told once; a login that nobody has is a sentence."""
    ann = hire("ann")
    assert desk.set_role(ann, Role.CHIEF)
    assert not desk.set_role(desk.find(" ANN"), Role.CHIEF)
    assert desk.set_active(desk.find("ann"), False)
    assert not desk.find("ann").active
    with pytest.raises(PersonError, match="nobody has the login 'bob'"):
        desk.find("bob")


@pytest.mark.parametrize("weak", Weakness)
def test_every_weakness_is_a_sentence(weak: Weakness) -> None:
    """Whoever chooses a password learns what is wrong with it."""
    assert WEAK[weak].startswith("the password")


def test_passwords(desk: Desk, hire: Hire) -> None:
    """A weak one is refused with the reason."""
    ann = hire("ann", keyed=False)
    with pytest.raises(PersonError, match="shorter than 10"):
        desk.set_password(ann, "short")
    assert desk.with_password() == frozenset()
    desk.set_password(ann, PASSWORD)
    assert desk.with_password() == {ann.id}


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    """It says what would be done, and nothing else happens."""
    made, known = desk.take_in(b"login,name\nann,Ann\n", frozenset(), dry=True)
    assert (len(made.added), known, desk.persons()) == (1, {}, {})
    made, _ = desk.take_in(b"login,name\nann,Ann\n", frozenset(), dry=False)
    assert [person.login for person in desk.persons().values()] == ["ann"]


def test_no_database_is_a_sentence() -> None:
    """It names the key."""
    away = Desk(Database("postgresql://u@127.0.0.1:1/d"), BY, NOW)
    for errand in (away.persons, lambda: away.take_in(b"login\n", frozenset(), dry=True)):
        with pytest.raises(DatabaseUnusableError, match="database: "):
            errand()
