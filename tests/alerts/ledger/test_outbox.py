"""Messages in memory are claimed as from the database, while that refuses."""

from __future__ import annotations

from alerts.ledger import CLAIM_S
from alerts.ledger.outbox import Outbox
from alerts.ledger.rows import Mark
from alerts.model import DeliveryState, Severity
from tests.alerts.ledger.pages import delivery
from tests.alerts.lives import T0


def ids(outbox: Outbox, at: float, limit: int = 20) -> list[str]:
    return [one.message.id for one in outbox.claim("one", at, limit)]


def test_claimed_like_the_database() -> None:
    """Weightiest and oldest first, only what is due, nothing twice within a claim's time."""
    outbox = Outbox()
    outbox.put(
        [delivery("warn", T0), delivery("fire", T0 + 1, severity=Severity.EMERGENCY), delivery("later", T0 + 99)]
    )
    assert ids(outbox, T0 + 2, 1) == ["fire"]
    assert ids(outbox, T0 + 2) == ["warn"]
    assert ids(outbox, T0 + 2) == []
    assert outbox.next_at() == T0 + 99
    assert set(ids(outbox, T0 + 2 + CLAIM_S)) == {"fire", "warn", "later"}


def test_marks() -> None:
    """What is sent or given up leaves; what failed for now comes back at its time."""
    outbox = Outbox()
    outbox.put([delivery("sent", T0), delivery("failed", T0), delivery("busy", T0)])
    ids(outbox, T0)
    outbox.mark(Mark("sent", DeliveryState.SENT, sent_at=T0))
    outbox.mark(Mark("failed", DeliveryState.FAILED, error="no such address"))
    outbox.mark(Mark("busy", DeliveryState.WAITING, next_at=T0 + 30, error="busy"))
    outbox.mark(Mark("unknown", DeliveryState.SENT))
    assert (len(outbox), ids(outbox, T0 + 29)) == (1, [])
    (again,) = outbox.claim("one", T0 + 30, 5)
    assert (again.attempts, again.error) == (2, "busy")


def test_bounded() -> None:
    """When it is full the oldest goes; what is old is the database's alone."""
    outbox = Outbox(keep=3)
    outbox.put([delivery(f"m{n}", T0 + n) for n in range(5)])
    assert ids(outbox, T0 + 9) == ["m2", "m3", "m4"]
    outbox.forget(T0 + 4)
    assert len(outbox) == 1
