"""What a relay must do, whatever it is made of: entries in order per exchange, and the latest checkpoint of each.

One collector writes the entries of an exchange, any number of nodes read them. A *term* is one collector's time of
writing: whoever begins to write has a greater term than everybody before him, and from then on what an older term
writes is refused. So two collectors can never mix their words, and a node sees by the position alone whether it missed
something: the next number of the same term is next, everything else is a gap.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from floor.errors import FloorError


class RelayError(FloorError):
    """Something about the relay between collectors and nodes."""


class RelayAwayError(RelayError):
    """The relay cannot be reached, or does not answer in time: whether what was written arrived is not known."""


class Position(NamedTuple):
    """A place in the entries of one exchange; greater is later."""

    term: int
    """Milliseconds since the epoch when its collector began to write, or one more than the term before."""
    number: int
    """Counts the entries of the term from 1."""

    def next(self) -> Position:
        """Where the entry after this one stands."""
        return Position(self.term, self.number + 1)


START = Position(0, 0)
"""Before everything."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one collector had to say of one exchange in one turn; ``body`` as in :mod:`floor.relay.codec`."""

    pbx: str
    position: Position
    body: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """All that is known of an exchange where the entry of this position stands; ``body`` as in the codec."""

    position: Position
    body: bytes


class Relay(Protocol):
    """Every method may raise :class:`RelayAwayError`, and works again by itself when the relay is back."""

    async def last(self, pbx: str) -> Position | None:
        """The latest position ever written; ``None``: nothing was, or the relay has lost its memory."""

    async def publish(self, entries: Sequence[Entry]) -> Collection[str]:
        """Append in this order, in one round trip; the exchanges for which a greater term writes already, so that
        nothing was appended. The oldest entries beyond the relay's length are forgotten."""

    async def keep(self, entry: Entry, checkpoint: bytes) -> bool:
        """Append the entry and put the checkpoint that stands at it in place of the one before, both or neither;
        whether it was done (else: a greater term writes)."""

    async def checkpoint(self, pbx: str) -> Checkpoint | None:
        """The latest; ``None``: there is none."""

    async def read(self, after: Mapping[str, Position], wait_s: float, most: int = 100) -> Sequence[Entry]:
        """Entries after these positions, in order per exchange, at most so many of each; waits up to ``wait_s``
        seconds for the first."""

    async def close(self) -> None:
        """Let go of it."""
