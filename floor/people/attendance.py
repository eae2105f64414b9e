"""Who is signed in now: the sign-ins that stand, in memory, as the database has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select, update

from floor.people.tables import sign_ins

WRITE_EVERY_S = 15.0
"""Activity is written no more often; a crash forgets no more of it than this and a round of writing."""
CLOCKS_DIFFER_S = 60.0
"""Between machines, at most."""


@dataclass(slots=True)
class Live:
    """One sign-in that stands; ``digest`` is all that is kept of its secret."""

    id: str
    person: int
    digest: str
    address: str
    began_at: float
    seen_at: float
    until: float
    locked_at: float | None = None
    written_at: float = 0.0
    """When ``seen_at`` was last written."""


class Attendance:
    """By id, by digest, by person."""

    def __init__(self) -> None:
        self._by_id: dict[str, Live] = {}
        self._by_digest: dict[str, Live] = {}
        self._present: frozenset[int] = frozenset()

    def __iter__(self) -> Iterator[Live]:
        return iter(tuple(self._by_id.values()))

    def replace(self, found: list[Live]) -> None:
        """What the database says; what we saw ourselves since it was written stays."""
        stand = [self._joined(live) for live in found]
        self._by_id = {live.id: live for live in stand}
        self._by_digest = {live.digest: live for live in stand}
        self._tell()

    def _joined(self, live: Live) -> Live:
        known = self._by_id.get(live.id)
        if known is None:
            return live
        known.seen_at, known.locked_at = max(live.seen_at, known.seen_at), live.locked_at
        return known

    def put(self, live: Live) -> None:
        """A person has one sign-in: others of his end here."""
        for other in [one for one in self._by_id.values() if one.person == live.person]:
            self._forget(other)
        self._by_id[live.id] = self._by_digest[live.digest] = live
        self._tell()

    def drop(self, id_: str) -> None:
        """It ended."""
        live = self._by_id.get(id_)
        if live is not None:
            self._forget(live)
            self._tell()

    def by_digest(self, digest: str) -> Live | None:
        return self._by_digest.get(digest)

    def by_id(self, id_: str) -> Live | None:
        return self._by_id.get(id_)

    def present(self) -> frozenset[int]:
        """Persons who are signed in, at a locked screen or not: a leader on his round is on the floor (R-SUP-4)."""
        return self._present

    def _forget(self, live: Live) -> None:
        self._by_id.pop(live.id, None)
        self._by_digest.pop(live.digest, None)

    def _tell(self) -> None:
        self._present = frozenset(live.person for live in self._by_id.values())


def standing(connection: Connection, digest: str | None = None) -> list[Live]:
    """Sign-ins that have not ended; only the one of this digest."""
    wanted = select(sign_ins).where(sign_ins.c.ended_at.is_(None))
    if digest is not None:
        wanted = wanted.where(sign_ins.c.secret == digest)
    return [
        Live(
            id=row.id,
            person=row.person,
            digest=row.secret,
            address=row.address,
            began_at=row.began_at,
            seen_at=row.seen_at,
            until=row.until,
            locked_at=row.locked_at,
            written_at=row.seen_at,
        )
        for row in connection.execute(wanted)
    ]


def write(connection: Connection, live: Live) -> None:
    """A sign-in begins."""
    connection.execute(
        insert(sign_ins).values(
            id=live.id,
            person=live.person,
            secret=live.digest,
            address=live.address,
            began_at=live.began_at,
            seen_at=live.seen_at,
            until=live.until,
        )
    )


def write_seen(connection: Connection, seen: Mapping[str, float]) -> None:
    """When each of these did something the last time."""
    for id_, at in seen.items():
        connection.execute(update(sign_ins).where(sign_ins.c.id == id_, sign_ins.c.seen_at < at).values(seen_at=at))


def write_lock(connection: Connection, id_: str, at: float, idle_s: float) -> bool:
    """Lock it, unless another process saw him meanwhile; whether it was locked by this."""
    open_ = (sign_ins.c.id == id_) & sign_ins.c.locked_at.is_(None) & sign_ins.c.ended_at.is_(None)
    # Seen later than now: the clock was set back, and how long ago it really was is not known.
    idle = or_(sign_ins.c.seen_at <= at - idle_s, sign_ins.c.seen_at > at + CLOCKS_DIFFER_S)
    return connection.execute(update(sign_ins).where(open_, idle).values(locked_at=at)).rowcount > 0


def write_unlock(connection: Connection, id_: str, at: float) -> bool:
    """He gave his password again; whether the sign-in still stood."""
    stands = (sign_ins.c.id == id_) & sign_ins.c.ended_at.is_(None)
    return connection.execute(update(sign_ins).where(stands).values(locked_at=None, seen_at=at)).rowcount > 0


def write_end(connection: Connection, id_: str, why: str, at: float) -> bool:
    """It is over; whether it was not before."""
    stands = (sign_ins.c.id == id_) & sign_ins.c.ended_at.is_(None)
    return connection.execute(update(sign_ins).where(stands).values(ended_at=at, why=why)).rowcount > 0
