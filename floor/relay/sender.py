"""A node's side of orders: sent once, waited for as long as it may take, and never kept for later."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from floor.errors import AnswerLostError, LinkDownError
from floor.relay.names import answers_of, orders_of
from floor.relay.orders import START_WITHIN_S, Order, OrderError, heard, written
from floor.relay.ports import RelayAwayError
from floor.relay.wire import Wire

log = structlog.get_logger(__name__)

AWAY = "the relay is away, so the order was not sent"
NOBODY = "nobody is connected to this exchange at present, so the order was not sent"
UNANSWERED = "sent, and no answer came"
FULL = "too many orders wait for their answers; this one was not sent"
AT_ONCE = 256
"""Orders of this node that wait for answers; one more is refused."""


class NotSentError(LinkDownError):
    """Nobody has the order; a sentence says why."""


class UnansweredError(AnswerLostError):
    """Sent, and no answer came: whether it took effect is not known."""


class Sender:
    """Sends orders under the name of this node; ``run`` must run."""

    def __init__(self, wire: Wire, node: str, *, token: Callable[[], str] = lambda: secrets.token_hex(16)) -> None:
        self._wire = wire
        self._node = node
        self._token = token
        self._waiting: dict[str, asyncio.Future[Mapping[str, Any]]] = {}
        self.hears = False
        """Whether answers can reach us just now."""

    async def run(self) -> None:
        """Hear the answers, for ever."""
        await self._wire.hear(answers_of(self._node), self._take, self._heard)

    async def order(self, pbx: str, name: str, fields: Mapping[str, Any], within_s: float) -> Mapping[str, Any]:
        """What is answered; ``within_s``: what carrying it out may take.

        :raises NotSentError: it will not be carried out.
        :raises UnansweredError: perhaps it was.
        """
        if not self.hears:
            raise NotSentError(AWAY)
        if len(self._waiting) >= AT_ONCE:
            raise NotSentError(FULL)
        try:
            message = written(order := Order(self._token(), self._node, pbx, await self._wire.now(), name, fields))
        except RelayAwayError as error:
            raise NotSentError(AWAY) from error
        except OrderError as error:
            raise NotSentError(str(error)) from error
        answer: asyncio.Future[Mapping[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[order.id] = answer
        try:
            async with asyncio.timeout(START_WITHIN_S + within_s):
                if await self._wire.tell(orders_of(pbx), message) == 0:
                    raise NotSentError(NOBODY)
                return await answer
        except (TimeoutError, RelayAwayError):
            raise UnansweredError(UNANSWERED) from None
        finally:
            del self._waiting[order.id]

    def _take(self, message: bytes) -> None:
        try:
            reply = heard(message)
        except OrderError as error:
            log.warning("relay: an answer that cannot be read", why=str(error))
            return
        waits = self._waiting.get(reply.id)
        if waits is not None and not waits.done():
            waits.set_result(reply.said)

    def _heard(self, hears: bool) -> None:
        """An answer that was given while we did not hear never comes."""
        self.hears = hears
        if not hears:
            for waits in self._waiting.values():
                if not waits.done():
                    waits.set_exception(UnansweredError(UNANSWERED))
                    waits.exception()
