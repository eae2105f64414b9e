"""Each kind is kept for its days; what lives or waits is kept."""

from __future__ import annotations

from alerts.ledger import queries
from alerts.ledger.retention import DAY_S, KeepDays, prune
from alerts.ledger.rows import Mark, Page
from alerts.ledger.store import living, write
from alerts.model import DeliveryState, Silence
from floor.history.database import Database
from tests.alerts.ledger.pages import breach, count, delivery, fired, over
from tests.alerts.lives import T0, book

KEEP = KeepDays(alerts=10, breaches=20, deliveries=5)


def test_by_kind(database: Database) -> None:
    """What is over goes with its steps; a living alert, an open breach and an unsent message stay."""
    story = book()
    pages = [
        fired(T0, "Ann", story), over(T0 + 1, story, "Ann"), fired(T0, "Bob", story),
        Page(breaches=(breach("old", T0, ended_at=T0 + 1), breach("open", T0))),
        Page(deliveries=(delivery("unsent", T0), delivery("sent", T0))),
        Page(marks=(Mark("sent", DeliveryState.SENT, sent_at=T0),)),
        Page(silences=(Silence("s", None, None, "Lee", "works", T0, T0 + 9),)),
    ]  # fmt: skip
    with database.writing() as connection:
        write(connection, pages)
        before = count_of(connection)
        assert prune(connection, T0 + 2 * DAY_S, KEEP) == 0
        assert count_of(connection) == before
    with database.writing() as connection:
        while prune(connection, T0 + 30 * DAY_S, KEEP, limit=1):
            pass
        assert [case.alert.subject.name for case in living(connection, 0.0)] == ["Bob"]
        assert [one.id for one in queries.breaches_between(connection, 0.0, None, None, None)] == ["open"]
        assert queries.transitions_of(connection, pages[0].alerts[0].alert.id) == []
    assert count(database) == 1 + len(pages[0].deliveries) + len(pages[1].deliveries) + len(pages[2].deliveries)


def count_of(connection: object) -> int:
    """Alerts on record."""
    return len(queries.alerts_between(connection, 0.0, None, 100))  # type: ignore[arg-type]
