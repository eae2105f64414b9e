"""What was done is on record for good."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DatabaseError

from floor.clock import SystemClock
from floor.history.database import Database
from floor.people.deeds import Actor, Deed, about, record
from floor.people.tables import deeds
from tests.history.entities import NOW


def test_about_somebody(database: Database) -> None:
    """What he did and what was done to him, the newest first, with what was before."""
    with database.writing() as connection:
        record(connection, NOW, Deed.SIGNED_IN, Actor("ann", 1, "192.0.2.1"), 1)
        record(
            connection, NOW + 1, Deed.PERSON_CHANGED, Actor("ann", 1), 2, before={"name": "旧"}, after={"name": "新"}
        )
        record(connection, NOW + 2, Deed.REFUSED, Actor("", None, "192.0.2.9"), 3)
    with database.reading() as connection:
        changed, signed = about(connection, 1)
        assert (changed.what, changed.before, changed.after) == (Deed.PERSON_CHANGED, {"name": "旧"}, {"name": "新"})
        assert (signed.at, signed.actor) == (NOW, Actor("ann", 1, "192.0.2.1"))
        assert [done.what for done in about(connection, 2)] == [Deed.PERSON_CHANGED]
        assert len(about(connection, 1, limit=1)) == 1


@pytest.mark.parametrize(
    "attack", [delete(deeds), update(deeds).values(at=0.0), text("DELETE FROM deeds WHERE id = 1")]
)
def test_nobody_changes_the_record(database: Database, attack: object) -> None:
    """R-SEC-12: the database itself refuses, by its own clock, whoever asks."""
    now = SystemClock().now()
    with database.writing() as connection:
        record(connection, now, Deed.SIGNED_IN, Actor("ann", 1), 1)
    with pytest.raises(DatabaseError, match="only added"), database.writing() as connection:
        connection.execute(attack)  # type: ignore[call-overload]
    with database.reading() as connection:
        assert [done.at for done in about(connection, 1)] == [now]
