"""Files to take away: moments are local, JSON is readable."""

from __future__ import annotations

from datetime import timedelta, timezone

from alerts.exports import as_csv, as_json, fault_rows, moment


def test_moments_and_gaps() -> None:
    """A moment is written in the floor's time zone, what is not known as nothing, numbers as they are."""
    zone = timezone(timedelta(hours=8))
    assert as_csv([(moment(0.0), None, moment(None), 1.5, "甲")], zone) == "\ufeff1970-01-01 08:00:00,,,1.5,甲\r\n"


def test_json_is_readable() -> None:
    """Indented, and Chinese as Chinese."""
    assert as_json({"a": "甲"}) == '{\n  "a": "甲"\n}'


def test_fault_rows() -> None:
    """Columns first, in their order."""
    assert fault_rows([{"b": 2, "a": 1}], ("a", "b")) == [("a", "b"), (1, 2)]
