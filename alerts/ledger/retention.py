"""Forgets what is older than its kind is to be kept, a little at a time so that writing never waits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Column, Connection, Table, delete, select

from alerts.ledger.tables import alerts, breaches, deliveries, silences, transitions
from alerts.model import AlertStage, DeliveryState

DAY_S = 86400.0
BATCH = 500


@dataclass(frozen=True, slots=True)
class KeepDays:
    """Days by kind."""

    alerts: int = 1100
    breaches: int = 1100
    deliveries: int = 180


def prune(connection: Connection, now: float, keep: KeepDays, limit: int = BATCH) -> int:
    """Delete up to ``limit`` rows per kind; how many went, 0 when all is done.

    A living alert with its steps stays, however old, and so does a breach that lasts.
    """
    over = alerts.c.stage == AlertStage.RESOLVED.value
    old_alerts = select(alerts.c.id).where(over, alerts.c.resolved_at < now - keep.alerts * DAY_S)
    ids = list(connection.execute(old_alerts.order_by(alerts.c.resolved_at).limit(limit)).scalars())
    connection.execute(delete(transitions).where(transitions.c.alert.in_(ids)))
    gone = connection.execute(delete(alerts).where(alerts.c.id.in_(ids))).rowcount
    gone += _prune(
        connection, breaches, breaches.c.began_at, now - keep.breaches * DAY_S, limit, breaches.c.ended_at.is_not(None)
    )
    done = deliveries.c.state.in_([DeliveryState.SENT.value, DeliveryState.FAILED.value])
    gone += _prune(connection, deliveries, deliveries.c.at, now - keep.deliveries * DAY_S, limit, done)
    return gone + _prune(connection, silences, silences.c.until, now - keep.alerts * DAY_S, limit)


def _prune(connection: Connection, table: Table, age: Column[float], before: float, limit: int, *only: object) -> int:
    old = select(table.c.id).where(age < before, *only)  # type: ignore[arg-type]
    return connection.execute(delete(table).where(table.c.id.in_(old.order_by(age).limit(limit)))).rowcount
