"""``floor rules``: what is in force, and tapes put to the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from floor.cli import main

TAPES = Path(__file__).resolve().parents[2] / "tapes"


def _floor(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), env={"FLOOR_TIME_ZONE": "UTC", "FLOOR_CONFIG": ""})


def test_list() -> None:
    """Every rule in force with its numbers, and the file that has the last word on it."""
    told = _floor("rules", "list")
    assert told.exit_code == 0
    row = next(line for line in told.output.splitlines() if line.startswith("R-HLD-2 "))
    cells = [cell.strip() for cell in row.split("  ") if cell.strip()]
    assert cells[1:6] == ["12 s", "15 s; again every 15 s", "30 s: warn", "info", "built in"]


def test_list_in_chinese_with_a_site_s_own(tmp_path: Path) -> None:
    """A site's file changes a rule key by key, and the list says whose word it is."""
    file = tmp_path / "rules.toml"
    file.write_text('[[rule]]\nid = "R-ANS-1"\nlimit = "20 s"\n', encoding="utf-8")
    told = _floor("rules", "list", "--chinese", "--rules", str(file))
    row = next(line for line in told.output.splitlines() if line.startswith("R-ANS-1 "))
    assert "10 秒" in row
    assert "20 秒" in row
    assert str(file) in row
    assert "三声铃内接听" in row


@pytest.mark.parametrize("version", ["16", "22"])
def test_tape_with_a_late_answer(version: str) -> None:
    """What would have fired, when, why and with which facts, on what a real exchange said."""
    told = _floor("rules", "test", str(TAPES / version / "late-answer.ami"))
    assert told.exit_code == 3, told.output
    breach = next(line for line in told.output.splitlines() if "R-ANS-1" in line and "BREACH" in line)
    assert "(limit 15)" in breach
    assert "queue late-answer" in breach
    assert "OfferBegan" in told.output
    assert "R-ANS-3" in told.output


@pytest.mark.parametrize("version", ["16", "22"])
def test_tape_with_a_rejected_call(version: str) -> None:
    """A phone that says no is a refusal, not a ring that nobody heard; through a Local channel, too."""
    for name in ("agent-rejects", "local-seat-rejects"):
        told = _floor("rules", "test", str(TAPES / version / f"{name}.ami"))
        assert "R-ANS-6" in told.output
        assert "R-ANS-5" not in told.output


def test_tape_without_a_breach() -> None:
    """Nothing broken: exit code 0."""
    told = _floor("rules", "test", str(TAPES / "22" / "answered-caller-hangs-up.ami"))
    assert (told.exit_code, "BREACH" in told.output) == (0, False), told.output


def test_no_tape(tmp_path: Path) -> None:
    """A file that is no tape is a sentence."""
    file = tmp_path / "no.tape"
    file.write_text("nothing", encoding="utf-8")
    told = _floor("rules", "test", str(file))
    assert told.exit_code == 1
    assert "no event" in told.output


def test_rules_that_are_wrong(tmp_path: Path) -> None:
    """Every mistake at once, with file, rule and key."""
    file = tmp_path / "rules.toml"
    file.write_text(
        '[[rule]]\nid = "R-ANS-1"\nlimt = 3\n[[rule]]\nid = "R-HLD-2"\nnotice = "9 bells"', encoding="utf-8"
    )
    told = _floor("rules", "list", "--rules", str(file))
    assert told.exit_code == 2
    assert f"{file}: rule R-ANS-1: limt: no such key; did you mean limit?" in told.output
    assert f"{file}: rule R-HLD-2: notice: '9 bells' is no amount" in told.output
