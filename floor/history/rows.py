"""Entity <-> row, and entity <-> one JSON line; both directions of both in one place.

What goes in is made harmless first: a database may refuse a NUL in a text or a number beyond 64 bits, and one such
value from a hostile caller name must not hold up everybody's calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy import RowMapping

from floor.state.model import Caller, Gap, Offer, Span

MAX_TEXT = 1000
MAX_INT = 2**63 - 1
MAX_MOMENT = 1e14


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything of this exchange up to ``at`` is on record."""

    pbx: str
    at: float


Entry = Caller | Offer | Span | Gap | Seen
"""What the writer takes."""

Identity = tuple[str, str, str, int]

KINDS: dict[str, type[Any]] = {"visit": Caller, "offer": Offer, "span": Span, "gap": Gap, "seen": Seen}
E = TypeVar("E")
_NAMES = {kind: tuple(field.name for field in fields(kind)) for kind in KINDS.values()}
VISIT_COLUMNS = _NAMES[Caller]
"""What of a row of ``visits`` its entity is made of."""
_of_caller = attrgetter(*VISIT_COLUMNS)
_DATES = frozenset({"joined_at", "answered_at", "ended_at"})
_KIND_OF = {kind: name for name, kind in KINDS.items()}


def _values_of(*types: str) -> dict[type[Any], Callable[[Any], tuple[Any, ...]]]:
    """Per kind what gives the values of its fields of these types."""

    def of(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
        names = [one.name for one in fields(kind) if str(one.type).removesuffix(" | None") in types]
        read = attrgetter(*names)
        return read if len(names) > 1 else lambda entry: (read(entry),)

    return {kind: of(kind) for kind in KINDS.values()}


_TEXTS = _values_of("str")
_NUMBERS = _values_of("int", "float")


def moment_of(visit: Caller) -> float:
    """The moment that decides to which interval a visit belongs: joined, else answered, else ended; seconds.

    Of a call found in the middle nothing of this is known yet; then its channel's first second stands in, which
    Asterisk puts into the Uniqueid.
    """
    for at in (visit.joined_at, visit.answered_at, visit.ended_at):
        if at is not None:
            return at
    return born(visit.uniqueid)


def born(uniqueid: str) -> float:
    """First second of a channel or call by its id, ``[SYSTEM-]1795324389.15`` -> 1795324389.0; 0: of another kind."""
    seconds = uniqueid.rpartition("-")[2].partition(".")[0]
    return float(seconds) if seconds.isascii() and seconds.isdigit() and len(seconds) == len("1795324389") else 0.0


def identity_of(visit: Caller) -> Identity:
    """What no two stored visits share: (pbx, queue, Uniqueid, whole milliseconds of joining or 0)."""
    joined = _float(visit.joined_at) if visit.joined_at is not None else None
    return (*visit.key, 0 if joined is None else round(max(-MAX_MOMENT, min(MAX_MOMENT, joined)) * 1000))


def visit_row(visit: Caller) -> dict[str, Any]:
    """A row of ``visits`` without its id."""
    row = row_of(visit)
    row["joined_ms"] = identity_of(visit)[3]
    row["moment"] = _float(moment_of(visit)) or 0.0
    return row


def changed_row(before: Caller, after: Caller) -> dict[str, Any]:
    """Of the row of ``after`` what differs from that of ``before``: a database looks after an index for each."""
    pairs = zip(_NAMES[Caller], _of_caller(before), _of_caller(after), strict=True)
    changed: dict[str, Any] = msgspec.to_builtins({name: now for name, was, now in pairs if was != now})
    row = {name: _harmless(value) for name, value in changed.items()}
    if not _DATES.isdisjoint(row):
        whole = visit_row(after) if before.joined_at is None or "joined_at" in row else {}
        row |= {name: whole[name] for name in ("moment", "joined_ms") if name in whole}
    return row


def row_of(entity: object) -> dict[str, Any]:
    """Column -> value, enumerations as their words."""
    built: dict[str, Any] = msgspec.to_builtins(entity)
    return built if _harmless_all(entity) else {name: _harmless(value) for name, value in built.items()}


def tamed(entry: E) -> E:
    """The same entry, harmless: texts without NUL and lone surrogates and of sane length, numbers that fit."""
    return entry if _harmless_all(entry) else msgspec.convert(row_of(entry), type(entry))


def _harmless_all(entry: object) -> bool:
    """Whether nothing of an entry need be changed, told from all texts as one and from the sum of all numbers.

    That is so of nearly every entry; asking value by value took a third of all the time of writing.
    """
    texts, numbers = _TEXTS[type(entry)](entry), _NUMBERS[type(entry)](entry)
    text = "".join(filter(None, texts))
    if len(text) > MAX_TEXT or "\0" in text:
        return False
    try:
        text.encode()
        total: float = sum(map(abs, filter(None, numbers)))
        return total <= MAX_INT  # of what is no number, it is not
    except (UnicodeEncodeError, OverflowError):
        return False


def visit_of(row: RowMapping) -> Caller:
    return _entity(row, Caller, _NAMES[Caller])


def visit_in(values: Sequence[Any]) -> Caller:
    """The visit whose values these are, by :data:`VISIT_COLUMNS`."""
    return msgspec.convert(dict(zip(VISIT_COLUMNS, values, strict=True)), Caller)


def offer_of(row: RowMapping) -> Offer:
    return _entity(row, Offer, _NAMES[Offer])


def span_of(row: RowMapping) -> Span:
    return _entity(row, Span, _NAMES[Span])


def gap_of(row: RowMapping) -> Gap:
    return _entity(row, Gap, _NAMES[Gap])


def line_of(entry: Entry) -> bytes:
    """One line of JSON, newline included."""
    return msgspec.json.encode({"kind": _KIND_OF[type(entry)], "is": row_of(entry)}) + b"\n"


def entry_of(line: bytes) -> Entry:
    """The entry on one line; raises ``ValueError`` when it is none."""
    try:
        found = msgspec.json.decode(line, type=dict[str, Any])
        entry: Entry = msgspec.convert(found["is"], KINDS[found["kind"]])
    except (msgspec.MsgspecError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"not a line of history: {error}") from error
    return entry


def _entity(row: RowMapping, kind: type[E], names: tuple[str, ...]) -> E:
    return msgspec.convert({name: row[name] for name in names}, kind)


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return max(-MAX_INT, min(MAX_INT, value))
    return _float(value)


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        value = value[:MAX_TEXT]
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _float(value: float) -> float | None:
    return value if math.isfinite(value) else None
