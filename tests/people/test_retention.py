"""What is on record about people leaves when it is too old, and not before."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from floor.history.database import Database
from floor.people.deeds import Actor, Deed, about, record
from floor.people.retention import prune
from floor.people.tables import sign_ins

T0 = 1_700_000_000.0


def signed_in(id_: str, at: float, ended_at: float | None) -> dict[str, object]:
    return {
        "id": id_, "person": 1, "secret": id_, "address": "192.0.2.1",
        "began_at": at, "seen_at": at, "until": at + 9, "ended_at": ended_at,
    }  # fmt: skip


def test_old_rows_go_in_batches_and_what_stands_stays(database: Database) -> None:
    """Deeds by their moment, sign-ins by their end; one that never ended stands."""
    with database.writing() as connection:
        for n in range(5):
            record(connection, T0 + n, Deed.SIGNED_IN, Actor("ann", 1), 1)
        rows = [signed_in("old", T0, T0 + 1), signed_in("stands", T0, None), signed_in("new", T0, T0 + 100)]
        connection.execute(insert(sign_ins), rows)
        assert prune(connection, T0 + 3, limit=2) == 3
        assert prune(connection, T0 + 3, limit=2) == 1
        assert prune(connection, T0 + 3, limit=2) == 0
        assert [one.at for one in about(connection, 1)] == [T0 + 4, T0 + 3]
        left = set(connection.execute(select(sign_ins.c.id)).scalars())
        assert left == {"stands", "new"}
        assert connection.execute(select(func.count()).select_from(sign_ins)).scalar() == 2
