"""The relay within one process: for tests, and the shortest description of what a relay does."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from floor.relay.ports import Checkpoint, Entry, Position, RelayAwayError


class MemoryRelay:
    """Keeps the latest ``length`` entries of every exchange."""

    def __init__(self, length: int = 20_000) -> None:
        self.away = False
        """Pretend that it cannot be reached."""
        self._length = length
        self._entries: defaultdict[str, list[Entry]] = defaultdict(list)
        self._last: dict[str, Position] = {}
        self._checkpoints: dict[str, Checkpoint] = {}
        self._news = asyncio.Event()

    async def last(self, pbx: str) -> Position | None:
        self._reach()
        return self._last.get(pbx)

    async def publish(self, entries: Sequence[Entry]) -> Collection[str]:
        self._reach()
        return {entry.pbx for entry in entries if not self._append(entry)}

    async def keep(self, entry: Entry, checkpoint: bytes) -> bool:
        self._reach()
        if not self._append(entry):
            return False
        self._checkpoints[entry.pbx] = Checkpoint(entry.position, checkpoint)
        return True

    async def checkpoint(self, pbx: str) -> Checkpoint | None:
        self._reach()
        return self._checkpoints.get(pbx)

    async def read(self, after: Mapping[str, Position], wait_s: float, most: int = 100) -> Sequence[Entry]:
        self._reach()
        if not (found := self._found(after, most)) and wait_s > 0:
            self._news.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
            except TimeoutError:
                return ()
            self._reach()
            found = self._found(after, most)
        return found

    async def close(self) -> None:
        """Nothing is held."""

    def forget(self) -> None:
        """As a Redis without a disk that is started anew."""
        self._entries.clear()
        self._last.clear()
        self._checkpoints.clear()

    def _append(self, entry: Entry) -> bool:
        last = self._last.get(entry.pbx)
        if last is not None and entry.position <= last:
            return False
        self._last[entry.pbx] = entry.position
        entries = self._entries[entry.pbx]
        entries.append(entry)
        del entries[: -self._length]
        self._news.set()
        return True

    def _found(self, after: Mapping[str, Position], most: int) -> list[Entry]:
        return [
            entry
            for pbx, position in after.items()
            for entry in [one for one in self._entries.get(pbx, ()) if one.position > position][:most]
        ]

    def _reach(self) -> None:
        if self.away:
            self._news.set()
            raise RelayAwayError("relay: it is away")
