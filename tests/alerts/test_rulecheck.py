"""Whether a rule makes sense: each mistake a sentence with its rule, its key and its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.conditions.registry import CONDITIONS
from alerts.rulebook import read_rules


def _errors(toml: str, folder: Path) -> list[str]:
    file = folder / "rules.toml"
    file.write_text(toml, encoding="utf-8")
    errors: list[str] = []
    read_rules(file, CONDITIONS, errors)
    return [error.removeprefix(f"{file}: ") for error in errors]


MISTAKES = {
    "no such key": ('[[rule]]\nid = "R-ANS-1"\nlimt = 3', "rule R-ANS-1: limt: no such key; did you mean limit?"),
    "key deep inside": (
        '[[rule]]\nid = "R-HLD-2"\n[[rule.level]]\nvalue = 3\nseverty = "warn"\nseverity = "crit"',
        "rule R-HLD-2: level[1].severty: no such key; did you mean severity?",
    ),
    "no amount": ('[[rule]]\nid = "R-ANS-1"\nlimit = "3 bells"', "rule R-ANS-1: limit: '3 bells' is no amount"),
    "no severity": ('[[rule]]\nid = "R-ANS-1"\nseverity = "loud"', "rule R-ANS-1: severity: Input should be 'info'"),
    "no id": ('[[rule]]\nlimit = "3 s"', "rule[1]: id: Field required"),
    "bad id": ('[[rule]]\nid = "R ANS"', "rule R ANS: id: String should match"),
    "twice": ('[[rule]]\nid = "R-ANS-1"\n[[rule]]\nid = "R-ANS-1"', "rule R-ANS-1: the id is given twice"),
    "one language": (
        '[[rule]]\nid = "R-ANS-1"\nname = { en = "x" }',
        "rule R-ANS-1: name: say it in both languages",
    ),
    "new without words": ('[[rule]]\nid = "X"\nlimit = 3', "rule X: name: a new rule needs one"),
    "new without condition": ('[[rule]]\nid = "X"\nlimit = 3', "rule X: clause: a new rule needs a condition"),
    "no condition": (
        '[[rule]]\nid = "R-ANS-1"\n[[rule.clause]]\ncondition = "rining"',
        "rule R-ANS-1: clause[1].condition: 'rining' is no condition; did you mean ringing",
    ),
    "no parameter": (
        '[[rule]]\nid = "R-ANS-1"\n[[rule.clause]]\ncondition = "ringing"\nparams = { loud = 1 }',
        "rule R-ANS-1: clause[1].params.loud: 'ringing' has no such parameter; it has none",
    ),
    "wrong parameter": (
        '[[rule]]\nid = "R-HUP-1"\n[[rule.clause]]\ncondition = "hung_up_first"\nparams = { excused_by = 1 }',
        "rule R-HUP-1: clause[1].params.excused_by: 1 is no list",
    ),
    "two kinds": (
        '[[rule]]\nid = "R-ANS-1"\n[[rule.clause]]\ncondition = "ringing"\n[[rule.clause]]\ncondition = "longest_wait"',
        "rule R-ANS-1: clause: all must be about the same kind of subject",
    ),
    "counting with another": (
        '[[rule]]\nid = "R-ANS-5"\n[[rule.clause]]\ncondition = "unanswered"\n[[rule.clause]]\ncondition = "ringing"',
        "rule R-ANS-5: clause[1]: 'unanswered' counts occurrences and stands alone",
    ),
    "notice above limit": (
        '[[rule]]\nid = "R-ANS-1"\nnotice = "20 s"',
        "rule R-ANS-1: notice: must not be above the limit (15)",
    ),
    "level below limit": (
        '[[rule]]\nid = "R-HLD-2"\nlimit = "14 s"\n[[rule.level]]\nvalue = "13 s"\nseverity = "warn"',
        "rule R-HLD-2: level[1].value: must be above the limit (14)",
    ),
    "level not graver": (
        '[[rule]]\nid = "R-HLD-2"\n[[rule.level]]\nvalue = "20 s"\nseverity = "info"',
        "rule R-HLD-2: level[1].severity: must be graver than that of the limit (info)",
    ),
    "level that counts": (
        '[[rule]]\nid = "R-HLD-2"\n[[rule.level]]\nin_row = 2\nseverity = "warn"',
        "rule R-HLD-2: level[1]: this rule measures",
    ),
    "level that measures": (
        '[[rule]]\nid = "R-ANS-5"\n[[rule.level]]\nvalue = 2\nseverity = "warn"',
        "rule R-ANS-5: level[1]: say in_row = 2",
    ),
    "count of a half": (
        '[[rule]]\nid = "R-ANS-5"\nlimit = 1.5',
        "rule R-ANS-5: limit: 1.5 is no number of occurrences",
    ),
    "count that repeats": ('[[rule]]\nid = "R-ANS-5"\nevery = 15', "rule R-ANS-5: every: this rule counts"),
    "count that holds down": ('[[rule]]\nid = "R-ANS-5"\nfor = "5 s"', "rule R-ANS-5: for: this rule counts"),
    "short clock": ('[[rule]]\nid = "R-HLD-2"\nevery = "5 s"', "rule R-HLD-2: every: a repeating clock is no shorter"),
    "clear above limit": ('[[rule]]\nid = "R-HLD-3-spans"\nclear = 9', "rule R-HLD-3-spans: clear: must not be above"),
    "override for nobody": (
        '[[rule]]\nid = "R-ANS-1"\n[[rule.override]]\nlimit = "20 s"',
        "rule R-ANS-1: override[1]: say for whom it is",
    ),
    "override that is wrong": (
        '[[rule]]\nid = "R-ANS-1"\n[[rule.override]]\nqueues = ["a"]\nlimit = "5 s"',
        "rule R-ANS-1: override[1].notice: must not be above the limit (5)",
    ),
    "exempt from nothing": (
        '[[rule]]\nid = "R-ANS-1"\nexempt = ["R-NO-1"]',
        "rule R-ANS-1: exempt: 'R-NO-1' is neither emergency nor drill nor the id of a rule",
    ),
    "no day": ('[[rule]]\nid = "R-ANS-1"\nhours = { noday = "08:00-09:00" }', "rule R-ANS-1: hours: 'noday' is no day"),
    "wrong ring": ("seconds_per_ring = 60", "seconds_per_ring: Input should be less than or equal to 20"),
    "wrong table": ("rules = 1", "rules: no such key; did you mean rule?"),
    "not toml": ("[[rule", "the file is not valid TOML"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake(mistake: str, tmp_path: Path) -> None:
    """Each mistake is a sentence with its rule, its key and its remedy."""
    toml, said = MISTAKES[mistake]
    errors = _errors(toml, tmp_path)
    assert any(error.startswith(said) for error in errors), errors


def test_every_mistake_at_once(tmp_path: Path) -> None:
    """Mistakes of several rules, and several of one, are told together."""
    toml = '[[rule]]\nid = "R-ANS-1"\nlimt = 3\nnotice = "x"\n[[rule]]\nid = "R-HLD-2"\nevery = "5 s"'
    assert len(_errors(toml, tmp_path)) == 3
