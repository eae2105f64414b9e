"""Steps of alerts to be stored, made by a real book."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from alerts.book import Book
from alerts.ledger.rows import Page, page_of
from alerts.ledger.tables import deliveries
from alerts.model import Breach, Delivery, DeliveryState, Message, Occasion, Recipient, Severity, Standing
from floor.history.database import Database
from tests.alerts.lives import RULE, agent, book, broken

LEE = Recipient(1, "Lee", "mail", "lee@floor.example")


def message(id_: str = "m1", at: float = 0.0, severity: Severity = Severity.WARN, **more: Any) -> Message:
    """To Lee, by mail."""
    plain = Message(id_, "a1", Occasion.FIRED, severity, at, LEE, {"en": "T", "zh": "题"}, {"en": "B", "zh": "文"})
    return replace(plain, **more)


def delivery(id_: str = "m1", at: float = 0.0, **more: Any) -> Delivery:
    """Waiting."""
    return Delivery(message(id_, at, **more), DeliveryState.WAITING, next_at=at)


def fired(at: float, name: str = "Ann", into: Book | None = None, fence: int | None = None) -> Page:
    """An alert that fires, with its messages."""
    effects = (into or book()).signal(broken(agent(name), Severity.WARN, at), at)
    return page_of(effects, at, fence)


def over(at: float, into: Book, name: str = "Ann") -> Page:
    """Its end."""
    signal = replace(broken(agent(name), Severity.WARN, at), standing=Standing.FINE)
    return page_of(into.signal(signal, at), at, None)


def breach(id_: str = "b1", at: float = 0.0, **more: Any) -> Breach:
    """Ann rang too long."""
    plain = Breach(id_, RULE, agent(), Severity.INFO, at, None, 15.0, 16.0, agent="Ann", evidence=({"at": at},))
    return replace(plain, **more)


def states(database: Database) -> dict[str, str]:
    """Message id -> state."""
    with database.reading() as connection:
        return {row.id: row.state for row in connection.execute(select(deliveries.c.id, deliveries.c.state))}


def count(database: Database) -> int:
    """Messages on record."""
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
