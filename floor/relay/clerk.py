"""Where orders of the nodes are carried out: beside the links to the exchanges.

An order is carried out at most once, and soon or never: one that is older than :data:`START_WITHIN_S` by the relay's
clock is refused (we may have been stopped meanwhile), and so is one that somebody has claimed before, whether we before
we were started anew or another that holds the same exchange. Who may order what was judged on the node, which also
keeps the audit; what an order may hold is judged here again, and once more where it becomes an action.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import asdict
from typing import Any

import structlog

from floor.ports import Switchboard
from floor.relay.names import answers_of, claim_of, orders_of
from floor.relay.orders import MAX_BYTES, ORDERS, START_WITHIN_S, Order, OrderError, Reply, addressed, read, replied
from floor.relay.ports import RelayAwayError
from floor.relay.wire import Wire
from floor.tasks import Tasks

log = structlog.get_logger(__name__)

AT_ONCE = 64
"""Orders being carried out; one more is refused, and who sent it is told so."""
CLAIMED_S = 60.0
"""How long an order's id is remembered; long before, the order itself is too old."""
OLD = "the order came too late and was not carried out; do it again if it is still wanted"
FULL = "too many orders are being carried out at this exchange; this one was not"

Work = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Carries out one order at this exchange, with these fields; returns what is answered. Raises nothing."""


class Clerk:
    """Takes the orders for some exchanges; ``works`` must run."""

    def __init__(self, wire: Wire, pbxs: Collection[str], work: Mapping[str, Work]) -> None:
        """``work``: by an order's name; what is not in it is refused."""
        self._wire = wire
        self._pbxs = tuple(pbxs)
        self._work = work
        self._tasks = Tasks()

    def works(self) -> Collection[tuple[str, Callable[[], Coroutine[Any, Any, None]]]]:
        """What must run, by name."""
        return [(f"orders {pbx}", self._hearing(pbx)) for pbx in self._pbxs]

    def _hearing(self, pbx: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def hear() -> None:
            await self._wire.hear(orders_of(pbx), lambda message: self._take(pbx, message))

        return hear

    def _take(self, pbx: str, message: bytes) -> None:
        full = len(self._tasks) >= AT_ONCE
        if full and len(self._tasks) >= 2 * AT_ONCE:
            return  # not even refusals: whoever sends so many waits and is told that no answer came
        self._tasks.start("order", self._refuse(message, FULL) if full else self._serve(pbx, message))

    async def _serve(self, pbx: str, message: bytes) -> None:
        try:
            order = read(message)
            if order.pbx != pbx or order.name not in self._work:
                raise OrderError("the order is for somebody else")
        except OrderError as error:
            await self._refuse(message, str(error))
            return
        try:
            age = await self._wire.now() - order.at
            if not 0 <= age + START_WITHIN_S <= 2 * START_WITHIN_S:
                await self._refuse(message, OLD)
            elif await self._wire.claim(claim_of(order.id), CLAIMED_S):
                await self._carry_out(order)
        except RelayAwayError as error:
            log.warning("relay: an order was not carried out", order=order.name, pbx=pbx, why=str(error))

    async def _carry_out(self, order: Order) -> None:
        log.info("relay: order", order=order.name, pbx=order.pbx, node=order.node, id=order.id)
        said = await self._work[order.name](order.pbx, order.fields)
        await self._answer(order.node, Reply(order.id, said))

    async def _refuse(self, message: bytes, why: str) -> None:
        log.warning("relay: an order is refused", why=why)
        if (address := addressed(message)) is not None:
            await self._answer(address[1], Reply(address[0], {"ok": False, "message": why, "refused": True}))

    async def _answer(self, node: str, reply: Reply) -> None:
        message = replied(reply)
        try:
            await self._wire.tell(answers_of(node), message if len(message) <= MAX_BYTES else _cut(reply))
        except RelayAwayError as error:
            log.warning("relay: an answer could not be sent", node=node, why=str(error))

    async def stop(self) -> None:
        """Carry out nothing more; what was sent to an exchange is its own now."""
        await self._tasks.stop()


def _cut(reply: Reply) -> bytes:
    return replied(Reply(reply.id, {"ok": reply.said.get("ok") is True, "message": ""}))


SWITCHBOARD = tuple(name for name in ORDERS if hasattr(Switchboard, name))


def by_switchboard(board: Switchboard) -> dict[str, Work]:
    """The orders of a switchboard, carried out on this one."""

    def work_of(name: str) -> Work:
        command = getattr(board, name)

        async def work(pbx: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
            return asdict(await command(pbx, **fields))

        return work

    return {name: work_of(name) for name in SWITCHBOARD}
