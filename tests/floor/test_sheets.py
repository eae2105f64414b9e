"""Files to take away: what a spreadsheet might run is made harmless, moments are local."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from floor.sheets import Moment, as_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", " =1", "\uff1dcmd()"])
def test_no_formula(text: str) -> None:
    """A cell that a spreadsheet would compute begins with a quote."""
    assert f"'{text[0]}" in as_csv([(text,)], None)


def test_values() -> None:
    """A moment is written in the floor's time zone, what is not known as nothing, numbers as they are."""
    zone = timezone(timedelta(hours=8))
    assert as_csv([(Moment(0.0), None, 1.5, -2, "\u7532")], zone) == "\ufeff1970-01-01 08:00:00,,1.5,-2,\u7532\r\n"
