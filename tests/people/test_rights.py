"""The table of rights."""

from __future__ import annotations

from pathlib import Path

import pytest

from floor.people.model import Person, Role
from floor.people.rights import RIGHTS, Right, may
from floor.people.sheet import CHINESE
from tests.house.checkout import text


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


@pytest.mark.parametrize("guide", ["docs/people.md", "docs/zh/people.md"])
def test_the_guide_shows_this_table(guide: str) -> None:
    """Who reads the guide reads the rights in force, all of them."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text(Path(guide)).splitlines()]
    start = next(place for place, row in enumerate(rows) if {"`agent`", "`manager`"} <= set(row))
    roles = [Role(cell.strip("`")) for cell in rows[start][1:]]
    assert set(roles) == set(Role) - {Role.OUTSIDE}
    told = {row[0].split("`")[1]: row[1:] for row in rows[start + 2 :] if row[0].startswith("`") and "●" in row}
    assert list(told) == [right.value for right in Right]
    for role in roles:
        assert {Right(name) for name, cells in told.items() if cells[roles.index(role)]} == RIGHTS[role], role


@pytest.mark.parametrize("guide", ["docs/people.md", "docs/zh/people.md"])
def test_the_guide_explains_every_column(guide: str) -> None:
    """… and every column of the spreadsheet, with its Chinese name."""
    rows = [line for line in text(Path(guide)).splitlines() if line.startswith("| `")]
    for chinese, column in CHINESE.items():
        assert any(f"`{column}`" in row and chinese in row for row in rows), column
