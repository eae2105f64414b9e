"""Faults are told as place and sentence, in both languages, harmless to the terminal."""

from __future__ import annotations

import re

import pytest

from floor.people.faults import WORDS, Fault, shown


@pytest.mark.parametrize("code", WORDS)
def test_both_languages_fill_the_same_slots(code: str) -> None:
    """What one language tells, the other tells."""
    slots = [set(re.findall(r"\{(\w+)\}", WORDS[code][language])) for language in ("en", "zh")]
    assert slots[0] == slots[1]


def test_place() -> None:
    """Line and column as a spreadsheet shows them; without a line only what is known."""
    fault = Fault(3, "number", "number_taken", {"value": "1001", "who": "ann"})
    assert fault.sentence() == "line 3, number: '1001' is the number of ann"
    assert fault.sentence("zh") == "第 3 行，number: 工号“1001”已属于 ann"
    assert Fault(2, "", "no_login_column").sentence() == "line 2: there is no column login"
    assert Fault(0, "login", "missing").sentence() == "login: must not be empty for a new person"
    assert Fault(0, "", "empty").sentence().startswith("there is nothing")


def test_a_hostile_cell_is_told_harmlessly() -> None:
    """No control character reaches the terminal, and no cell fills it."""
    assert shown("a\x1b[2J\nb\u202e") == "a?[2J?b?"
    assert len(shown("x" * 10_000)) == 61
    assert "{" in Fault(1, "name", "name", {"value": "{0.__class__}"}).sentence()
