"""Every refusal is a sentence in both languages, and says what to look at."""

from __future__ import annotations

import pytest

from asterisk import unheard

PLACE = "192.0.2.1:9092"
SAID = {
    name: words for name, words in vars(unheard).items() if name.isupper() and isinstance(words, tuple)
} | {
    "unconnected": unheard.unconnected(PLACE),
    "unjoined": unheard.unjoined(PLACE),
    "permission": unheard.refused("Permission denied"),
    "refused": unheard.refused("Extension does not exist"),
}  # fmt: skip


@pytest.mark.parametrize("words", SAID.values(), ids=SAID)
def test_both_languages(words: tuple[str, str]) -> None:
    """Two sentences that differ, the second in Chinese."""
    en, zh = words
    assert en.isascii()
    assert any("\u4e00" <= one <= "\u9fff" for one in zh)


def test_where_the_audio_did_not_come() -> None:
    """With the address that the exchange dialled."""
    assert all(PLACE in one for words in (unheard.unconnected(PLACE), unheard.unjoined(PLACE)) for one in words)


def test_what_the_exchange_said() -> None:
    """Its own words; or, where it denies the right, what gives it."""
    assert "Extension does not exist" in unheard.refused("Extension does not exist")[0]
    assert all("floorwatch-manager-console.conf" in one for one in unheard.refused("Permission denied"))
