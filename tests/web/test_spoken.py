"""Numbers and words of a page made on the server."""

from __future__ import annotations

import pytest

from floor.day import Day
from floor.state.model import AgentState, CompletedBy, OfferResult
from tests.web.doubles import NOON
from web.record import FIGURES, RATIOS
from web.spoken import WORDS, Spoken

ENGLISH, CHINESE = Spoken("en", Day("Asia/Shanghai")), Spoken("zh", Day("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("kind", "names"),
    [("figure", (*FIGURES, *RATIOS)), ("state", AgentState), ("offer", OfferResult), ("by", CompletedBy)],
)
def test_every_word_is_there(kind: str, names: tuple[str, ...]) -> None:
    """Nothing of the record is shown in the language of the program."""
    for name in names:
        assert f"{kind}.{name}" in WORDS
        assert CHINESE.word(kind, name) != ENGLISH.word(kind, name)


def test_what_is_no_word_of_ours() -> None:
    """A pause reason of the exchange is said as it is."""
    assert ENGLISH.word("state", "lunch") == "lunch"


def test_moments_are_on_the_floors_clock() -> None:
    """Whatever the machine's zone."""
    assert ENGLISH.moment(NOON) == "2026-11-22 21:06:40"[:11] + ENGLISH.clock(NOON)
    assert Spoken("en", Day("UTC")).clock(0) == "00:00:00"
    assert CHINESE.clock(0) == "08:00:00"
    assert ENGLISH.clock(None) == ENGLISH.moment(None) == "–"


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (None, "–", "–"), (7.4, "7 s", "7 秒"), (59.6, "1:00", "1:00"), (185, "3:05", "3:05"),
        (3723, "1:02:03", "1:02:03"), (-1, "0 s", "0 秒"),
    ],
)  # fmt: skip
def test_lengths(seconds: float | None, english: str, chinese: str) -> None:
    """As people say them, and never below nothing."""
    assert (ENGLISH.length(seconds), CHINESE.length(seconds)) == (english, chinese)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("answered", 7, "7"), ("late_answer_rate", 0.125, "12 %"), ("talk_s", 840, "14:00"), ("att_s", None, "–"),
        ("hold_s_mean", 17.5, "18 s"),
    ],
)  # fmt: skip
def test_figures(name: str, value: float | None, said: str) -> None:
    """A share, a time, a number; unknown is not zero."""
    assert ENGLISH.figure(name, value) == said


def test_values_of_breaches() -> None:
    """Short, in the unit of their rule, and unknown where nothing is known."""
    assert [ENGLISH.value(value) for value in (18.04, 1234.5, None)] == ["18 s", "20:34", "–"]
    assert [CHINESE.value(value) for value in (18.04, 366.0)] == ["18 秒", "6:06"]
    assert [ENGLISH.value(value, "times") for value in (3.0, 1234.5)] == ["3", "1234"]
    assert ENGLISH.value(0.8125, "ratio") == "81.2 %"
