"""Shapes: an exchange writes every event of one name with the same few rows of headers in the same order.

A shape is a pattern made of the names of an event's headers: literally these, in this order, with anything for values,
and groups where a header is used. If it matches, the event's headers are known to be exactly those, and the groups are
what stands behind the used ones: no header was cut out that nobody reads.

Why a pattern is safe with hostile bytes: a value is ``[^\\r]*+``, possessive, so matching never goes back and takes
time in proportion to the event. Why equal to parsing: the shape says which header every line bears (at least up to the
last used one, and of a repeated header the first counts), so there is no line left that could bear a used one; and
what is decoded begins and ends at line breaks and colons, where a decoder that replaces what it cannot read begins
anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

ROWS, LENGTH = 120, 16_000
"""An event with more headers or characters teaches no shape; Asterisk's longest have seventy and four thousand."""
_VARIABLES = re.compile(r"[A-Za-z]*ChanVariable")
"""An owner's variables (``channelvars``): as many rows as he likes, which count as one."""
_VALUE = "[^\r]*+"
_STAMP, _SECONDS = f"\r\nTimestamp: ({_VALUE})", "\r\nTimestamp: (\\d{1,11}+(?:\\.\\d{1,9}+)?+)"


@dataclass(frozen=True, slots=True)
class Shape:
    """Headers of an event by name, in order, up to the last that is used (to its end when a used one is missing)."""

    match: Callable[[str], re.Match[str] | None]
    names: tuple[str, ...]
    """Of its groups."""
    pattern: str


def shape_of(text: str, used: Sequence[str]) -> Shape | None:
    """The shape of this event (text with CR LF between lines); ``None`` when it is one that no exchange would write."""
    rows = text.split("\r\n")
    if not 1 < len(rows) <= ROWS or len(text) > LENGTH:  # one row alone may be many that end with a line feed
        return None
    pattern: list[str] = []
    names: list[str] = []
    wanting = {"Event", *used}
    for row in rows:
        name, colon, _ = row.partition(": ")
        value = _VALUE
        if not colon and row.find(":") == len(row) - 1:  # some write no space where there is no value
            name, colon, value = row[:-1], ":", ""
        if not colon:
            return None
        variable = _VARIABLES.match(name)
        if variable is not None:
            part = f"(?:\r\n{re.escape(variable[0])}{_VALUE})*"
            if pattern[-1:] == [part]:
                continue
        elif name in wanting:  # once: the first of a repeated header counts
            part = f"\r\n{re.escape(name)}{colon}({value})"
            names.append(name)
            wanting.remove(name)
        else:
            part = f"\r\n{re.escape(name)}{colon}{value}"
        pattern.append(part)
        if not wanting:
            pattern.append("(?:\r\n(?s:.*+))?")  # whatever follows was not first; a dot for all goes there in one step
            break
    whole = "".join(pattern).removeprefix("\r\n")
    return Shape(re.compile(whole).fullmatch, tuple(names), whole)


class Cutter:
    """Cuts what stands behind some headers out of events of one shape, in an order of the asker's, still as bytes.

    What comes first is the exchange's own time, seconds as a number is written, or empty; an event with anything else
    for its time does not match.
    """

    __slots__ = ("cut", "match")

    def __init__(self, shape: Shape, headers: Sequence[str]) -> None:
        # The group at the end is empty: it stands for what an event of this shape has not.
        pattern = shape.pattern.replace(_STAMP, _SECONDS) + "()"
        self.match: Callable[[bytes], re.Match[bytes] | None] = re.compile(pattern.encode()).fullmatch
        places = {name: place for place, name in enumerate(shape.names, 1)}
        none = len(shape.names) + 1
        self.cut: Callable[[re.Match[bytes]], tuple[bytes, ...]] = itemgetter(
            *(places.get(header, none) for header in ("Timestamp", *headers))
        )
