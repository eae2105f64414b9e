"""Facts and floors as bytes, and back: MessagePack, every value with its kind and the names of its fields.

Names and not places, because old and new versions run side by side while they are exchanged: a field that is not known
is passed over, a field that is missing has its default, a kind or a word that is not known is counted and left out. A
checkpoint comes within minutes and says what follows from what could not be read. Nothing is believed before it is
read: types are checked to the last field, every moment is a number, and nobody speaks of another exchange.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from floor.history.trouble import Trouble
from floor.relay.ports import RelayError
from floor.state.fact import Fact
from floor.state.reduce import REDUCERS
from floor.state.taken import FloorTaken

VOCABULARY = 1
"""Counts up when a word changes its meaning, which it should not: new meanings get new words."""
MOST_BYTES = 64_000_000
"""No entry and no checkpoint is larger."""

Unread = Counter[str]
"""Kinds that could not be read, and how often."""


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError)
"""What decoding may raise, whatever the bytes."""


class GarbledError(RelayError):
    """This was not written by a collector."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a collector said in one turn; no facts: it is alive."""

    version: int
    sent_at: float
    """On its clock."""
    facts: Sequence[Fact]
    trouble: Trouble | None = None
    """With a heartbeat: how the collector's record does; ``None``: not told this time."""


NOTHING = msgspec.Raw(b"\xc0")


class _Turn(msgspec.Struct, array_like=True):
    """On the wire; later versions may add to its end."""

    v: int
    sent_at: float
    facts: list[tuple[str, msgspec.Raw]]
    trouble: msgspec.Raw = NOTHING


class _Floor(msgspec.Struct, array_like=True):
    v: int
    tables: dict[str, msgspec.Raw]


_KINDS: Mapping[str, msgspec.msgpack.Decoder[Any]] = {kind.__name__: msgspec.msgpack.Decoder(kind) for kind in REDUCERS}
_TURN = msgspec.msgpack.Decoder(_Turn)
_FLOOR = msgspec.msgpack.Decoder(_Floor)
_TROUBLE = msgspec.msgpack.Decoder(Trouble | None)
_RAWS = msgspec.msgpack.Decoder(list[msgspec.Raw])
_ENCODER = msgspec.msgpack.Encoder()


def written(facts: Iterable[Fact], now: float, trouble: Trouble | None = None) -> bytes:
    """One turn's facts."""
    return _ENCODER.encode((VOCABULARY, now, [(type(fact).__name__, fact) for fact in facts], trouble))


def read(body: bytes, pbx: str, unread: Unread) -> Turn:
    """:param unread: told what could not be read.
    :raises GarbledError: it is no turn of this exchange at all."""
    turn = _decoded(_TURN, body)
    if not isfinite(turn.sent_at):
        raise GarbledError("relay: an entry of no moment")
    return Turn(
        turn.v, turn.sent_at, list(_facts(turn.facts, pbx, unread)), _row("trouble", _TROUBLE, turn.trouble, unread)
    )


def _facts(told: Iterable[tuple[str, msgspec.Raw]], pbx: str, unread: Unread) -> Iterator[Fact]:
    for kind, raw in told:
        decoder = _KINDS.get(kind)
        try:
            fact = decoder.decode(raw) if decoder is not None else None
        except UNREADABLE:
            fact = None
        if fact is None:
            # A kind comes from outside: it is cut to a length, and the counter has a size.
            _count(unread, kind)
        elif fact.pbx != pbx or not isfinite(fact.at):
            raise GarbledError("relay: a fact of another exchange, or of no moment")
        else:
            yield fact


def written_floor(taken: FloorTaken) -> bytes:
    """A whole exchange."""
    return _ENCODER.encode((VOCABULARY, {field.name: getattr(taken, field.name) for field in fields(FloorTaken)}))


def read_floor(body: bytes, pbx: str, unread: Unread) -> FloorTaken:
    """:raises GarbledError: it is no floor of this exchange at all."""
    tables = _decoded(_FLOOR, body).tables
    values = {name: _table(name, tables[name], unread) for name in _TABLES if name in tables}
    values = {name: value for name, value in values.items() if value is not _LEFT_OUT}
    if values.get("pbx") != pbx or not isfinite(values.get("at", float("nan"))):
        raise GarbledError("relay: a floor of another exchange, or of no moment")
    taken = FloorTaken(**values)
    if any(one.pbx != pbx for one in _entities(taken)):
        raise GarbledError("relay: a floor with entities of another exchange")
    return taken


_LEFT_OUT = object()
_TABLES: dict[str, tuple[bool, msgspec.msgpack.Decoder[Any]]] = {
    name: (
        get_origin(hint) is tuple,
        msgspec.msgpack.Decoder(get_args(hint)[0] if get_origin(hint) is tuple else hint),
    )
    for name, hint in get_type_hints(FloorTaken).items()
}
"""Field -> (whether it is a table, how one row of it is read)."""


def _table(name: str, raw: msgspec.Raw, unread: Unread) -> Any:
    many, decoder = _TABLES[name]
    try:
        if not many:
            return decoder.decode(raw)
        return tuple(row for one in _RAWS.decode(raw) if (row := _row(name, decoder, one, unread)) is not None)
    except UNREADABLE:
        _count(unread, name)
        return _LEFT_OUT


def _row(name: str, decoder: msgspec.msgpack.Decoder[Any], raw: msgspec.Raw, unread: Unread) -> Any:
    try:
        return decoder.decode(raw)
    except UNREADABLE:
        _count(unread, name)
        return None


def _entities(taken: FloorTaken) -> Iterator[Any]:
    tables = ("queues", "agents", "callers", "trunks", "endpoints", "channels", "ended", "offers", "spans", "gaps")
    for name in tables:
        yield from getattr(taken, name)
    yield from (one for one in (taken.exchange, taken.gap) if one is not None)
    for *_, visits in taken.owed:
        yield from visits


def _count(unread: Unread, kind: str) -> None:
    if kind in unread or len(unread) < 100:
        unread[kind[:40]] += 1


def _decoded(decoder: msgspec.msgpack.Decoder[Any], body: bytes) -> Any:
    if len(body) > MOST_BYTES:
        raise GarbledError("relay: more than anybody says at once")
    try:
        return decoder.decode(body)
    except UNREADABLE as error:
        raise GarbledError(f"relay: not written by a collector: {error}") from error
