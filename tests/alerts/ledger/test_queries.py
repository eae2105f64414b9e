"""Pages find what is on record, the newest first, within the time they ask for."""

from __future__ import annotations

from alerts.ledger import queries
from alerts.ledger.rows import Page
from alerts.ledger.store import write
from floor.history.database import Database
from tests.alerts.ledger.pages import breach, fired
from tests.alerts.lives import T0


def test_alerts(database: Database) -> None:
    """Alerts raised between two moments; a limit keeps the newest."""
    with database.writing() as connection:
        write(connection, [fired(T0 + n, f"a{n}") for n in range(4)])
    with database.reading() as connection:
        found = queries.alerts_between(connection, T0 + 1, T0 + 3, 10)
        assert [one.subject.name for one in found] == ["a2", "a1"]
        assert [one.subject.name for one in queries.alerts_between(connection, 0.0, None, 1)] == ["a3"]


def test_breaches(database: Database) -> None:
    """Breaches by time, agent and rule, excused ones included."""
    with database.writing() as connection:
        write(
            connection,
            [Page(breaches=(breach("b1", T0), breach("b2", T0 + 9, agent="Bob"), breach("b3", T0 + 5, rule="R-X")))],
        )
        assert queries.excuse(connection, "b1", "Lee", T0, "system") is not None
        assert queries.excuse(connection, "none", "Lee", T0, "system") is None
        assert queries.dispute(connection, "none", T0, "no") is None
    with database.reading() as connection:
        every = queries.breaches_between(connection, 0.0, None, None, None)
        assert [one.id for one in every] == ["b2", "b3", "b1"]
        assert [one.id for one in queries.breaches_between(connection, 0.0, T0 + 5, None, None)] == ["b1"]
        ann = queries.breaches_between(connection, 0.0, None, ("pbx1", "Ann"), "R-X")
        assert [one.id for one in ann] == ["b3"]
