"""What a field of a person may hold."""

from __future__ import annotations

import pytest

from floor.people import fields


@pytest.mark.parametrize(
    ("typed", "plain"),
    [(" Ann ", "ann"), ("ＡＮＮ", "ann"), ("Jürgen", "jürgen"), ("Ju\u0308rgen", "jürgen"), ("李娜", "李娜")],
)
def test_one_login_is_one_person(typed: str, plain: str) -> None:
    """However it was typed, it is the same login."""
    assert fields.plain_login(typed) == plain
    assert fields.LOGIN.fullmatch(plain)


@pytest.mark.parametrize("login", ["", ".ann", "ann smith", "ann\n", "=ann", "a" * 81, "_x", "a/b", "a\x00", "\ud800"])
def test_what_can_be_no_login(login: str) -> None:
    """Nothing that a spreadsheet, a shell or a page could take for something else."""
    assert not fields.LOGIN.fullmatch(login)


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "a\u200bb", "a\nb", "\ud800", "\ue000"])
def test_unreadable(text: str) -> None:
    """What nobody can see, or what turns the line around, is found."""
    assert not fields.readable(text)
    assert fields.readable("李娜 O’Hara-Łukasz")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (fields.NUMBER, ["1001", "A-7", "0099"], ["", "-1", "1 2", "1" * 33, "１００"]),
        (fields.MAIL, ["ann@example.com", "a.b+c@x-y.example.cn"], ["ann", "a@b", "a b@c.de", "a@b.c\n", "=a@b.de"]),
        (fields.PHONE, ["+8613800000000", "010-1234 5678", "*72"], ["", "12a", "=1+1", "+", "1;2"]),
        (fields.TIME, ["00:00", "23:59"], ["24:00", "9:00", "12:60", "12:00:00"]),
    ],
)
def test_patterns(pattern: object, good: list[str], bad: list[str]) -> None:
    """What is taken and what is not."""
    assert all(pattern.fullmatch(one) for one in good)  # type: ignore[attr-defined]
    assert not any(pattern.fullmatch(one) for one in bad)  # type: ignore[attr-defined]
