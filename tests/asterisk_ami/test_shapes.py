"""Shapes: what is known of an event whose headers are the same as another one's."""

from __future__ import annotations

import pytest

from asterisk.reading import USED
from asterisk.shapes import ROWS, Cutter, shape_of

EXAMPLE = "Event: Hangup\r\nPrivilege: call,all\r\nUniqueid: 1.1\r\nChanVariable: a=b\r\nCause: 16"


def test_a_shape_is_all_headers_in_order() -> None:
    """Other values and more variables fit; another header, another order or a second line of a value do not."""
    shape = shape_of(EXAMPLE, USED["Hangup"])
    assert shape is not None
    assert shape.names == ("Event", "Uniqueid", "Cause")
    found = shape.match(EXAMPLE.replace("16", "17").replace("a=b", "a=b\r\nChanVariable: c=d"))
    assert found is not None
    assert found.groups() == ("Hangup", "1.1", "17")
    for other in ("\r\nCause-txt: x", "\r\nUniqueid: 2.2", "\rx", "\r\n"):
        assert shape.match(EXAMPLE + other) is None


def test_a_shape_ends_with_the_last_used_header() -> None:
    """When all used ones are there, what follows may be anything, and a repeated header there does not count."""
    shape = shape_of(EXAMPLE, ("Uniqueid",))
    assert shape is not None
    for rest in ("", "\r\nUniqueid: 2.2", "\r\nno colon\n\r"):
        found = shape.match(EXAMPLE + rest)
        assert found is not None
        assert found.groups() == ("Hangup", "1.1")
    assert shape.match(EXAMPLE.replace("1.1", "1.1\r")) is None


@pytest.mark.parametrize("text", ["Event: Hangup", "Event: Hangup\r\nno colon", "Event: Hangup" + "\r\nA: b" * ROWS])
def test_what_no_exchange_would_write_teaches_nothing(text: str) -> None:
    """One line, a line without a header, far too many headers."""
    assert shape_of(text, USED["Hangup"]) is None


def cutter(headers: str) -> Cutter:
    shape = shape_of(STAMPED, ("Timestamp", *headers.split()))
    assert shape is not None
    return Cutter(shape, headers.split())


STAMPED = "Event: Hangup\r\nTimestamp: 1795315200.5\r\nUniqueid: 1.1\r\nCause: 16"


def test_what_is_asked_for_is_cut_out_in_its_order() -> None:
    """The time first, then header by header, and nothing for what an event of this shape has not."""
    cut = cutter("Cause Reason Uniqueid")
    found = cut.match(STAMPED.replace("16", "17").encode())
    assert found is not None
    assert cut.cut(found) == (b"1795315200.5", b"17", b"", b"1.1")


@pytest.mark.parametrize("stamp", ["", "0", "1795315200", "1795315200.123456"])
def test_a_time_is_seconds(stamp: str) -> None:
    """As an exchange writes them; one that writes none has another shape."""
    found = cutter("Cause").match(STAMPED.replace("1795315200.5", stamp).encode())
    assert (found is not None) is bool(stamp)


@pytest.mark.parametrize("stamp", ["x", "-1", "1e9", "1.2.3", "1_0", " 1", "9" * 12, "²"])
def test_what_is_no_time_is_not_cut(stamp: str) -> None:
    """An event with anything else for its time is left to whoever reads with care."""
    assert cutter("Cause").match(STAMPED.replace("1795315200.5", stamp).encode()) is None
