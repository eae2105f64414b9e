"""Screens as a process beside the product: ``python -m tests.bench.viewers URL SCREENS AHEAD_S BOARD …``.

``AHEAD_S``: what the exchange's stamps are ahead of our clock. Says ``{"open": n}`` once every screen has its first
picture, then answers each line with what has been seen since the one before. On each board one screen reads
every patch: an agent whose ``since`` is new has just changed, at the moment that ``since`` says. The others only note
which revision came when, so that a hundred screens are watched at the price of a few.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import Counter
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.bench.spread import Spread

PATIENCE_S = 150.0
KEPT_REVISIONS = 1000
STAMPED = ("ringing", "talking", "holding", "outbound", "paused")
"""States whose since is the stamp of the event that brought them."""
_REVISION = re.compile(rb'"rev":(\d+)')


class Board:
    """What came when, on the screens of one board."""

    def __init__(self) -> None:
        self.seen = Spread()
        self.counts: Counter[str] = Counter()
        self.bytes = 0
        self._since: dict[str, float] = {}
        self._stamps: dict[int, list[float]] = {}
        self._came: dict[int, list[float]] = {}
        """Revision -> when it came to screens before it was read by the one that reads."""

    def noted(self, data: bytes, now: float) -> None:
        """A screen got a message."""
        self.bytes += len(data)
        kind = data[6:11]  # {"t":"patch" …
        self.counts["patch" if kind == b"patch" else "other"] += 1
        if kind != b"patch":
            return
        found = _REVISION.search(data, 0, 60)
        if found is None:
            return
        revision = int(found[1])
        stamps = self._stamps.get(revision)
        if stamps is None:
            self._came.setdefault(revision, []).append(now)
        else:
            for stamp in stamps:
                self.seen.add(now - stamp)

    def read(self, data: bytes, ahead_s: float) -> None:
        """The reading screen got a message: whose state is new, and since when on our clock."""
        message: dict[str, Any] = msgspec.json.decode(data)
        told = message.get("floor") or message.get("set") or {}
        fresh = [one for id_, one in told.get("agents", {}).items() if self._since.get(id_) != one["since"]]
        self._since.update((id_, one["since"]) for id_, one in told.get("agents", {}).items())
        if message["t"] != "patch":
            return
        stamps = [one["since"] - ahead_s for one in fresh if one["state"] in STAMPED]
        revision = message["rev"]
        self._stamps[revision] = stamps
        for came in self._came.pop(revision, []):
            for stamp in stamps:
                self.seen.add(came - stamp)
        self._stamps.pop(revision - KEPT_REVISIONS, None)
        self._came.pop(revision - KEPT_REVISIONS, None)


class Screens:
    """All of them."""

    def __init__(self, url: str, ahead_s: float, boards: list[str]) -> None:
        self._url, self._ahead_s = url.replace("http", "ws", 1), ahead_s
        self.boards = {name: Board() for name in boards}
        self.lost = 0

    async def watch(self, name: str, reads: bool, opened: asyncio.Future[None]) -> None:
        """One screen, until it is cancelled."""
        board = self.boards[name]
        try:
            async with connect(f"{self._url}/ws?board={name}", max_size=None, compression=None) as stream:
                first = await stream.recv(decode=False)
                if reads:
                    board.read(first, self._ahead_s)
                opened.set_result(None)
                await self._follow(board, stream, reads)
        except (OSError, ConnectionClosed):
            self.lost += 1

    async def _follow(self, board: Board, stream: ClientConnection, reads: bool) -> None:
        while True:
            data = await stream.recv(decode=False)
            board.noted(data, time.time())
            if reads:
                board.read(data, self._ahead_s)

    def told(self) -> dict[str, Any]:
        """Since the last time: how long from stamp to socket over all screens, messages, bytes."""
        seen, counts = Spread(), Counter[str]()
        for board in self.boards.values():
            seen.merge(board.seen)
            counts += board.counts
            board.seen, board.counts = Spread(), Counter()
        size = sum(board.bytes for board in self.boards.values())
        return {"seen_ms": seen.told_ms(), "messages": counts, "bytes": size, "lost": self.lost}


async def serve(screens: Screens, count: int) -> None:
    """Open them all, and answer until nobody asks any more."""
    names, running, opened = list(screens.boards), [], []
    for number in range(count):
        opened.append(asyncio.get_running_loop().create_future())
        name = names[number % len(names)]
        running.append(asyncio.ensure_future(screens.watch(name, number < len(names), opened[-1])))
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*opened)
    print(json.dumps({"open": count}), flush=True)
    asked = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    while await asked.readline():
        print(json.dumps(screens.told()), flush=True)
    for screen in running:
        screen.cancel()


if __name__ == "__main__":
    url, count, ahead_s, *boards = sys.argv[1:]
    asyncio.run(serve(Screens(url, float(ahead_s), boards), int(count)))
