"""Counting guesses by login and by address."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from floor.history.database import Database
from floor.people.attempts import Allowance, Guess, begin, forgive
from floor.people.rows import changing
from floor.people.tables import attempts
from tests.history.entities import NOW

ALLOWED = Allowance(3, 60.0)


def tried(database: Database, login: str, address: str, at: float = NOW, *, right: bool = False) -> tuple[bool, bool]:
    guess = Guess.of(login, address)
    with changing(database, "attempts") as connection:
        found = begin(connection, guess, at, ALLOWED)
        if right:
            forgive(connection, guess)
    return found


def test_the_last_is_told(database: Database) -> None:
    """Three are heard, the third is the last one; a minute later it begins anew."""
    found = [tried(database, "ann", "a") for _ in range(4)]
    assert found == [(True, False), (True, False), (True, True), (False, False)]
    assert tried(database, "ann", "a", NOW + 59) == (False, False)
    assert tried(database, "ann", "a", NOW + 60.5) == (True, False)


def test_a_right_one_begins_anew(database: Database) -> None:
    """After the right password the wrong ones before it are forgotten."""
    for _ in range(5):
        assert tried(database, "ann", "a") == (True, False)
        assert tried(database, "ann", "a") == (True, False)
        assert tried(database, "ann", "a", right=True) == (True, True)


def test_an_own_account_does_not_clear_an_address(database: Database) -> None:
    """Who signs in rightly in between gets back that attempt only."""
    for number in range(29):
        assert tried(database, f"login{number}", "a")[0]
        assert tried(database, "mallory", "a", right=True)[0]
    assert tried(database, "last", "a") == (True, True)
    assert tried(database, "mallory", "a") == (False, False)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("unix", "unix", True),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, same: bool) -> None:
    """A whole IPv6 network is one visitor; an IPv4 address is one however it is written."""
    assert (Guess.of("x", one).address == Guess.of("x", other).address) is same


def test_what_is_over_is_forgotten(database: Database) -> None:
    """The table does not grow with the logins somebody makes up."""
    for number in range(20):
        tried(database, f"login{number}", f"address{number}")
    tried(database, "ann", "a", NOW + 61)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(attempts)).scalar() == 2
