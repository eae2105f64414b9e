"""Who may act: a lease has one holder until a moment, and a fencing number that counts every new holding."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from alerts.ledger.tables import leases

ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class Lease:
    """Held until then; ``fence`` goes with everything written under it."""

    holder: str
    until: float
    fence: int


def take(connection: Connection, name: str, holder: str, now: float, for_s: float, *, anew: bool) -> Lease | None:
    """Take or renew the lease; ``None``: somebody else holds it.

    :param anew: a new beginning (start of a process): the number counts up, so that what an earlier run of the same
        holder left unwritten is known to be older.
    """
    row = connection.execute(select(leases).where(leases.c.name == name)).mappings().first()
    if row is None:
        return _first(connection, Lease(holder, now + for_s, 1), name)
    if row["holder"] != holder and row["until"] > now:
        return None
    lease = Lease(holder, now + for_s, row["fence"] + (anew or row["holder"] != holder))
    # Conditional on what was read: of two who read the same, one moves the row and the other sees that it did not.
    same = (leases.c.name == name) & (leases.c.fence == row["fence"]) & (leases.c.until == row["until"])
    moved = connection.execute(
        update(leases).where(same).values(holder=lease.holder, until=lease.until, fence=lease.fence)
    )
    return lease if moved.rowcount == 1 else None


def give_up(connection: Connection, name: str, holder: str, now: float) -> None:
    """Let somebody else take it at once."""
    connection.execute(update(leases).where(leases.c.name == name, leases.c.holder == holder).values(until=now))


def fence_of(connection: Connection, name: str) -> int | None:
    """The number of the newest holding; ``None``: never held."""
    fence: int | None = connection.execute(select(leases.c.fence).where(leases.c.name == name)).scalar()
    return fence


def _first(connection: Connection, lease: Lease, name: str) -> Lease | None:
    try:
        with connection.begin_nested():
            connection.execute(
                insert(leases).values(name=name, holder=lease.holder, until=lease.until, fence=lease.fence)
            )
    except IntegrityError:
        return None
    return lease
