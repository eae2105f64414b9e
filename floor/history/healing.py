"""Backfill as a deed: reads what is stored and the exchange's queue_log, and writes what :func:`heal` found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import tzinfo

from floor.history import upsert
from floor.history.backfill import Doubt, Healing, heal
from floor.history.database import Database
from floor.history.queries import Interval, gaps_in, offers_in, visits_in
from floor.history.queue_log import read_queue_log
from floor.state.model import CallerKey, Gap

AROUND_S = 12 * 3600.0
"""A visit that a gap cut off may have begun this long before it, and ended this long after."""


def backfill(
    database: Database,
    pbx: str,
    source: str,
    *,
    zone: tzinfo | None = None,
    since: float = 0.0,
    dry: bool = False,
    followed: Collection[CallerKey] = (),
) -> Healing:
    """Heal the gaps of one exchange that end after ``since`` (its clock) from its queue_log.

    ``source``: path or database URL; ``zone``: see :func:`read_queue_log`; ``dry``: only tell; ``followed``: see
    :func:`heal`. May be repeated, and run beside a running Floorwatch. Raises ``QueueLogUnreadableError`` and what the
    database raises.
    """
    total = Healing()
    with database.reading() as connection:
        gaps = [gap for gap in gaps_in(connection, Interval(since), pbx) if gap.ended_at is not None and not gap.healed]
    for cluster in _clusters(gaps):
        healing = _looked_at(database, pbx, source, zone, cluster, followed)
        total.add(healing if dry else _written(database, healing))
    return total


def _clusters(gaps: list[Gap]) -> list[list[Gap]]:
    """Gaps that lie close together are looked at together, so that a month between two is not read."""
    clusters: list[list[Gap]] = []
    for gap in sorted(gaps, key=lambda one: one.began_at):
        if clusters and gap.began_at <= max(one.ended_at or 0.0 for one in clusters[-1]) + AROUND_S:
            clusters[-1].append(gap)
        else:
            clusters.append([gap])
    return clusters


def _looked_at(
    database: Database,
    pbx: str,
    source: str,
    zone: tzinfo | None,
    gaps: list[Gap],
    followed: Collection[CallerKey],
) -> Healing:
    begin = min(gap.began_at for gap in gaps) - AROUND_S
    until = max(gap.ended_at or 0.0 for gap in gaps) + AROUND_S
    with database.reading() as connection:
        visits = [visit for visit in visits_in(connection, Interval(begin, until)) if visit.pbx == pbx]
        offers = [offer for offer in offers_in(connection, Interval(begin, until)) if offer.pbx == pbx]
    reading = read_queue_log(source, begin, until, zone)
    return heal(
        pbx,
        visits=visits,
        offers=offers,
        gaps=gaps,
        records=reading.records,
        reaches_back_to=reading.reaches_back_to,
        followed=followed,
    )


def _written(database: Database, healing: Healing) -> Healing:
    """Write it in one transaction; what changed meanwhile is left for the next time."""
    with database.writing() as connection:
        upsert.insert_visits(connection, healing.inserted)
        for one in list(healing.completed):
            if not upsert.replace_visit(connection, one.before, one.after):
                healing.completed.remove(one)
                healing.doubts.append(
                    Doubt(one.before.joined_at or 0.0, one.before.queue, one.before.uniqueid, "changed meanwhile")
                )
                healing.unhealed.extend((replace(gap, healed=False), "changed meanwhile") for gap in healing.healed)
                healing.healed.clear()
        upsert.write(connection, [*healing.offers], healed=True)
        upsert.write(connection, [*healing.healed])
    return healing
