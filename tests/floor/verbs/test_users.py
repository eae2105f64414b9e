"""``floor user``: the first administrator, passwords that are never arguments, roles, and who left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from floor.errors import ConfigInvalidError, FloorError
from floor.history.database import Database
from floor.people.deeds import about
from floor.people.rights import RIGHTS
from floor.settings import Settings
from floor.verbs import users
from floor.verbs.users import (
    add_user,
    disable_user,
    list_users,
    set_user_password,
    set_user_role,
    table_of_roles,
)

PASSWORD = "correct horse battery"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


def typed(password: str = PASSWORD) -> Callable[[], str]:
    return lambda: password


def test_the_first_administrator(settings: Settings) -> None:
    """On an empty machine one command makes the database and an administrator; what was done is on record."""
    assert list_users(settings).startswith("There is nobody yet: floor user add")
    assert add_user(settings, {"login": "Root", "name": "Root", "role": "admin"}, typed()) == "root is admin"
    assert list_users(settings).split() == ["root", "admin", "–", "Root"]
    database = Database(settings.database_url)
    with database.reading() as connection:
        assert "$argon2id$" in str(connection.execute(text("SELECT password FROM persons")).scalar())
        (_, added) = about(connection, 1)
        assert added.actor.name.endswith("(command line)")
    database.close()


def test_without_an_administrator_it_is_said(settings: Settings) -> None:
    """Who begins with somebody else learns how to make one."""
    said = add_user(settings, {"login": "ann", "name": "Ann"}, None)
    assert said.splitlines() == [
        "ann is agent; without a password",
        "There is no administrator yet: floor user roles ann admin",
    ]
    assert "(no password)" in list_users(settings)


def test_mistakes_are_named(settings: Settings) -> None:
    """All of them at once, each with its field; nobody is added."""
    with pytest.raises(ConfigInvalidError) as caught:
        add_user(settings, {"login": "a b", "name": "x|y", "role": "boss", "number": "1 2"}, None)
    assert [error.partition(":")[0] for error in caught.value.errors] == ["login", "name", "number", "role"]
    with pytest.raises(FloorError, match="shorter than 10"):
        add_user(settings, {"login": "ann", "name": "Ann"}, typed("short"))
    assert list_users(settings).startswith("There is nobody yet")


def test_roles_groups_and_leaving(settings: Settings) -> None:
    """The list shows who leads what and who left; what was so before is said."""
    cells = {"login": "li.na", "name": "李娜", "role": "组长", "leads": "早班", "group": "夜班", "number": "1001"}
    add_user(settings, cells, None)
    assert "li.na                leader    1001     李娜  [早班*, 夜班]" in list_users(settings)
    assert set_user_role(settings, "LI.NA", "chief") == "li.na is chief"
    assert set_user_role(settings, "li.na", "值班长") == "li.na is chief, as before"
    assert disable_user(settings, "li.na", again=False) == "li.na cannot sign in any more"
    assert disable_user(settings, "li.na", again=False) == "li.na cannot sign in any more, as before"
    assert "(left)" in list_users(settings)
    assert disable_user(settings, "li.na", again=True) == "li.na may sign in"
    with pytest.raises(ConfigInvalidError, match="'boss' is no role; choose from agent, leader"):
        set_user_role(settings, "li.na", "boss")
    with pytest.raises(FloorError, match="nobody has the login"):
        set_user_role(settings, "bob", "chief")


def test_a_new_password(settings: Settings) -> None:
    """It is judged like the first one."""
    add_user(settings, {"login": "ann", "name": "Ann"}, None)
    assert set_user_password(settings, "ann", typed()).startswith("ann has a new password")
    assert "no password" not in list_users(settings)
    with pytest.raises(FloorError, match="little more than"):
        set_user_password(settings, "ann", typed("ann1234567"))


def test_every_role_is_explained() -> None:
    """One line per role."""
    assert [line.split()[0] for line in table_of_roles().splitlines()] == [role.value for role in RIGHTS]


def test_a_user_without_a_name(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container whose user has no name, the record says so and nothing fails."""

    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(users.getpass, "getuser", nameless)
    assert add_user(settings, {"login": "ann", "name": "Ann", "role": "admin"}, None).startswith("ann is admin")
