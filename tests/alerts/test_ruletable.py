"""Rules as people read them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.conditions.registry import CONDITIONS
from alerts.rulebook import Rulebook
from alerts.ruletable import FILES, amount, broken, notice, table, worse, written

ROOT = Path(__file__).resolve().parents[2]
RULES = {rule.id: rule for rule in Rulebook(CONDITIONS).rules}


@pytest.mark.parametrize("language", FILES)
def test_docs_are_not_stale(language: str) -> None:
    """The table in the docs is what the rules are now (else: ``python -m alerts.ruletable``)."""
    text = (ROOT / FILES[language]).read_text(encoding="utf-8")
    assert text == written(text, language)


def test_every_rule_has_its_row() -> None:
    """None is left out, in either language."""
    for language in FILES:
        rows = table(RULES.values(), language).splitlines()[2:]
        assert [row.split("|")[1].strip() for row in rows] == list(RULES)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("R-ANS-1", ("10 s", "15 s", [])),
        ("R-HLD-2", ("12 s", "15 s; again every 15 s", ["30 s: warn"])),
        ("R-ANS-5", ("", "each", ["2 in a row: warn", "3 in 30 min: crit"])),
        ("R-ANS-3", ("each; more than 15 s", "", [])),
        ("R-HLD-6", ("", "each", ["4 a day: warn"])),
        ("R-HUP-7", ("", "each; less than 10 s", [])),
    ],
)
def test_numbers(rule: str, said: tuple[str, str, list[str]]) -> None:
    """Notice, limit and what is worse, as a supervisor would say it."""
    found = RULES[rule]
    assert (notice(found, "en"), broken(found, "en"), list(worse(found, "en"))) == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(90, "s", "90 s"), (300, "s", "5 min"), (7200, "s", "2 h"), (0.3, "ratio", "30 %"), (4, "times", "4")],
)
def test_amount(value: float, unit: str, said: str) -> None:
    """The unit a person would choose."""
    assert amount(value, unit, "en") == said


def test_it_writes_where_it_is_told(tmp_path: Path) -> None:
    """The command renews the table of both documents in a folder."""
    for file in FILES.values():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    place = tmp_path / FILES["en"]
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace("| R-ANS-1 |", "| R-OLD-1 |"), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "alerts.ruletable", str(tmp_path)], check=True, cwd=ROOT)
    assert place.read_text(encoding="utf-8") == text
