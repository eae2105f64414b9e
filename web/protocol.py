"""The messages of the stream (docs/protocol.md, version 1): built, encoded and parsed here, without any I/O."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

VERSION = 1
MAX_FRAME_BYTES = 4096
MAX_MESSAGES_PER_S = 20

CLOSE_UNWELCOME = 4400
CLOSE_SIGNED_OUT = 4401
CLOSE_FORBIDDEN = 4403
CLOSE_UNKNOWN_BOARD = 4404
CLOSE_LOCKED = 4423


class Snapshot(Struct, frozen=True, tag_field="t", tag="snapshot"):
    """Everything; ``board`` and ``floor`` are encoded already, for they outlive many ``now``."""

    v: int
    rev: int
    now: float
    build: str
    board: Raw
    floor: Raw


class Patch(Struct, frozen=True, tag_field="t", tag="patch", omit_defaults=True):
    """What changed since ``rev - 1``: whole entities, encoded already, and ids that are gone."""

    rev: int
    now: float
    set: dict[str, dict[str, Raw]]
    gone: dict[str, list[str]] = field(default_factory=dict, name="del")


class Beat(Struct, frozen=True, tag_field="t", tag="beat"):
    """Sign of life; ``heard``: seconds since the last byte per exchange; ``n`` asks for a ``pong``."""

    rev: int
    now: float
    heard: dict[str, float | None]
    n: int | UnsetType = UNSET


class Message(Struct, frozen=True, tag_field="t", tag="message", omit_defaults=True):
    """Somebody at his desk is told something himself: sound and notification; changes nothing of the floor."""

    rev: int
    now: float
    id: str
    alert: str | None
    occasion: str
    severity: str
    title: dict[str, str]
    body: dict[str, str]


class News(Struct, frozen=True, tag_field="t", tag="news"):
    """Something on record changed, at a desk: the page asks for these kinds anew; changes nothing of the floor."""

    rev: int
    now: float
    of: list[str]


class Resync(Struct, frozen=True, tag_field="t", tag="resync", forbid_unknown_fields=True):
    """The client lost the thread and asks for a snapshot."""


class Pong(Struct, frozen=True, tag_field="t", tag="pong", forbid_unknown_fields=True):
    """Answer to a beat's ``n``."""

    n: int


class Unwelcome(Exception):  # noqa: N818  # a verdict on the client, not an error of ours
    """The client sent what the protocol does not know; ``str()`` is the close reason."""


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Resync | Pong] = msgspec.json.Decoder(Resync | Pong)


def encode(message: Struct | Mapping[str, object] | Sequence[object]) -> bytes:
    """UTF-8 JSON: one frame, or a part of one. Called once per message, however many read it."""
    return _encoder.encode(message)


def parse(frame: str | bytes) -> Resync | Pong:
    """One frame from a client; raises :class:`Unwelcome` for everything the protocol does not name."""
    if isinstance(frame, bytes):
        raise Unwelcome("binary frame")
    try:
        return _decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise Unwelcome("unknown message") from None


class Pace:
    """How fast one client speaks: more than 20 messages within any second is too fast."""

    __slots__ = ("_heard",)
    WINDOW_S: ClassVar[float] = 1.0

    def __init__(self) -> None:
        self._heard: deque[float] = deque(maxlen=MAX_MESSAGES_PER_S + 1)

    def note(self, now: float) -> None:
        """One message came at ``now`` (monotonic seconds); raises :class:`Unwelcome` when it is one too many."""
        heard = self._heard
        heard.append(now)
        if len(heard) > MAX_MESSAGES_PER_S and now - heard[0] < self.WINDOW_S:
            raise Unwelcome("too many messages")
