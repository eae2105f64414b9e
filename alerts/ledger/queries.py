"""What is on record about alerts, and the two words people add to a breach: an excuse and a dispute."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select, update

from alerts.ledger.rows import alert_on, breach_on, delivery_on, transition_on
from alerts.ledger.tables import alerts, breaches, deliveries, transitions
from alerts.model import Alert, Breach, Delivery, Transition

MOST = 5000


def alerts_between(connection: Connection, since: float, until: float | None, limit: int) -> list[Alert]:
    """Alerts raised since then, the newest first; of several pages the caller asks with the oldest's moment."""
    query = select(alerts).where(alerts.c.raised_at >= since)
    if until is not None:
        query = query.where(alerts.c.raised_at < until)
    query = query.order_by(alerts.c.raised_at.desc(), alerts.c.id).limit(min(limit, MOST))
    return [alert_on(row) for row in connection.execute(query).mappings()]


def transitions_of(connection: Connection, alert: str) -> list[Transition]:
    """Every step of an alert, in order."""
    query = select(transitions).where(transitions.c.alert == alert).order_by(transitions.c.id)
    return [transition_on(row) for row in connection.execute(query).mappings()]


def deliveries_of(connection: Connection, alert: str) -> list[Delivery]:
    """Messages that speak of an alert, in order."""
    begun = select(alerts.c.raised_at).where(alerts.c.id == alert).scalar_subquery()
    joined = deliveries.c.also.contains(f" {alert} ", autoescape=True) & (deliveries.c.at >= begun)
    query = (
        select(deliveries).where(or_(deliveries.c.alert == alert, joined)).order_by(deliveries.c.at, deliveries.c.id)
    )
    return [delivery_on(row) for row in connection.execute(query).mappings()]


def breaches_between(
    connection: Connection,
    since: float,
    until: float | None,
    agent: tuple[str, str] | None,
    rule: str | None,
) -> list[Breach]:
    """Breaches that began since then, the newest first, excused ones included."""
    query = select(breaches).where(breaches.c.began_at >= since)
    if until is not None:
        query = query.where(breaches.c.began_at < until)
    if agent is not None:
        query = query.where(breaches.c.pbx == agent[0], breaches.c.agent == agent[1])
    if rule is not None:
        query = query.where(breaches.c.rule == rule)
    query = query.order_by(breaches.c.began_at.desc(), breaches.c.id).limit(MOST)
    return [breach_on(row) for row in connection.execute(query).mappings()]


def excuse(connection: Connection, breach: str, by: str, at: float, reason: str) -> Breach | None:
    """A named person excuses it; it stays on record as excused (R-SEC-15)."""
    return _said(connection, breach, {"excused_by": by, "excused_at": at, "excuse": reason})


def dispute(connection: Connection, breach: str, at: float, text: str) -> Breach | None:
    """Whom it concerns disagrees."""
    return _said(connection, breach, {"disputed_at": at, "dispute": text})


def _said(connection: Connection, breach: str, words: dict[str, Any]) -> Breach | None:
    connection.execute(update(breaches).where(breaches.c.id == breach).values(words))
    row = connection.execute(select(breaches).where(breaches.c.id == breach)).mappings().first()
    return None if row is None else breach_on(row)
