"""Messages this process has stored or means to, in memory: what is claimed from while the database refuses.

Bounded: when it is full the oldest goes, which the database has, or the spill file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alerts.ledger import CLAIM_S
from alerts.ledger.rows import Mark
from alerts.model import SEVERITIES, Delivery, DeliveryState

KEEP = 5000
KEEP_S = 900.0
"""What another process may have delivered meanwhile is not kept for longer."""

OPEN = (DeliveryState.WAITING, DeliveryState.CLAIMED)


class Outbox:
    """Deliveries not yet sent or given up, by message id, oldest first."""

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self._open: dict[str, Delivery] = {}

    def __len__(self) -> int:
        return len(self._open)

    def put(self, deliveries: Iterable[Delivery]) -> None:
        """New ones."""
        for one in deliveries:
            self._open.setdefault(one.message.id, one)
        while len(self._open) > self._keep:
            del self._open[next(iter(self._open))]

    def claim(self, holder: str, now: float, limit: int) -> list[Delivery]:
        """As from the database: due ones, the weightiest and oldest first."""
        due = [one for one in self._open.values() if _due_at(one) <= now]
        due.sort(key=lambda one: (-SEVERITIES.index(one.message.severity), one.message.at, one.message.id))
        taken = [
            replace(
                one,
                state=DeliveryState.CLAIMED,
                attempts=one.attempts + 1,
                claimed_by=holder,
                claimed_until=now + CLAIM_S,
            )
            for one in due[:limit]
        ]
        self.note(taken)
        return taken

    def note(self, claimed: Iterable[Delivery]) -> None:
        """Claimed in the database."""
        for one in claimed:
            self._open[one.message.id] = one

    def mark(self, mark: Mark) -> None:
        """What became of one."""
        one = self._open.get(mark.id)
        if one is None:
            return
        if mark.state in OPEN:
            self._open[mark.id] = replace(
                one, state=mark.state, next_at=mark.next_at, error=mark.error, claimed_by=None, claimed_until=None
            )
        else:
            del self._open[mark.id]

    def forget(self, before: float) -> None:
        """What was to be told before then is the database's alone."""
        old = [id_ for id_, one in self._open.items() if max(one.message.at, one.next_at) < before]
        for id_ in old:
            del self._open[id_]

    def next_at(self) -> float | None:
        return min((_due_at(one) for one in self._open.values()), default=None)


def _due_at(delivery: Delivery) -> float:
    if delivery.state is DeliveryState.CLAIMED:
        return delivery.claimed_until or 0.0
    return delivery.next_at
