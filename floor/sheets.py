"""Tables to take away as CSV: what spreadsheets show, never what they would run. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

Row = Sequence[object]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would run instead of showing it, in the wide forms of Chinese input too."""


class Moment(float):
    """Seconds since the epoch, written as a local date and time."""


def as_csv(rows: Iterable[Row], zone: tzinfo | None) -> str:
    """Moments are to be given as :class:`Moment`; a byte order mark tells spreadsheets that this is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([_cell(value, zone) for value in row])
    return "\ufeff" + out.getvalue()


def _cell(value: object, zone: tzinfo | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Moment):
        return datetime.fromtimestamp(value, zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
