"""A node and the process at the exchange, over one wire, with a switchboard that remembers what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from floor.ports import Announced, Answer, Reached
from floor.relay.clerk import Clerk, by_switchboard
from floor.relay.sender import Sender
from floor.relay.switchboard import RemoteSwitchboard
from floor.relay.wire import Wire
from floor.tasks import Tasks

PBX = "hq"


class Told:
    """A switchboard: every command is remembered and answered alike."""

    def __init__(self) -> None:
        self.got: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.came = asyncio.Event()
        self.may = asyncio.Event()
        """Whether it answers."""
        self.may.set()
        self.answer = Answer(True, "done")
        self.announced = Announced(Reached.ANSWERED, "1", "pressed")

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def command(*given: Any, **named: Any) -> Any:
            self.got.append((name, given, named))
            self.came.set()
            await self.may.wait()
            return self.announced if name == "announce" else self.answer

        return command


class Both:
    """``async with``: the node may order."""

    def __init__(self, node: Wire, exchange: Wire) -> None:
        self.told = Told()
        self.sender = Sender(node, "node-1")
        self.board = RemoteSwitchboard(self.sender)
        self.clerk = self._clerk(exchange)
        self.tasks = Tasks()
        self._exchange = exchange

    def _clerk(self, wire: Wire) -> Clerk:
        return Clerk(wire, [PBX], by_switchboard(self.told))  # type: ignore[arg-type]

    async def __aenter__(self) -> Both:
        self.tasks.start("answers", self.sender.run())
        for name, work in self.clerk.works():
            self.tasks.start(name, work())
        # Who hears announces himself to nobody.
        while not self.sender.hears or await self._exchange.tell(f"orders:{PBX}", b"?") == 0:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        return self

    def second_clerk(self) -> None:
        """One more that holds the same exchange."""
        for name, work in self._clerk(self._exchange).works():
            self.tasks.start(name, work())

    async def __aexit__(self, *_: object) -> None:
        await self.clerk.stop()
        await self.tasks.stop()
