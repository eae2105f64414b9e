"""What stands behind a header, as text or typed: the same whether it is read for the first time or known already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterisk import values
from asterisk.values import MAX_TEXT, Texts, as_flag, as_moment, as_number, as_seconds, as_share, as_text


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_a_known_text_is_what_it_would_be_read_as(said: list[bytes]) -> None:
    """Whatever was said before, and however often: decoded, cleaned, and nothing where it says nothing."""
    texts = Texts()
    for value in [*said, *said]:
        assert texts[value] == as_text(value.decode("utf-8", "replace"))


def test_what_is_said_again_is_the_same_text() -> None:
    """A floor of many events holds each name once."""
    texts = Texts()
    assert texts["张三".encode()] is texts["张三".encode()]


def test_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that never repeats itself fills nothing, and of what is over-long nothing is kept."""
    monkeypatch.setattr(values, "KNOWN", 10)
    texts = Texts()
    for number in range(100):
        assert texts[b"%d" % number] == str(number)
        assert len(texts) <= 10
    texts.clear()
    assert texts[b"x" * 999] == "x" * MAX_TEXT
    assert not texts


@pytest.mark.parametrize(("value", "read"), [("1", True), ("0", False), ("Yes", True), ("no", False), ("", None)])
def test_flag(value: str, read: bool | None) -> None:
    """One and zero, and the words for them."""
    assert as_flag(as_text(value)) is read


@given(st.none() | st.text(max_size=30) | st.integers().map(str) | st.floats().map(str))
def test_readers_take_anything(said: str | None) -> None:
    """No text makes a reader raise; what is no number, duration, moment or share is none."""
    number = as_number(said)
    assert as_seconds(said) == (None if number is None else max(0, number))
    share, moment = as_share(said), as_moment(said)
    assert share is None or 0 <= share <= 1
    assert moment is None or 0 < moment < 1e11


SHARES = {"0": 0.0, "64": 0.25, "256": 1.0, "257": None, "-1": None, "": None}


@pytest.mark.parametrize(("said", "share"), SHARES.items())
def test_a_share_is_told_in_256ths(said: str, share: float | None) -> None:
    """As RTCP counts what was lost."""
    assert as_share(as_text(said)) == share
