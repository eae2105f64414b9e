"""``floor notify`` on the command line; what it does is in test_telling.py."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from floor.cli import main
from floor.verbs.options import MISUSED, OUT_THERE


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["notify", *words], catch_exceptions=False)
    return done.exit_code, done.output


def test_list(tmp_path: Path) -> None:
    """Works before anything is set up."""
    code, said = run("list", "--data-dir", str(tmp_path))
    assert code == 0
    assert "mail" in said


def test_test_says_what_is_wrong(tmp_path: Path) -> None:
    """Exit code 1: a way failed; 2: nobody was meant."""
    where = ("--data-dir", str(tmp_path))
    assert run("test", "--kind", "mail", "--address", "a@b.example", *where)[0] == OUT_THERE
    code, said = run("test", "--to", "nobody", *where)
    assert code == MISUSED
    assert "nobody" in said
