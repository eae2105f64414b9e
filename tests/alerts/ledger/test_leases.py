"""Of several engines one acts, and everybody can tell whose word is the newer."""

from __future__ import annotations

import threading

from alerts.ledger.leases import Lease, fence_of, give_up, take
from floor.history.database import Database
from tests.alerts.lives import T0


def taken(database: Database, holder: str, at: float, *, anew: bool = False) -> Lease | None:
    with database.writing() as connection:
        return take(connection, "engine", holder, at, 30, anew=anew)


def test_one_holder(database: Database) -> None:
    """Who holds it renews it; another gets it when it runs out, under a higher number."""
    assert taken(database, "one", T0) == Lease("one", T0 + 30, 1)
    assert taken(database, "two", T0 + 29) is None
    assert taken(database, "one", T0 + 20) == Lease("one", T0 + 50, 1)
    assert taken(database, "two", T0 + 51) == Lease("two", T0 + 81, 2)
    assert taken(database, "one", T0 + 52) is None


def test_restart(database: Database) -> None:
    """The same Floorwatch, started anew, has it at once, under a higher number: its earlier word is older."""
    taken(database, "one", T0, anew=True)
    assert taken(database, "one", T0 + 1, anew=True) == Lease("one", T0 + 31, 2)


def test_given_up(database: Database) -> None:
    """Who stops in order makes room at once."""
    taken(database, "one", T0)
    with database.writing() as connection:
        give_up(connection, "engine", "one", T0 + 1)
    assert taken(database, "two", T0 + 2) == Lease("two", T0 + 32, 2)
    with database.reading() as connection:
        assert (fence_of(connection, "engine"), fence_of(connection, "other")) == (2, None)


def test_all_at_once(database: Database) -> None:
    """However many reach for it in the same moment, one gets it."""
    found: list[Lease] = []

    def reach(holder: str) -> None:
        mine = Database(database.url.render_as_string(hide_password=False), busy_s=10)
        lease = taken(mine, holder, T0)
        if lease is not None:
            found.append(lease)
        mine.close()

    threads = [threading.Thread(target=reach, args=(f"h{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
