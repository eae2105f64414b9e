"""Text of people and telephones, made harmless."""

from __future__ import annotations

import pytest

from floor.requests.words import tamed


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  请  帮忙 \n now\t", "请 帮忙 now"),
        ("a\u202eevil\u2066b", "a evil b"),
        ("x\x00y\x1b[31m", "x y [31m"),
        ("e\u0301", "é"),
        ("<script>", "<script>"),
        ("\u200b", ""),
        ("y" * 600, "y" * 500),
    ],
)
def test_what_is_kept(given: str, kept: str) -> None:
    """One line of bounded length, nothing that steers a screen; markup is text, which pages write as text."""
    assert tamed(given) == kept
