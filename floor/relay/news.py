"""What is heard of listening at an exchange, told to every node: small, in order, and worth nothing a moment later."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from floor.relay.names import news_of
from floor.relay.orders import MAX_BYTES, VERSION
from floor.relay.ports import RelayAwayError
from floor.relay.wire import Wire

log = structlog.get_logger(__name__)

WAITING = 1000
"""News that waits to be told; one more is lost, and whoever waits for it is told after its time that none came."""


class Herald:
    """Tells; ``run`` must run."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._waiting: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(WAITING)

    def tell(self, pbx: str, said: Mapping[str, str]) -> None:
        """Never blocks."""
        message = json.dumps({"v": VERSION, "said": dict(said)}).encode()
        try:
            self._waiting.put_nowait((pbx, message))
        except asyncio.QueueFull:
            log.warning("relay: news of listening is lost: too much waits", pbx=pbx)

    async def run(self) -> None:
        """For ever, in the order in which it came."""
        while True:
            pbx, message = await self._waiting.get()
            try:
                await self._wire.tell(news_of(pbx), message)
            except RelayAwayError as error:
                log.warning("relay: news of listening is lost", pbx=pbx, why=str(error))


async def hear_news(wire: Wire, pbx: str, take: Callable[[str, Mapping[str, Any]], None]) -> None:
    """Hand on what is told of this exchange, for ever; what is none is passed over."""

    def told(message: bytes) -> None:
        said = _read(message)
        if said is not None:
            take(pbx, said)

    await wire.hear(news_of(pbx), told)


def _read(message: bytes) -> Mapping[str, Any] | None:
    if len(message) > MAX_BYTES:
        return None
    try:
        body = json.loads(message)
    except (ValueError, RecursionError):
        return None
    said = body.get("said") if isinstance(body, dict) else None
    return said if isinstance(said, dict) else None
