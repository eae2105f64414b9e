"""The record of alerts in the database: what happened to each, who was told, and who may act.

What a deliverer needs of it is :class:`Deliveries`; :class:`alerts.ledger.ledger.Ledger` implements it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from alerts.model import Delivery

CLAIM_S = 120.0
"""How long a claim holds; whoever has neither delivered nor failed by then is taken for dead, and the delivery is
claimed anew (told at least once; receivers know a repetition by ``Message.id``)."""


class Deliveries(Protocol):
    """The messages that are to be told, stored before anybody claims them. Nothing here raises because of the
    database: while it refuses, messages are claimed from memory."""

    @property
    def waiting(self) -> asyncio.Event:
        """Set whenever something new may be claimed; the deliverer clears it before it claims."""

    async def claim_deliveries(self, holder: str, now: float, limit: int = 20) -> Sequence[Delivery]:
        """Up to ``limit`` deliveries that are due and nobody else's, the weightiest and oldest first; they are
        ``holder``'s until ``now + CLAIM_S``. ``attempts`` counts this one."""

    async def next_delivery_at(self) -> float | None:
        """When the earliest of those that wait for a later moment, or whose claim may run out, is due."""

    async def delivered(self, id: str, at: float) -> None:
        """The receiver has it; ``id`` is ``Message.id``."""

    async def failed(self, id: str, error: str, next_at: float | None) -> None:
        """It did not get through; ``next_at``: try again then, ``None``: never (FAILED). ``error`` is shown on the
        alert and must hold no secret."""
