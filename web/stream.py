"""One board's stream, without I/O: what its readers hold, the revision, and the bytes that keep them level.

Invariant: a snapshot of revision r, then the patches r+1 … n, is the snapshot of revision n.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from web import protocol, wire
from web.audience import Shown


class Stream:
    """The state all readers of one board share; ``rev`` grows by one with every patch or reset."""

    def __init__(self, build: str) -> None:
        self._build = build
        self.rev = 0
        self._held: dict[str, dict[str, wire.Part]] = {kind: {} for kind in wire.KINDS}
        self._set: dict[str, dict[str, wire.Part]] = {}
        self._gone: dict[str, set[str]] = {}
        self._board = msgspec.Raw(b"null")
        self._floor: msgspec.Raw | None = None

    def reset(self, board: wire.Board) -> None:
        """Start anew: nothing is held, and readers need a snapshot before the next patch."""
        self.rev += 1
        self._held = {kind: {} for kind in wire.KINDS}
        self._set, self._gone = {}, {}
        self._board = msgspec.Raw(protocol.encode(msgspec.structs.asdict(board)))
        self._floor = None

    @property
    def floor(self) -> Mapping[str, Mapping[str, wire.Part]]:
        """What the readers have after the next patch."""
        return self._held

    def holds(self, kind: str, id_: str) -> bool:
        """Whether the readers have this entity."""
        return id_ in self._held[kind]

    def put(self, shown: Shown | None) -> None:
        """Say how an entity looks now; what looks as before costs nothing."""
        if shown is None:
            return
        kind, id_, part = shown
        held = self._held[kind]
        if held.get(id_) == part:
            return
        if part is None:
            del held[id_]
            self._set.get(kind, {}).pop(id_, None)
            self._gone.setdefault(kind, set()).add(id_)
        else:
            held[id_] = part
            self._set.setdefault(kind, {})[id_] = part
            self._gone.get(kind, set()).discard(id_)

    def settle(self) -> None:
        """What was put since the last reset belongs to that revision: no patch is due for it."""
        self._set, self._gone, self._floor = {}, {}, None

    def patch(self, now: float) -> bytes | None:
        """The patch to the next revision; ``None`` when nothing differs."""
        parts = {kind: entities for kind, entities in self._set.items() if entities}
        gone = {kind: sorted(ids) for kind, ids in self._gone.items() if ids}
        if not parts and not gone:
            return None
        self.rev += 1
        self.settle()
        return protocol.encode(protocol.Patch(self.rev, now, parts, gone))

    def snapshot(self, now: float) -> bytes:
        """Everything at the present revision. Only valid right after :meth:`patch`, when nothing is outstanding."""
        if self._floor is None:
            self._floor = msgspec.Raw(protocol.encode(self._held))
        message = protocol.Snapshot(protocol.VERSION, self.rev, now, self._build, self._board, self._floor)
        return protocol.encode(message)

    def beat(self, now: float, heard: dict[str, float | None], n: int | None) -> bytes:
        """A sign of life, with the number to answer when the round trip is to be measured."""
        number: int | msgspec.UnsetType = msgspec.UNSET if n is None else n
        return protocol.encode(protocol.Beat(self.rev, now, heard, number))
