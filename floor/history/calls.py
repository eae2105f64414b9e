"""One call on record: its visits to queues, the rings for it, and what its agents did meanwhile."""

from __future__ import annotations

from sqlalchemy import Connection, select, union

from floor.history.rows import offer_of, span_of, visit_of
from floor.history.tables import offers, spans, visits
from floor.ports import CallRecord
from floor.state.model import Caller, Span

LONGEST_S = 4 * 3600.0
"""Nothing of a call is looked for later than this after its first second."""
SLACK_S = 60.0
"""How far the exchange's clock, which its ids tell, may differ from the one events were dated by."""
MOST = 500
"""Rows of each kind; no call has more, and no row that is wrong may make an answer endless."""


def call_in(connection: Connection, pbx: str, call: str, since: float) -> CallRecord:
    """What is on record of a call, by its Linkedid or the Uniqueid of a caller.

    ``since``: the call's first second on the exchange's clock, which both ids begin with; it keeps the search short.
    """
    found = _visits(connection, pbx, call, since)
    ids = sorted({visit.uniqueid for visit in found} | {call})
    asked = select(offers).where(offers.c.call.in_(ids), offers.c.pbx == pbx).order_by(offers.c.began_at).limit(MOST)
    rings = [offer_of(row) for row in connection.execute(asked).mappings()]
    agents = sorted({visit.agent for visit in found if visit.agent is not None} | {ring.agent for ring in rings})
    return CallRecord(found, rings, _spans(connection, pbx, ids, agents, since))


def _visits(connection: Connection, pbx: str, call: str, since: float) -> list[Caller]:
    """Its caller's own, and others of the same call, who came to a queue later; each by its index.

    The exchange is compared afterwards: SQLite takes an index that begins with it for the better one, and with one
    exchange would look through all there is.
    """
    column = visits.c
    own = select(visits).where(column.uniqueid == call)
    when = column.moment.between(since - SLACK_S, since + LONGEST_S)
    later = select(visits).where(column.linkedid == call, column.linkedid != column.uniqueid, when)
    both = union(own, later).order_by("moment", "id").limit(MOST)
    return [visit_of(row) for row in connection.execute(both).mappings() if row["pbx"] == pbx]


def _spans(connection: Connection, pbx: str, ids: list[str], agents: list[str], since: float) -> list[Span]:
    column = spans.c
    when = column.began_at.between(since - SLACK_S, since + LONGEST_S)
    asked = select(spans).where(column.pbx == pbx, when, column.call.in_(ids))
    if agents:
        asked = asked.where(column.agent.in_(agents))
    rows = connection.execute(asked.order_by(column.began_at).limit(MOST)).mappings()
    return [span_of(row) for row in rows]
