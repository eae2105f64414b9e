"""Trouble is said in a sentence, in both languages."""

from __future__ import annotations

import pytest

from floor.history.health import sentence
from floor.history.trouble import Trouble


@pytest.mark.parametrize("language", ["en", "zh"])
def test_quiet(language: str) -> None:
    """No sentence when all is well, however much is on its way."""
    assert sentence(Trouble(waiting=99), language) is None


@pytest.mark.parametrize(
    ("trouble", "en", "zh"),
    [
        (
            Trouble(failing_s=61.2, reason="gone", waiting=3, spilled=40),
            ["61 s", "gone", "3 entries", "40"],
            ["61 秒", "gone", "3 条", "40 条"],
        ),
        (
            Trouble(failing_s=1.0, disk="No space left on device"),
            ["No space left", "data_dir"],
            ["No space left", "data_dir"],
        ),
        (Trouble(lost=7), ["7 entries of the history are lost"], ["丢失 7 条"]),
        (Trouble(refused=2), ["2 entries were refused"], ["2 条记录被数据库拒绝"]),
    ],
    ids=["database gone", "disk full too", "lost", "refused"],
)
def test_sentences(trouble: Trouble, en: list[str], zh: list[str]) -> None:
    """Each trouble says what is wrong, how much is concerned and what helps."""
    for language, words in (("en", en), ("zh", zh)):
        said = sentence(trouble, language)
        assert said is not None
        assert all(word in said for word in words)
