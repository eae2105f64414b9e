"""Lanes: each way, and each service of it, has its own few workers, so that a dead mail server holds up no phone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from alerts.model import Delivery, Message
from floor.tasks import Tasks

WAITING = 40
"""Parcels that may wait in one lane; more are put back into the ledger for a while."""
LANES = 100
"""Lanes of their own; further services share the lane of their kind."""
SPLIT = frozenset({"apprise", "webhook"})
"""Kinds behind which stand several services; their addresses begin with the service's name."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to be told, for the deliveries it stands for (several: a digest)."""

    message: Message
    deliveries: tuple[Delivery, ...]

    @property
    def attempts(self) -> int:
        return max(delivery.attempts for delivery in self.deliveries)


Work = Callable[[Parcel], Awaitable[None]]


class Lanes:
    """Parcels in, by lane; ``work`` is called for each, at most ``parallel`` at once per lane."""

    def __init__(self, tasks: Tasks, work: Work, parallel: Mapping[str, int]) -> None:
        self._tasks = tasks
        self._work = work
        self._parallel = parallel
        self._queues: dict[str, asyncio.Queue[Parcel]] = {}

    def put(self, parcel: Parcel) -> bool:
        """Whether there was room."""
        queue = self._queue(parcel.message)
        if queue.full():
            return False
        queue.put_nowait(parcel)
        return True

    def waiting(self) -> dict[str, int]:
        """Parcels not yet begun, by lane."""
        return {name: queue.qsize() for name, queue in self._queues.items()}

    def _queue(self, message: Message) -> asyncio.Queue[Parcel]:
        kind = message.recipient.kind
        name = f"{kind} {message.recipient.address.partition(':')[0]}" if kind in SPLIT else kind
        if name not in self._queues and len(self._queues) >= LANES:
            name = kind
        if name not in self._queues:
            self._queues[name] = queue = asyncio.Queue[Parcel](WAITING)
            for worker in range(self._parallel.get(kind, 1)):
                self._tasks.start(f"tell {name} {worker}", self._serve(queue))
        return self._queues[name]

    async def _serve(self, queue: asyncio.Queue[Parcel]) -> None:
        while True:
            await self._work(await queue.get())
