"""Writes a batch inside a transaction, in a way that may be repeated: a row that is already there meets itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ARRAY, Connection, Table, Text, any_, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from floor.history.bulk import insert_all, insert_new, update_each
from floor.history.days import touched
from floor.history.identity import merged, nearest
from floor.history.rows import (
    VISIT_COLUMNS,
    Entry,
    Seen,
    changed_row,
    gap_of,
    identity_of,
    moment_of,
    row_of,
    tamed,
    visit_in,
    visit_of,
    visit_row,
)
from floor.history.tables import gaps, meta, offers, spans, visits
from floor.state.model import Caller, CallerKey, Gap, Offer, Span


@dataclass(slots=True)
class _Known:
    """A visit as it will stand after the batch, and as it stood before; ``id`` is ``None`` while it has no row."""

    id: int | None
    visit: Caller
    changed: bool = False
    before: Caller | None = None


def write(connection: Connection, batch: Sequence[Entry], *, healed: bool = False) -> None:
    """Store a batch; ``healed`` marks offers that came from queue_log. Raises what the database raises."""
    # Before comparing: a name that is cut must be cut on both sides.
    write_visits(connection, [tamed(entry) for entry in batch if isinstance(entry, Caller)])
    mark = {"healed": healed}
    insert_new(connection, offers, (row_of(entry) | mark for entry in batch if isinstance(entry, Offer)))
    insert_new(connection, spans, (row_of(entry) for entry in batch if isinstance(entry, Span)))
    touched(connection, [entry.began_at for entry in batch if isinstance(entry, Offer | Span)])
    for entry in batch:
        if isinstance(entry, Gap):
            write_gap(connection, tamed(entry))
    _write_seen(connection, [tamed(entry) for entry in batch if isinstance(entry, Seen)])


def write_visits(connection: Connection, seen: Sequence[Caller]) -> None:
    """Insert or complete visits, each compared with what is stored about the same call."""
    if not seen:
        return
    known = _stored(connection, {visit.uniqueid for visit in seen})
    for visit in seen:
        _place(known.setdefault(visit.key, []), visit)
    changed = [one for ones in known.values() for one in ones if one.changed]
    touched(connection, [moment_of(one) for known in changed for one in (known.before, known.visit) if one is not None])
    insert_all(connection, visits, (visit_row(one.visit) for one in changed if one.id is None))
    stands = [(one.id, one.before, one.visit) for one in changed if one.before is not None]
    update_each(connection, visits, [changed_row(before, after) | {"row_id": id_} for id_, before, after in stands])


def insert_visits(connection: Connection, found: Sequence[Caller]) -> None:
    """Insert visits that are known to be new; one that is there already stays as it is."""
    touched(connection, [moment_of(visit) for visit in found])
    insert_new(connection, visits, map(visit_row, found))


def replace_visit(connection: Connection, before: Caller, after: Caller) -> bool:
    """Change a stored visit if it still is ``before``; whether it was."""
    pbx, queue, uniqueid, joined_ms = identity_of(before)
    same = (
        (visits.c.pbx == pbx)
        & (visits.c.queue == queue)
        & (visits.c.uniqueid == uniqueid)
        & (visits.c.joined_ms == joined_ms)
    )
    row = connection.execute(select(visits).where(same)).mappings().first()
    if row is None or visit_of(row) != before:
        return False
    touched(connection, [moment_of(before), moment_of(after)])
    connection.execute(update(visits).where(visits.c.id == row["id"]), visit_row(after))
    return True


def write_gap(connection: Connection, gap: Gap) -> None:
    """Insert a gap, or complete the one that began at the same moment; an end and a healing stay."""
    same = (gaps.c.pbx == gap.pbx) & (gaps.c.began_at == gap.began_at)
    row = connection.execute(select(gaps).where(same)).mappings().first()
    if row is None:
        insert_new(connection, gaps, [row_of(gap)])
        return
    old = gap_of(row)
    end = gap.ended_at if gap.ended_at is not None else old.ended_at
    now = replace(gap, ended_at=end, healed=gap.healed or old.healed)
    if now != old:
        connection.execute(update(gaps).where(same), row_of(now))


def _place(known: list[_Known], visit: Caller) -> None:
    index = nearest([one.visit for one in known], visit)
    if index is None:
        known.append(_Known(None, visit, changed=True))
        return
    one = known[index]
    after = merged(one.visit, visit)
    if after != one.visit:
        one.visit, one.changed = after, True


def _stored(connection: Connection, uniqueids: Iterable[str]) -> dict[CallerKey, list[_Known]]:
    found: dict[CallerKey, list[_Known]] = {}
    ids = sorted(uniqueids)
    # By place, not by name: a batch asks for a thousand rows, and a name's look-up costs as much as its value.
    query = select(visits.c.id, *(visits.c[name] for name in VISIT_COLUMNS)).order_by(visits.c.moment)
    if connection.dialect.name == "sqlite":
        result = connection.execute(query.where(visits.c.uniqueid.in_(ids)))
    else:  # one statement for any number, which the server need not plan anew each time
        result = connection.execute(query.where(visits.c.uniqueid == any_(bindparam("ids", ids, ARRAY(Text)))))
    for id_, *values in result:
        visit = visit_in(values)
        found.setdefault(visit.key, []).append(_Known(id_, visit, before=visit))
    return found


def _write_seen(connection: Connection, seen: Sequence[Seen]) -> None:
    latest: dict[str, float] = {}
    for one in seen:
        latest[one.pbx] = max(one.at, latest.get(one.pbx, one.at))
    for pbx, at in latest.items():
        insert = _insert(connection, meta).values(name=f"seen:{pbx}", value=repr(at))
        # An older moment, written again after a crash, does no harm: the gap at the next start only begins earlier.
        connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value}))


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
