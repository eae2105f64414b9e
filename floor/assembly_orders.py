"""The way back over the relay, put together: orders and listening, at the exchange and on a node."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from contextlib import AsyncExitStack
from functools import partial
from typing import Any
from uuid import uuid4

from asterisk.afar import FarLinks
from asterisk.ears import ExchangeEars
from asterisk.spies import Spies
from asterisk.spying import SpyOrders
from floor.assembly_exchanges import Exchanges
from floor.ports import Clock
from floor.relay.clerk import Clerk, by_switchboard
from floor.relay.news import Herald, hear_news
from floor.relay.sender import Sender
from floor.relay.switchboard import RemoteSwitchboard
from floor.relay.wire import Wire
from floor.sections.listening import ListeningSettings
from floor.tasks import Tasks

Works = Collection[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]


class OrdersHere:
    """Beside the links: carries out what nodes order, and tells them what is heard of their listening."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.herald = Herald(wire)

    def begin(self, exchanges: Exchanges, stack: AsyncExitStack, tasks: Tasks) -> None:
        """From now on, until ``stack`` is left."""
        work = {**by_switchboard(exchanges.switchboard), **SpyOrders(exchanges.links).works()}
        clerk = Clerk(self._wire, exchanges.links, work)
        stack.push_async_callback(self._wire.close)
        stack.push_async_callback(clerk.stop)
        tasks.start("news of listening", self.herald.run())
        for name, hear in clerk.works():
            tasks.start(name, hear())

    async def close(self) -> None:
        """After all tasks."""
        await self._wire.close()


class OrdersAfar:
    """On a node: a switchboard and ears whose links another process holds."""

    def __init__(self, wire: Wire, pbxs: Collection[str], listening: ListeningSettings, clock: Clock) -> None:
        self._wire, self._pbxs = wire, tuple(pbxs)
        self._sender = Sender(wire, uuid4().hex)
        self.switchboard = RemoteSwitchboard(self._sender)
        spies = Spies()
        self.far = FarLinks(pbxs, self._sender.order, spies)
        self.ears = ExchangeEars(listening, self.far.links, spies, clock)

    def begin(self, tasks: Tasks) -> None:
        """From now on; ``far`` is to hear what the floor tells."""
        tasks.start("answers to orders", self._sender.run())
        tasks.start("exchanges afar", self.far.keep())
        for pbx in self._pbxs:
            tasks.start(f"news of listening {pbx}", partial(hear_news, self._wire, pbx, self.far.told)())

    async def close(self) -> None:
        """After all tasks."""
        await self._wire.close()
