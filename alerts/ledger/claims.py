"""Deliveries by claim: of several processes one delivers each message, and a claim that runs out is anybody's again."""

from __future__ import annotations

from sqlalchemy import Connection, and_, func, or_, select, update

from alerts.ledger import CLAIM_S
from alerts.ledger.rows import delivery_on
from alerts.ledger.tables import deliveries
from alerts.model import Delivery, DeliveryState

WAITING, CLAIMED = DeliveryState.WAITING.value, DeliveryState.CLAIMED.value


def claim(connection: Connection, holder: str, now: float, limit: int) -> list[Delivery]:
    """Take up to ``limit`` that are due: the weightiest first, then the oldest. Each row moves by a conditional
    update, so that of two who saw it one has it."""
    free = or_(
        and_(deliveries.c.state == WAITING, deliveries.c.next_at <= now),
        and_(deliveries.c.state == CLAIMED, deliveries.c.claimed_until <= now),
    )
    query = select(deliveries).where(free).order_by(deliveries.c.weight.desc(), deliveries.c.at, deliveries.c.id)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    taken: list[Delivery] = []
    for row in connection.execute(query.limit(limit)).mappings().all():
        values = {
            "state": CLAIMED,
            "attempts": row["attempts"] + 1,
            "claimed_by": holder,
            "claimed_until": now + CLAIM_S,
        }
        mine = (deliveries.c.id == row["id"]) & free
        if connection.execute(update(deliveries).where(mine).values(values)).rowcount == 1:
            taken.append(delivery_on({**row, **values}))
    return taken


def let_go(connection: Connection, now: float) -> None:
    """What an earlier holder claimed can be claimed at once: whoever has just taken the engine's lease is the only one
    who tells, and nobody is to wait for a claim of the dead. Should it live after all, the message's id tells it."""
    held = (deliveries.c.state == CLAIMED) & (deliveries.c.claimed_until > now)
    connection.execute(update(deliveries).where(held).values(claimed_until=now))


def next_at(connection: Connection) -> float | None:
    """The earliest moment at which a delivery can be claimed."""
    waits = select(func.min(deliveries.c.next_at)).where(deliveries.c.state == WAITING)
    runs_out = select(func.min(deliveries.c.claimed_until)).where(deliveries.c.state == CLAIMED)
    found = [connection.execute(query).scalar() for query in (waits, runs_out)]
    return min((at for at in found if at is not None), default=None)
