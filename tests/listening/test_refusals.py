"""Every refusal has a status and both sentences, with the same slots."""

from __future__ import annotations

import re

import pytest

from floor.listening.model import Mode, Purpose
from floor.listening.refusals import MODES, PURPOSES, REFUSALS, refused

SLOT = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("reason", REFUSALS)
def test_both_languages(reason: str) -> None:
    """English is ASCII, Chinese is not, and they say the same things."""
    status, en, zh = REFUSALS[reason]
    assert status in (403, 404, 409, 422, 429, 502, 503)
    assert set(SLOT.findall(en)) == set(SLOT.findall(zh))
    assert en.isascii()
    assert re.search(r"[\u4e00-\u9fff]", zh)


def test_slots_are_words_of_the_language() -> None:
    """A pair is said in each; a number in both."""
    error = refused("no_right", mode=MODES["barge"])
    assert error.words == {"en": "with your role you may not barge in", "zh": "您的角色无权强插"}
    assert "3" in refused("call_full", most=3).words["zh"]


def test_every_mode_and_purpose_has_a_name() -> None:
    """In both languages."""
    assert set(MODES) == set(Mode)
    assert set(PURPOSES) == set(Purpose)
