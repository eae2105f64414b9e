"""The command line of people: arguments, passwords from standard input, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from floor.cli import main

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FLOOR_CONFIG", raising=False)
    monkeypatch.setenv("FLOOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("floor.verbs.options.configure_logs", lambda level: None)


def floor(*arguments: str, typed: str = "") -> Result:
    result = CliRunner().invoke(main, arguments, input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_life() -> None:
    """Added, listed, given a role, a password, sent away and taken back, each in one command."""
    added = floor("user", "add", "Ann", "--role", "admin", "--number", "1001", "--group", "a", typed=f"{PASSWORD}\n")
    assert (added.exit_code, added.output) == (0, "ann is admin\n")
    assert floor("user", "roles", "ann", "leader").output == "ann is leader\n"
    assert floor("user", "password", "ann", typed=f"another {PASSWORD}").exit_code == 0
    assert floor("user", "disable", "ann").exit_code == 0
    assert "(left)" in floor("user", "list").output
    assert floor("user", "disable", "ann", "--undo").exit_code == 0
    assert floor("user", "list").output == "ann                  leader    1001     Ann  [a]\n"
    assert "chief" in floor("user", "roles").output


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("user", "add", "ann", "--no-password", "--role", "boss"), 2, "role: 'boss' is no role"),
        (("user", "add", "=1", "--no-password"), 2, "login: begins with ="),
        (("user", "add", "ann"), 1, "shorter than"),
        (("user", "password", "nobody"), 1, "nobody has the login"),
        (("user", "roles", "ann"), 2, "say which role"),
        (("user", "add", "ann", "--password", "x"), 2, "No such option"),
        (("roster", "import", "nowhere.csv"), 2, "cannot be read"),
    ],
)
def test_mistakes(arguments: tuple[str, ...], code: int, says: str) -> None:
    """A sentence and an exit code; a password is no option."""
    result = floor(*arguments)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr


def test_a_roster(tmp_path: Path) -> None:
    """In with a dry run first, out on standard output."""
    file = tmp_path / "team.csv"
    file.write_text("login,name\nann,Ann\n", encoding="utf-8")
    assert "would be added" in floor("roster", "import", str(file), "--dry-run").output
    assert "新增 1 人" in floor("roster", "import", str(file), "--chinese").output
    assert floor("roster", "export").output.splitlines()[1].startswith("ann,Ann,,agent,")
