"""Writes pages into the database inside a transaction, in a way that may be repeated, and reads living alerts back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from alerts.case import FLOOR, Case
from alerts.ledger.leases import ENGINE, fence_of
from alerts.ledger.rows import (
    Mark,
    Page,
    Stored,
    alert_row,
    breach_row,
    case_on,
    delivery_row,
    silence_on,
    silence_row,
    transition_row,
)
from alerts.ledger.tables import alerts, breaches, deliveries, silences, transitions
from alerts.lifecycle import AlertEvent
from alerts.model import AlertStage, Breach, Delivery, DeliveryState, Silence

Row = dict[str, Any]
RESOLVED = AlertStage.RESOLVED.value
LATE = "another Floorwatch acts on this floor; it tells"
_EXCUSE = ("excused_by", "excused_at", "excuse", "disputed_at", "dispute")


def write(connection: Connection, pages: Sequence[Page]) -> None:
    """Store pages in order. Raises what the database raises; then nothing of them is stored."""
    fence = fence_of(connection, ENGINE) if any(page.fence is not None for page in pages) else None
    steps: list[Row] = []
    messages: list[Row] = []
    for page in pages:
        late = page.fence is not None and fence is not None and page.fence < fence
        for stored in page.alerts:
            steps += _write_alert(connection, stored, late=late)
        steps += [transition_row(one) for one in page.transitions]
        messages += _delivery_rows(page.deliveries, late=late)
    # One statement for all rows of a kind: each statement costs as much as some dozens of rows.
    _insert_new(connection, transitions, steps)
    _insert_new(connection, deliveries, messages)
    for silence in (one for page in pages for one in page.silences):
        _upsert(connection, silences, silence_row(silence))
    _write_breaches(connection, [one for page in pages for one in page.breaches])
    for mark in (one for page in pages for one in page.marks):
        _write_mark(connection, mark)


def living(connection: Connection, since: float) -> list[Case]:
    """Alerts not resolved, those somebody holds closed, and those resolved since (re-open window), oldest first."""
    query = select(alerts).where(or_(alerts.c.stage != RESOLVED, alerts.c.held, alerts.c.resolved_at >= since))
    return [case_on(row) for row in connection.execute(query.order_by(alerts.c.raised_at)).mappings()]


def silences_after(connection: Connection, now: float) -> list[Silence]:
    """Silences still in force."""
    query = select(silences).where(silences.c.until > now).order_by(silences.c.began_at)
    return [silence_on(row) for row in connection.execute(query).mappings()]


def _write_alert(connection: Connection, stored: Stored, *, late: bool) -> list[Row]:
    """Returns steps that follow from it."""
    row, steps = alert_row(stored), []
    if row["stage"] != RESOLVED:
        twins = connection.execute(_TWINS, {"of": row["key"], "but": row["id"]}).all()
        if late or any(twin.stamp > row["stamp"] for twin in twins):
            # Somebody who knows better has the word on this; that it was, stays on record.
            _insert_new(connection, alerts, [row | {"stage": RESOLVED, "resolved_at": stored.stamp}])
            return []
        steps = [_supersede(connection, twin.id, twin.stage, stored.stamp) for twin in twins]
    connection.execute(_alert_saved(connection.dialect.name), [row])
    return steps


_TWINS = select(alerts.c.id, alerts.c.stage, alerts.c.stamp).where(
    alerts.c.key == bindparam("of"), alerts.c.id != bindparam("but"), alerts.c.stage != RESOLVED
)


# Statements are made once: making one costs more than running it, and a busy floor turns some thirty pages a second.
@cache
def _alert_saved(dialect: str) -> Executable:
    insert = _insert(dialect, alerts)
    said = {column.name: insert.excluded[column.name] for column in alerts.c}
    return insert.on_conflict_do_update(index_elements=["id"], set_=said, where=insert.excluded.stamp >= alerts.c.stamp)


def _supersede(connection: Connection, id_: str, stage: str, at: float) -> Row:
    """Of two alive of one identity the older word ends; both remain on record. Returns the step."""
    connection.execute(update(alerts).where(alerts.c.id == id_).values(stage=RESOLVED, resolved_at=at))
    step = {"alert": id_, "at": at, "before": stage, "after": RESOLVED, "actor": FLOOR}
    return step | {"event": AlertEvent.SUPERSEDED.value, "value": None, "reason": None}


def _delivery_rows(found: Iterable[Delivery], *, late: bool) -> list[Row]:
    rows = [delivery_row(one) for one in found]
    if late:
        for row in rows:
            row |= {"state": DeliveryState.FAILED.value, "error": LATE}
    return rows


def _write_breaches(connection: Connection, found: Sequence[Breach]) -> None:
    """The newest word wins, but nobody's excuse or dispute is wiped out by it."""
    if found:
        connection.execute(_breach_saved(connection.dialect.name), [breach_row(one) for one in found])


@cache
def _breach_saved(dialect: str) -> Executable:
    insert = _insert(dialect, breaches)
    said = {
        column.name: func.coalesce(insert.excluded[column.name], column)
        if column.name in _EXCUSE
        else insert.excluded[column.name]
        for column in breaches.c
    }
    return insert.on_conflict_do_update(index_elements=["id"], set_=said)


def _write_mark(connection: Connection, mark: Mark) -> None:
    """What is sent stays sent, whoever else says what afterwards."""
    values: dict[str, Any] = {
        "state": mark.state.value,
        "next_at": mark.next_at,
        "sent_at": mark.sent_at,
        "error": mark.error,
        "claimed_by": None,
        "claimed_until": None,
    }
    if mark.attempts:
        values["attempts"] = mark.attempts
    not_sent = deliveries.c.state != DeliveryState.SENT.value
    connection.execute(update(deliveries).where(deliveries.c.id == mark.id, not_sent).values(values))


def _upsert(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    insert = _insert(connection.dialect.name, table).values(row)
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_=row))


def _insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_new_kept(connection.dialect.name, table), list(rows))


@cache
def _new_kept(dialect: str, table: Table) -> Executable:
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
