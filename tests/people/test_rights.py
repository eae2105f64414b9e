"""The table of rights."""

from __future__ import annotations

import pytest

from floor.people.model import Person, Role
from floor.people.rights import RIGHTS, Right, may


def person(role: Role, *, active: bool = True) -> Person:
    """Somebody of this role."""
    return Person(1, "login", "Name", role, active=active)


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_row(role: Role) -> None:
    """No role is forgotten; contacts outside may nothing."""
    assert (RIGHTS[role] == frozenset()) == (role is Role.OUTSIDE)


def test_who_left_may_nothing() -> None:
    """Rights end with the person."""
    assert may(person(Role.MANAGER), Right.EVACUATE)
    assert not may(person(Role.MANAGER, active=False), Right.EVACUATE)


@pytest.mark.parametrize("right", [Right.EVACUATE, Right.DECIDE_SCOPE])
def test_only_chiefs_and_above_command(right: Right) -> None:
    """R-EMG-10, R-EMG-16: chief or above only."""
    assert {role for role in Role if may(person(role), right)} == {Role.CHIEF, Role.MANAGER}
