"""A screen as a browser is one: it follows the stream, asks again when it missed something, and comes back when cut."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

AGAIN_S = 0.1


class Screen:
    """The board of one node; ``run`` must run."""

    def __init__(
        self,
        host: str,
        port: int,
        board: str = "default",
        *,
        patience_s: float = 2.0,
        connected: Callable[[], socket.socket] | None = None,
    ) -> None:
        """``patience_s``: who does not answer so long is gone; ``connected``: a way there, if it is not the usual."""
        self._connected = connected
        self.floor: dict[str, dict[str, Any]] = {}
        """As it stands there now; empty while there is no stream."""
        self.came = asyncio.Event()
        """Set by everything that comes."""
        self._url = f"ws://{host}:{port}/ws?board={board}"
        self._revision, self._patience_s = 0, patience_s

    async def run(self) -> None:
        """For ever."""
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(
                    self._url,
                    sock=None if self._connected is None else self._connected(),
                    max_size=None,
                    compression=None,
                    open_timeout=self._patience_s,
                    ping_timeout=self._patience_s,
                ) as stream:
                    while True:
                        # Nothing for so long: it is stale, and a browser comes anew.
                        message = json.loads(await asyncio.wait_for(stream.recv(), 3 * self._patience_s))
                        if not self._take(message):
                            await stream.send('{"t":"resync"}')
                        self.came.set()
            self.floor = {}
            self.came.set()
            await asyncio.sleep(AGAIN_S)

    def _take(self, message: dict[str, Any]) -> bool:
        if message["t"] == "snapshot":
            self.floor, self._revision = message["floor"], message["rev"]
        elif message["t"] == "patch" and self.floor:
            if message["rev"] != self._revision + 1:
                return False
            self._revision = message["rev"]
            for table, rows in message.get("set", {}).items():
                self.floor.setdefault(table, {}).update(rows)
            for table, ids in message.get("del", {}).items():
                for id in ids:
                    self.floor.get(table, {}).pop(id, None)
        return True

    async def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool], within_s: float) -> bool:
        """Whether it holds within so many seconds, looked at whenever something came or the truth may have moved."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not (self.floor and holds(self.floor)):
                    self.came.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self.came.wait(), 0.05)
                return True
        return False
