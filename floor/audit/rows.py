"""Entry <-> row, and row <-> one JSON line. What goes in is made harmless first: no NUL, no surrogate, no novel."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from floor.audit.model import Doer, Entry, Stage

MAX_TEXT = 1000
MAX_MORE = 8000
Row = dict[str, Any]

_TEXTS = "thread act by_name by_role by_address pbx agent queue call reason said".split()
_COLUMNS = frozenset([*_TEXTS, "key", "at", "stage", "by_person", "more"])


def row_of(entry: Entry, key: str) -> Row:
    """A row of ``audit`` without its id."""
    by = entry.by
    texts = (entry.thread, entry.act, by.name, by.role, by.address, entry.pbx, entry.agent, entry.queue, entry.call)
    row: Row = {name: clean(text) for name, text in zip(_TEXTS, (*texts, entry.reason, entry.said), strict=True)}
    at = entry.at if math.isfinite(entry.at) else 0.0
    return row | {"key": key, "at": at, "stage": entry.stage.value, "by_person": by.person, "more": _more(entry.more)}


def entry_of(row: Mapping[str, Any]) -> Entry:
    """The entry in a row."""
    return Entry(
        thread=row["thread"],
        act=row["act"],
        stage=Stage(row["stage"]),
        at=row["at"],
        by=Doer(row["by_name"], row["by_person"], row["by_role"], row["by_address"]),
        pbx=row["pbx"],
        agent=row["agent"],
        queue=row["queue"],
        call=row["call"],
        reason=row["reason"],
        said=row["said"],
        more=json.loads(row["more"]),
    )


def line_of(row: Row) -> bytes:
    """One line of JSON, newline included."""
    return json.dumps(row).encode() + b"\n"


def row_in(line: bytes) -> Row:
    """The row on one line; raises ``ValueError`` when it is none."""
    row = json.loads(line)
    if not isinstance(row, dict) or row.keys() != _COLUMNS:
        raise ValueError("not a line of the audit")
    return row


def clean(text: str, most: int = MAX_TEXT) -> str:
    """A text every database takes."""
    return text[:most].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _more(more: Mapping[str, Any]) -> str:
    text = json.dumps(dict(more), ensure_ascii=False, default=str).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= MAX_MORE else json.dumps({"too_long": len(text)})
