"""An entry becomes a row and a line, and the same entry again."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from floor.audit.rows import entry_of, line_of, row_in, row_of
from tests.audit.test_record import ASKED


def test_there_and_back() -> None:
    """Nothing is lost on the way through a row and a line."""
    row = row_of(ASKED, "k")
    assert entry_of(row_in(line_of(row))) == ASKED
    assert row["key"] == "k"


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"key": 1}', b"\xff"])
def test_other_lines(line: bytes) -> None:
    """What is no line of ours is said to be none."""
    with pytest.raises(ValueError, match=r"."):
        row_in(line)


def test_no_time_at_all() -> None:
    """A moment that is no number does not reach the database."""
    assert row_of(replace(ASKED, at=math.nan), "k")["at"] == 0.0
