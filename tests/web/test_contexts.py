"""What pages are told, in the reader's language."""

from __future__ import annotations

import pytest

from floor.settings import BoardSettings
from web.contexts import STATUS_WORDS, link, tongue, words_for


@pytest.mark.parametrize(
    ("wanted", "accepted", "lang"),
    [
        ("auto", "", "en"),
        ("auto", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("auto", "de-DE,de;q=0.9,en;q=0.5", "en"),
        ("auto", "en;q=0.3, zh-TW;q=0.7", "zh"),
        ("auto", "fr, zh;q=nonsense, en;q=0.1", "en"),
        ("auto", ",;;,=", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
    ],
)
def test_language(wanted: str, accepted: str, lang: str) -> None:
    """The board's own, else the first one of the browser's that we speak."""
    assert tongue(wanted, accepted) == lang


def test_a_link_carries_the_key() -> None:
    """From the start page on to the board without asking again."""
    made = link(BoardSettings(id="floor", title={"en": "Floor"}), "?key=k")
    assert made == {"id": "floor", "title": {"en": "Floor"}, "public": False, "url": "/board/floor?key=k"}


def test_every_status_has_words_in_both_languages() -> None:
    """Also those nobody thought of."""
    assert all(set(words) == {"en", "zh"} for words in STATUS_WORDS.values())
    assert words_for(418, "zh") == STATUS_WORDS[404]["zh"]
    assert words_for(502, "en") == STATUS_WORDS[500]["en"]
