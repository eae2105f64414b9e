"""Every refusal has a status and words in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from floor.command.refusals import REFUSALS, refused


@pytest.mark.parametrize("reason", REFUSALS)
def test_both_languages_say_the_same(reason: str) -> None:
    """The same things are named in both; the Chinese sentence is Chinese."""
    status, en, zh = REFUSALS[reason]
    assert status in (403, 404, 409, 422, 429, 503)
    assert re.search(r"[\u4e00-\u9fff]", zh)
    slots = {name for _, name, _, _ in Formatter().parse(en) if name}
    assert slots == {name for _, name, _, _ in Formatter().parse(zh) if name}
    error = refused(reason, **dict.fromkeys(slots, "X"))
    assert error.words["en"].count("X") >= len(slots)
