"""The AudioSocket protocol, without I/O: packets of a kind, a 16-bit big-endian length and so many bytes.

What the exchange sends: first the identifier it was given (16 bytes), then signed linear audio at 8 kHz as it comes,
at last a hang-up or nothing. Digits, errors and audio at other rates are read over. What a packet may hold is bounded,
so that whoever connects can make nobody keep more than one packet for him.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from floor.errors import FloorError

HEAD = 3
LONGEST = 8192
"""Bytes of one payload: 20 ms in stereo are 640, and no exchange of ours sends more than 100 ms at once."""


class AudioSocketError(FloorError):
    """What arrived is no AudioSocket."""


class Kind(IntEnum):
    """Kinds of packets that mean something to us."""

    HANG_UP = 0x00
    IDENTIFIER = 0x01
    AUDIO = 0x10
    """Signed linear, 16 bit little endian, 8 kHz."""
    ERROR = 0xFF


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet."""

    kind: Kind
    payload: bytes = b""

    @property
    def identifier(self) -> UUID:
        """Which connection this is; raises :class:`AudioSocketError`."""
        if self.kind is not Kind.IDENTIFIER or len(self.payload) != 16:
            raise AudioSocketError("the connection does not say which it is")
        return UUID(bytes=self.payload)


class Reader:
    """Bytes in, packets out; of kinds that are not known, nothing."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Whole packets, in order; raises :class:`AudioSocketError` after those before the fault."""
        rest = self._rest + data if self._rest else data
        self._rest = b""
        at = 0
        while len(rest) - at >= HEAD:
            size = int.from_bytes(rest[at + 1 : at + HEAD], "big")
            if size > LONGEST:
                raise AudioSocketError(f"a packet of {size} bytes is longer than any audio")
            end = at + HEAD + size
            if end > len(rest):
                break
            kind, payload, at = rest[at], rest[at + HEAD : end], end
            if kind in _KNOWN:
                yield Packet(Kind(kind), payload)
        self._rest = rest[at:]


_KNOWN = frozenset(Kind)


def written(kind: Kind, payload: bytes = b"") -> bytes:
    """A packet as bytes; raises :class:`ValueError` when the payload is longer than a packet can be."""
    if len(payload) > LONGEST:
        raise ValueError("the payload is longer than a packet may be")
    return bytes((kind,)) + len(payload).to_bytes(2, "big") + payload
