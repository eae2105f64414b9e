"""Many rows in one statement, the same on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from floor.history.bulk import insert_all, insert_new, update_each
from floor.history.database import Database
from floor.history.rows import row_of, visit_row
from floor.history.tables import offers, visits
from tests.history.entities import NOW, finished, offer, stored, stored_visits, waiting

CALLS = [finished(waiting(f"{n}.0", NOW + n / 7, name='O\'Brien "张三" \\ 😀 \n\t')) for n in range(50)]


def test_rows_arrive_as_they_were(database: Database) -> None:
    """Texts of every script and quote, and moments to the last bit, come back as they went in."""
    with database.writing() as connection:
        insert_all(connection, visits, [visit_row(one) for one in CALLS])
    assert stored_visits(database) == CALLS


def test_one_that_is_there_stays(database: Database) -> None:
    """A ring that is there already meets itself; those beside it get in."""
    rings = [offer("1.1"), offer("2.2"), offer("3.3")]
    rows = [row_of(one) | {"healed": False} for one in rings]
    with database.writing() as connection:
        insert_new(connection, offers, rows[:2])
        insert_new(connection, offers, rows)
        insert_new(connection, offers, [])
    assert stored(database)[1] == rings


def test_a_visit_that_is_there_is_an_error(database: Database) -> None:
    """Where nothing may be there, what is there is told and nothing is written."""
    with database.writing() as connection:
        insert_all(connection, visits, [visit_row(CALLS[0])])
    with pytest.raises(IntegrityError), database.writing() as connection:
        insert_all(connection, visits, [visit_row(CALLS[1]), visit_row(CALLS[0])])
    assert stored_visits(database) == CALLS[:1]


def test_each_is_changed_by_its_number(database: Database) -> None:
    """Every row gets its own values, also those that become unknown."""
    with database.writing() as connection:
        insert_all(connection, visits, [visit_row(one) for one in CALLS])
        numbers = {row[0]: row[1] for row in connection.execute(select(visits.c.uniqueid, visits.c.id))}
        changed = [replace(one, talk_s=n, name=None) for n, one in enumerate(CALLS)]
        update_each(connection, visits, [visit_row(one) | {"row_id": numbers[one.uniqueid]} for one in changed[:20]])
        update_each(connection, visits, [])
    assert stored_visits(database) == [*changed[:20], *CALLS[20:]]


def test_each_names_its_own_columns(database: Database) -> None:
    """Rows that change different columns go together: nothing else of theirs is touched."""
    with database.writing() as connection:
        insert_all(connection, visits, [visit_row(one) for one in CALLS])
        numbers = {row[0]: row[1] for row in connection.execute(select(visits.c.uniqueid, visits.c.id))}
        changes = [{"talk_s": 7} if n % 2 else {"name": "Li", "agent": None} for n in range(50)]
        rows = [change | {"row_id": numbers[one.uniqueid]} for one, change in zip(CALLS, changes, strict=True)]
        update_each(connection, visits, rows)
    assert stored_visits(database) == [
        replace(one, talk_s=7) if n % 2 else replace(one, name="Li", agent=None) for n, one in enumerate(CALLS)
    ]
