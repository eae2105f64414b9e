"""Rules files: read, laid over one another, all or nothing; every mistake a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.conditions.registry import CONDITIONS
from alerts.model import Severity
from alerts.rulebook import Rulebook, built_in_file, read_rules
from alerts.rules import AlertLevel, Rule
from floor.errors import ConfigInvalidError


def _rules(toml: str, folder: Path) -> dict[str, Rule]:
    file = folder / "rules.toml"
    file.write_text(toml, encoding="utf-8")
    return {rule.id: rule for rule in Rulebook(CONDITIONS, file).rules}


def test_built_in_rules_are_right() -> None:
    """The product's own file has no mistake, and says everything in both languages."""
    rules = Rulebook(CONDITIONS).rules
    assert len(rules) >= 15
    assert all(set(rule.name) == set(rule.text) == {"en", "zh"} for rule in rules)
    assert len({rule.id for rule in rules}) == len(rules)


def test_built_in_file_is_found() -> None:
    """In a checkout it lies under config; a wheel carries it beside the module."""
    assert built_in_file().name == "rules.toml"
    assert built_in_file().is_file()


def test_key_by_key(tmp_path: Path) -> None:
    """A known id changes the keys it gives and leaves the others."""
    rule = _rules('[[rule]]\nid = "R-HLD-2"\nlimit = "20 s"\nevery = "20 s"', tmp_path)["R-HLD-2"]
    assert (rule.notice, rule.limit, rule.every, rule.levels[0].value) == (12, 20, 20, 30)
    assert rule.source == str(tmp_path / "rules.toml")


def test_new_rule(tmp_path: Path) -> None:
    """A new id is a rule more."""
    toml = """
    [[rule]]
    id = "OUR-1"
    name = { en = "Long call", zh = "通话过长" }
    text = { en = "A hold is long", zh = "保持过长" }
    limit = "5 min"
    severity = "warn"
    [[rule.clause]]
    condition = "holding"
    """
    rules = _rules(toml, tmp_path)
    assert (rules["OUR-1"].limit, rules["OUR-1"].severity) == (300, Severity.WARN)
    assert len(rules) == len(Rulebook(CONDITIONS).rules) + 1


def test_rings_of_the_country(tmp_path: Path) -> None:
    """The seconds of a ring are one setting for all rules that count in rings."""
    rules = _rules("seconds_per_ring = 6", tmp_path)
    assert (rules["R-ANS-1"].notice, rules["R-ANS-1"].limit) == (12, 18)
    assert rules["R-ANS-3"].clauses[0].limit == 18


def test_counting_rule_overridden_in_part(tmp_path: Path) -> None:
    """The first level of a counting rule is its limit; changing one key keeps the others."""
    toml = '[[rule]]\nid = "R-ANS-5"\nkeep = "2 min"\n[[rule.override]]\nqueues = ["vip"]\nseverity = "warn"'
    rule = _rules(toml, tmp_path)["R-ANS-5"]
    assert rule.levels[0] == AlertLevel(Severity.INFO, occurrences=1, window_s=120)
    placed = rule.at("vip", None, "p")
    assert placed.levels[0] == AlertLevel(Severity.WARN, occurrences=1, window_s=120)
    assert placed.levels[1:] == rule.levels[1:]


def test_limit_in_a_window_and_in_a_row(tmp_path: Path) -> None:
    """Occurrences count within a window, since the day began, or in a row."""
    base = '[[rule]]\nid = "R-ANS-6"\nlimit = 3\n'
    assert _rules(base + 'window = "5 min"', tmp_path)["R-ANS-6"].levels == (
        AlertLevel(Severity.WARN, occurrences=3, window_s=300),
    )
    assert _rules(base + 'window = "today"', tmp_path)["R-ANS-6"].levels == (AlertLevel(Severity.WARN, occurrences=3),)
    assert _rules(base + "in_row = true", tmp_path)["R-ANS-6"].levels == (AlertLevel(Severity.WARN, in_row=3),)


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    """No file, or none in UTF-8."""
    errors: list[str] = []
    read_rules(tmp_path / "none.toml", CONDITIONS, errors)
    assert "the file cannot be read" in errors[0]
    (tmp_path / "rules.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigInvalidError, match="not UTF-8"):
        Rulebook(CONDITIONS, tmp_path / "rules.toml")


def test_reload_is_all_or_nothing(tmp_path: Path) -> None:
    """A file that was spoilt changes nothing and says why; mended, it counts."""
    file = tmp_path / "rules.toml"
    file.write_text('[[rule]]\nid = "R-ANS-1"\nlimit = "20 s"', encoding="utf-8")
    book = Rulebook(CONDITIONS, file)
    before, stamp = book.rules, book.stamp()
    file.write_text('[[rule]]\nid = "R-ANS-1"\nlimit = "30 s"\n[[rule]]\nid = "R-HLD-2"\nlimit = "x"', encoding="utf-8")
    assert book.stamp() != stamp
    assert len(book.reload()) == 1
    assert book.rules is before
    file.write_text('[[rule]]\nid = "R-ANS-1"\nlimit = "30 s"', encoding="utf-8")
    assert book.reload() == []
    assert {rule.id: rule.limit for rule in book.rules}["R-ANS-1"] == 30


def test_stamp_without_a_file(tmp_path: Path) -> None:
    """Without a file of the site there is nothing to watch."""
    assert Rulebook(CONDITIONS).stamp() is None
    file = tmp_path / "rules.toml"
    file.write_text("", encoding="utf-8")
    book = Rulebook(CONDITIONS, file)
    file.unlink()
    assert book.stamp() is None
    assert "cannot be read" in book.reload()[0]
