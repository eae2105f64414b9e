"""Backfill as a deed: reads what is stored and the exchange's queue_log, and writes what :func:`heal` found."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from floor.history import upsert
from floor.history.backfill import Doubt, Healing, heal
from floor.history.database import Database
from floor.history.queries import Interval, gaps_in, offers_in, visits_in
from floor.history.queue_log import read_queue_log

BEFORE_S = 12 * 3600.0
"""A visit that a gap cut off may have begun this long before it."""


def backfill(
    database: Database, pbx: str, source: str, *, zone: tzinfo | None = None, since: float = 0.0, dry: bool = False
) -> Healing:
    """Heal the gaps of one exchange that end after ``since`` (its clock) from its queue_log.

    ``source``: path or database URL; ``zone``: see :func:`read_queue_log`; ``dry``: only tell. May be repeated, and run
    while Floorwatch runs. Raises ``QueueLogUnreadableError`` and what the database raises.
    """
    with database.reading() as connection:
        gaps = [gap for gap in gaps_in(connection, Interval(since), pbx) if gap.ended_at is not None and not gap.healed]
        if not gaps:
            return Healing()
        begin = min(gap.began_at for gap in gaps) - BEFORE_S
        visits = [visit for visit in visits_in(connection, Interval(begin)) if visit.pbx == pbx]
        offers = [offer for offer in offers_in(connection, Interval(begin)) if offer.pbx == pbx]
    reading = read_queue_log(source, begin, zone=zone)
    healing = heal(
        pbx,
        visits=visits,
        offers=offers,
        gaps=gaps,
        records=reading.records,
        reaches_back_to=reading.reaches_back_to,
    )
    return healing if dry else _written(database, healing)


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
