"""Keys of a rules file, one by one."""

from __future__ import annotations

import pytest

from alerts.rulefile import RuleEntry, hours


def test_short_names() -> None:
    """``for`` and ``keep`` are how a person writes it."""
    entry = RuleEntry.model_validate({"id": "X", "for": "30 s", "keep": "1 min"})
    assert (entry.for_s, entry.keep_s) == (30, 60)


def test_stretch_over_midnight() -> None:
    """It is two: until midnight, and from midnight on the next day; Sunday night reaches into Monday."""
    found = hours({"sun": ["22:00-06:00"]})
    assert found is not None
    assert found.days[6] == ((1320, 1440),)
    assert found.days[0] == ((0, 360),)
    until = hours({"mon": "20:00-00:00"})
    assert until is not None
    assert until.days[:2] == (((1200, 1440),), ())


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({}, "by weekday"),
        ("always", "by weekday"),
        ({"funday": "08:00-09:00"}, "'funday' is no day"),
        ({"mon": "8-9"}, "is no stretch"),
        ({"mon": "08:00-08:00"}, "is no stretch"),
        ({"mon": "08:00-24:30"}, "is no stretch"),
        ({"mon": 8}, "is no stretch"),
    ],
)
def test_no_hours(days: object, said: str) -> None:
    """Anything else is a sentence that says how to write it."""
    with pytest.raises(ValueError, match=said):
        hours(days)
