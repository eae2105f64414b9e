"""Entities survive the way into a row or a line and back, and nothing hostile gets through."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from floor.history.database import Database
from floor.history.rows import (
    KINDS,
    Seen,
    changed_row,
    entry_of,
    identity_of,
    line_of,
    moment_of,
    row_of,
    visit_row,
)
from floor.history.tables import gaps, offers, spans, visits
from floor.history.upsert import write
from floor.state.model import Caller, CallerStage, Gap, Offer, Span
from tests.history.entities import NOW, finished, gap, lost, offer, span, stored, stored_visits, talking, waiting

EXTRA = {"id", "joined_ms", "moment", "healed"}


@pytest.mark.parametrize(("table", "kind"), [(visits, Caller), (offers, Offer), (spans, Span), (gaps, Gap)])
def test_every_field_has_its_column(table: Table, kind: type[Any]) -> None:
    """A field added to an entity without a column, or a column without a field, is found here."""
    names = {field.name for field in fields(kind)}
    assert names | EXTRA == {column.name for column in table.columns} | EXTRA
    assert names <= {column.name for column in table.columns}


TOLD = [
    waiting(),
    waiting(joined_at=None),
    talking(waiting()),
    talking(waiting(joined_at=NOW - 0.25)),
    talking(waiting(joined_at=None)),
    finished(waiting()),
    finished(waiting(joined_at=None)),
    lost(waiting()),
    replace(finished(waiting()), name="a\0b" + "x" * 2000, talk_s=2**70, hold_s=float("inf")),
]


@pytest.mark.parametrize(("before", "after"), list(product(TOLD, TOLD)))
def test_what_changed(before: Caller, after: Caller) -> None:
    """The row before with what changed is the row after, harmless too; of the same visit nothing changed."""
    changed = changed_row(before, after)
    assert visit_row(before) | changed == visit_row(after)
    assert bool(changed) == (before != after)


@pytest.mark.parametrize(
    "entry",
    [
        waiting(),
        talking(waiting()),
        finished(waiting()),
        lost(waiting()),
        offer(),
        span(),
        gap(),
        gap(ended_at=None),
        Seen("pbx", NOW),
    ],
)
def test_line_and_back(entry: Any) -> None:
    """What goes into the spill file comes out the same."""
    line = line_of(entry)
    assert line.count(b"\n") == 1
    assert entry_of(line) == entry


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"{}",
        b"[]",
        b'{"kind":"visit"}',
        b'{"kind":"nothing","is":{}}',
        b'{"kind":"visit","is":{"pbx":1}}',
        b"\xff\xfe",
        b'{"kind":["visit"],"is":{}}',
    ],
)
def test_line_that_is_none(line: bytes) -> None:
    """A line that is no entry is an error of one kind, whatever is on it."""
    with pytest.raises(ValueError, match="not a line"):
        entry_of(line)


def test_row_and_back(database: Database) -> None:
    """What goes into the database comes out the same, in both databases, to the microsecond."""
    visit = finished(waiting(joined_at=NOW + 0.123456))
    ring, work, silence = offer(ring_ms=None), span(NOW + 0.654321), gap()
    with database.writing() as connection:
        write(connection, [visit, ring, work, silence])
    assert stored(database) == ([visit], [ring], [work], [silence])


@pytest.mark.parametrize(
    "name", ["a\0b", "\ud800", "x" * 5000, "'; DROP TABLE visits; --", "张三 \U0001f600", "\x1b[31m"]
)
def test_hostile_names(database: Database, name: str) -> None:
    """A caller may call himself what he likes: it is stored without what a database refuses, and holds nobody up."""
    with database.writing() as connection:
        write(connection, [waiting(name=name, number=name, uniqueid="1.1" + name[:10])])
    (visit,) = stored_visits(database)
    assert visit.name is not None
    assert len(visit.name) <= 1000
    assert "\0" not in visit.name


def test_hostile_numbers(database: Database) -> None:
    """Numbers beyond what a column holds are cut, what is no number becomes unknown."""
    with database.writing() as connection:
        write(connection, [waiting(position=10**30, priority=-(10**30), joined_at=float("nan"))])
    (visit,) = stored_visits(database)
    assert visit.joined_at is None
    assert visit.position == 2**63 - 1


@settings(deadline=None)
@given(
    st.builds(
        Caller,
        st.text(),
        st.text(),
        st.text(),
        st.sampled_from(CallerStage),
        st.none() | st.floats(),
        name=st.none() | st.text(st.characters()),
        wait_s=st.none() | st.integers(),
    )
)
def test_any_visit_becomes_a_line(visit: Caller) -> None:
    """Whatever an entity holds, its line can be read back, and what is read back makes the same line."""
    again = entry_of(line_of(visit))
    assert line_of(again) == line_of(visit)
    assert isinstance(again, Caller)
    assert visit_row(again) == visit_row(visit)


def test_moment() -> None:
    """A visit belongs to the moment it joined; else it was answered; else it ended."""
    assert moment_of(waiting(joined_at=5.0, answered_at=7.0)) == 5.0
    assert moment_of(waiting(joined_at=None, answered_at=7.0)) == 7.0
    assert moment_of(waiting(joined_at=None, ended_at=9.0)) == 9.0
    assert moment_of(waiting(joined_at=None)) == 0.0


def test_identity() -> None:
    """Two visits of one call in one second are two."""
    assert identity_of(waiting(joined_at=5.1)) != identity_of(waiting(joined_at=5.2))
    assert identity_of(waiting(joined_at=None))[3] == 0


def test_kinds_are_whole() -> None:
    """Everything the writer takes has a word in the spill file."""
    assert {type(one) for one in (waiting(), offer(), span(), gap(), Seen("pbx", 0))} == set(KINDS.values())
    assert row_of(Seen("pbx", 1.5)) == {"pbx": "pbx", "at": 1.5}
