"""One board's stream, without I/O: what its readers hold, the revision, and the bytes that keep them level.

Invariant: a snapshot of revision r, then the patches r+1 … n, is the snapshot of revision n.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from alerts.model import Message
from web import protocol, wire
from web.audience import Shown


class Stream:
    """The state all readers of one board share; ``rev`` grows by one with every patch or reset."""

    def __init__(self, build: str, kinds: Iterable[str] = wire.KINDS) -> None:
        self._build, self._kinds = build, tuple(kinds)
        self.rev = 0
        self._held: dict[str, dict[str, msgspec.Raw]] = {kind: {} for kind in self._kinds}
        """Encoded: a part is in one patch and in many snapshots."""
        self._told: dict[tuple[str, str], msgspec.Raw | None] = {}
        """Of what was touched since the last revision: what the readers were told before."""
        self._board = msgspec.Raw(b"null")

    def reset(self, board: wire.Board | wire.Seat) -> None:
        """Start anew: nothing is held, and readers need a snapshot before the next patch."""
        self.rev += 1
        self._held = {kind: {} for kind in self._kinds}
        self._told = {}
        self._board = msgspec.Raw(protocol.encode(msgspec.structs.asdict(board)))

    @property
    def floor(self) -> Mapping[str, Mapping[str, msgspec.Raw]]:
        """What the readers have after the next patch, encoded."""
        return self._held

    def put(self, shown: Shown | None) -> None:
        """Say how an entity looks now; what looks as before costs nothing."""
        if shown is None:
            return
        kind, id_, part = shown
        held = self._held[kind]
        before = held.get(id_)
        row = part if part is None or type(part) is msgspec.Raw else msgspec.Raw(protocol.encode(part))
        if before == row:
            return
        self._told.setdefault((kind, id_), before)
        if row is None:
            del held[id_]
        else:
            held[id_] = row

    def settle(self) -> None:
        """What was put since the last reset belongs to that revision: no patch is due for it."""
        self._told = {}

    def patch(self, now: float) -> bytes | None:
        """The patch to the next revision; ``None`` when nothing differs."""
        parts: dict[str, dict[str, msgspec.Raw]] = {}
        gone: dict[str, list[str]] = {}
        for (kind, id_), before in self._told.items():
            row = self._held[kind].get(id_)
            if row is None and before is not None:
                gone.setdefault(kind, []).append(id_)
            elif row is not None and row != before:
                parts.setdefault(kind, {})[id_] = row
        if self._told:
            self.settle()
        if not parts and not gone:
            return None
        self.rev += 1
        return protocol.encode(protocol.Patch(self.rev, now, parts, gone))

    def snapshot(self, now: float) -> bytes:
        """Everything at the present revision. Only valid right after :meth:`patch`, when nothing is outstanding."""
        floor = msgspec.Raw(protocol.encode(self._held))
        return protocol.encode(protocol.Snapshot(protocol.VERSION, self.rev, now, self._build, self._board, floor))

    def beat(self, now: float, heard: dict[str, float | None], n: int | None) -> bytes:
        """A sign of life, with the number to answer when the round trip is to be measured."""
        number: int | msgspec.UnsetType = msgspec.UNSET if n is None else n
        return protocol.encode(protocol.Beat(self.rev, now, heard, number))

    def news(self, now: float, kinds: Iterable[str]) -> bytes:
        """Word that something on record changed."""
        return protocol.encode(protocol.News(self.rev, now, sorted(kinds)))

    def message(self, now: float, told: Message) -> bytes:
        """A message to whoever reads this stream; the drill's mark is in its words."""
        return protocol.encode(
            protocol.Message(
                self.rev, now, told.id, told.alert, told.occasion, told.severity, dict(told.title), dict(told.body)
            )
        )
