"""Pages may be written twice, late, or by two; what is on record stays right."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from alerts.ledger import leases, queries
from alerts.ledger.leases import ENGINE
from alerts.ledger.rows import Mark, Page, alert_row
from alerts.ledger.store import LATE, living, silences_after, write
from alerts.ledger.tables import alerts
from alerts.model import AlertStage, DeliveryState, Silence
from floor.history.database import Database
from tests.alerts.ledger.pages import breach, delivery, fired, over, states
from tests.alerts.lives import T0, book


def put(database: Database, *pages: Page) -> None:
    with database.writing() as connection:
        write(connection, pages)


def test_a_step_with_its_messages(database: Database) -> None:
    """Alert, clocks, steps and messages come back as they went in."""
    page = fired(T0)
    put(database, page)
    with database.reading() as connection:
        (case,) = living(connection, T0)
        steps = queries.transitions_of(connection, case.alert.id)
        told = queries.deliveries_of(connection, case.alert.id)
    assert (case.alert, case.pace) == (page.alerts[0].alert, page.alerts[0].pace)
    assert tuple(steps) == page.transitions
    assert {one.message.id for one in told} == {one.message.id for one in page.deliveries}


def test_written_twice(database: Database) -> None:
    """What a crash makes us write again meets itself: no step and no message twice, nothing unsent again."""
    page = fired(T0)
    put(database, page)
    sent = Mark(page.deliveries[0].message.id, DeliveryState.SENT, sent_at=T0)
    put(database, Page(marks=(sent,)))
    put(database, page, page)
    with database.reading() as connection:
        assert len(queries.transitions_of(connection, page.alerts[0].alert.id)) == len(page.transitions)
    assert states(database)[sent.id] == "sent"
    assert len(states(database)) == len(page.deliveries)


def test_older_word_does_not_win(database: Database) -> None:
    """An older page written later leaves the alert as it is."""
    story = book()
    first, last = fired(T0, into=story), over(T0 + 9, story)
    put(database, first, last)
    put(database, first)
    with database.reading() as connection:
        assert [case.alert.stage for case in living(connection, T0)] == [AlertStage.RESOLVED]
        assert living(connection, T0 + 10) == []


def test_two_alive_of_one_identity(database: Database) -> None:
    """Of two who raised the same, the newer word lives; the other ends on record, and says why."""
    older, newer = fired(T0), fired(T0 + 5)
    put(database, older, newer)
    with database.reading() as connection:
        (case,) = living(connection, T0 + 100)
        steps = queries.transitions_of(connection, older.alerts[0].alert.id)
        both = queries.alerts_between(connection, 0.0, None, 10)
    assert case.alert.id == newer.alerts[0].alert.id
    assert [one.event for one in steps] == ["fired", "superseded"]
    assert len(both) == 2
    put(database, older)
    with database.reading() as connection:
        assert [one.alert.id for one in living(connection, T0 + 100)] == [case.alert.id]


def test_the_database_itself_keeps_it(database: Database) -> None:
    """Two alive of one identity cannot be stored, whoever writes."""
    older, newer = fired(T0), fired(T0 + 5)
    rows = [alert_row(page.alerts[0]) for page in (older, newer)]
    with pytest.raises(IntegrityError), database.writing() as connection:
        connection.execute(alerts.insert(), rows)


def test_too_late(database: Database) -> None:
    """What an engine writes after another took over raises nothing and tells nobody, but is on record."""
    with database.writing() as connection:
        old = leases.take(connection, ENGINE, "one", T0, 5, anew=True)
        new = leases.take(connection, ENGINE, "two", T0 + 6, 5, anew=True)
    assert old is not None
    assert new is not None
    put(database, fired(T0 + 7, fence=old.fence))
    with database.reading() as connection:
        assert living(connection, T0 + 100) == []
        (alert,) = queries.alerts_between(connection, 0.0, None, 10)
        (told, *_) = queries.deliveries_of(connection, alert.id)
    assert alert.stage is AlertStage.RESOLVED
    assert (told.state, told.error) == (DeliveryState.FAILED, LATE)
    put(database, fired(T0 + 8, fence=new.fence))
    with database.reading() as connection:
        assert len(living(connection, T0 + 100)) == 1


def test_breach_keeps_its_excuse(database: Database) -> None:
    """The newest word on a breach wins, and nobody's excuse or dispute is wiped out by it (R-SEC-15)."""
    put(database, Page(breaches=(breach(at=T0),)))
    with database.writing() as connection:
        queries.excuse(connection, "b1", "Lee 7001", T0 + 1, "fire drill")
        queries.dispute(connection, "b1", T0 + 2, "I was away")
    put(database, Page(breaches=(breach(at=T0, value=44.0, ended_at=T0 + 60),)))
    with database.reading() as connection:
        (found,) = queries.breaches_between(connection, 0.0, None, None, None)
    assert (found.value, found.ended_at, found.excused_by, found.excuse) == (44.0, T0 + 60, "Lee 7001", "fire drill")
    assert (found.disputed_at, found.dispute) == (T0 + 2, "I was away")


def test_silences(database: Database) -> None:
    """A silence is on record until its end, and longer; lifted, it ends then."""
    silence = Silence("s1", None, None, "Lee", "works", T0, T0 + 60)
    put(database, Page(silences=(silence,)))
    with database.reading() as connection:
        assert silences_after(connection, T0 + 1) == [silence]
    put(database, Page(silences=(replace(silence, until=T0 + 5),)))
    with database.reading() as connection:
        assert silences_after(connection, T0 + 6) == []


def test_hostile_text(database: Database) -> None:
    """A NUL, half a character or no number anywhere does not hold up an alarm."""
    page = fired(T0, name="A\0nn\ud800")
    alert = replace(page.alerts[0].alert, evidence=({"at": T0, "said": "a\0b", "value": float("nan")},))
    put(database, replace(page, alerts=(replace(page.alerts[0], alert=alert),)))
    with database.reading() as connection:
        assert len(living(connection, T0)) == 1
        assert connection.execute(select(alerts.c.name)).scalar() == "Ann?"


def test_held_closed(database: Database) -> None:
    """What a person closed although it stands is taken up again, however long ago."""
    story = book()
    page = fired(T0, into=story)
    stored = page.alerts[0]
    closed = replace(
        stored,
        alert=replace(stored.alert, stage=AlertStage.RESOLVED, resolved_at=T0),
        pace=replace(stored.pace, held=True),
        stamp=T0 + 1,
    )
    put(database, page, Page(alerts=(closed,)))
    with database.reading() as connection:
        assert [case.pace.held for case in living(connection, T0 + 9e6)] == [True]


def test_joined_messages(database: Database) -> None:
    """A message that speaks of several alerts is found from each of them."""
    first, second = fired(T0, "Ann"), fired(T0, "Bob")
    ids = [page.alerts[0].alert.id for page in (first, second)]
    joined = delivery("joined", T0, alert=ids[0], also=(ids[1],))
    pages = [replace(page, deliveries=()) for page in (first, second)]
    put(database, *pages, Page(deliveries=(joined,)))
    with database.reading() as connection:
        assert [queries.deliveries_of(connection, one) for one in ids] == [[joined], [joined]]
