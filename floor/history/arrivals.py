"""Callers who joined, by quarters of an hour: what forecasts are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from floor.history.queries import Interval, gaps_in
from floor.history.tables import visits
from floor.ports import Arrivals
from floor.state.figures import TURNED_AWAY

QUARTER_S = 900
"""Every time zone is off by a whole number of them."""


def arrivals_in(
    connection: Connection,
    stretches: Sequence[tuple[float, float]],
    queues: Sequence[tuple[str, str]],
    offsets: Mapping[str, float] | None = None,
) -> Arrivals:
    """Callers of all queues in these stretches (our clock); since when ``queues`` are known; gaps without a record.

    Who was turned away at the door did not join, as in all figures. ``offsets``: exchange clock minus ours, seconds.
    """
    shift = offsets or {}
    counts: Counter[tuple[str, str, int]] = Counter()
    for since, until in stretches:
        wide = Interval(since + min(0.0, *shift.values(), 0.0), until + max(0.0, *shift.values(), 0.0))
        for pbx, queue, joined in _joined(connection, wide):
            at = joined - shift.get(pbx, 0.0)
            if since <= at < until:
                counts[pbx, queue, int(at // QUARTER_S)] += 1
    return Arrivals(counts, dict(_first(connection, queues, shift)), _gaps(connection, stretches, shift))


def _joined(connection: Connection, interval: Interval) -> list[tuple[str, str, float]]:
    turned_away = visits.c.ending.in_([ending.value for ending in TURNED_AWAY])
    joined = interval.of(visits.c.moment) & visits.c.joined_at.is_not(None)
    query = select(visits.c.pbx, visits.c.queue, visits.c.joined_at).where(
        joined, visits.c.ending.is_(None) | ~turned_away
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def _first(
    connection: Connection, queues: Sequence[tuple[str, str]], shift: Mapping[str, float]
) -> list[tuple[tuple[str, str], float]]:
    """One look into an index per queue."""
    found = []
    for pbx, queue in queues:
        query = select(func.min(visits.c.moment)).where(visits.c.pbx == pbx, visits.c.queue == queue)
        moment = connection.execute(query).scalar()
        if moment is not None:
            found.append(((pbx, queue), moment - shift.get(pbx, 0.0)))
    return found


def _gaps(
    connection: Connection, stretches: Sequence[tuple[float, float]], shift: Mapping[str, float]
) -> list[tuple[str, float, float | None]]:
    if not stretches:
        return []
    widest = max(map(abs, shift.values()), default=0.0)
    span = Interval(min(since for since, _ in stretches) - widest, max(until for _, until in stretches) + widest)
    return [
        (gap.pbx, gap.began_at - by_s, None if gap.ended_at is None else gap.ended_at - by_s)
        for gap in gaps_in(connection, span)
        if not gap.healed
        for by_s in (shift.get(gap.pbx, 0.0),)
    ]
