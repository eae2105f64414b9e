"""The ledger as engine, deliverer and pages use it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alerts.book import Book
from alerts.case import Effects
from alerts.ledger import CLAIM_S
from alerts.ledger.ledger import Ledger
from alerts.ledger.retention import KeepDays
from alerts.ledger.writer import PageLimits
from alerts.model import DeliveryState, Severity
from floor.backoff import Backoff
from floor.history.database import Database
from floor.history.errors import DatabaseUnusableError
from floor.tasks import Tasks
from tests.alerts.ledger.pages import breach, delivery, states
from tests.alerts.ledger.test_writer import break_it, mend_it
from tests.alerts.lives import agent, book, broken
from tests.history.entities import ManualClock

PROMPT = PageLimits(spill_after_s=0.0, retry=Backoff(0.01, cap_s=0.02))


def fire(clock: ManualClock, into: Book | None = None) -> Effects:
    return (into or book()).signal(broken(agent(), Severity.WARN, clock.now()), clock.now())


@pytest.fixture
async def ledger(database: Database, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Ledger]:
    """Open, and writing."""
    one = Ledger(database, tmp_path, clock, holder="one", limits=PROMPT, keep=KeepDays(1, 1, 1))
    await one.open()
    tasks = Tasks()
    tasks.start("ledger", one.run())
    yield one
    await tasks.stop()
    await one.close()


async def test_stored_before_claimed(ledger: Ledger, database: Database, clock: ManualClock) -> None:
    """A message is on record before anybody may claim it."""
    effects = fire(clock)
    ledger.record(effects, clock.now())
    assert ledger.waiting.is_set()
    claimed = await ledger.claim_deliveries("one", clock.now())
    assert {one.message.id for one in claimed} == {one.message.id for one in effects.messages}
    assert set(states(database).values()) == {"claimed"}
    assert await ledger.next_delivery_at() == clock.now() + CLAIM_S


async def test_told_failed_and_given_up(ledger: Ledger, database: Database, clock: ManualClock) -> None:
    """What became of a message is on record, with the reason."""
    ledger.put_messages([delivery(name, clock.now()) for name in ("ok", "busy", "wrong")])
    await ledger.claim_deliveries("one", clock.now())
    await ledger.delivered("ok", clock.now())
    await ledger.failed("busy", "the server is busy", clock.now() + 30)
    await ledger.failed("wrong", "no such address", None)
    found = {one.message.id: one for one in await ledger.deliveries("a1")}
    assert found["ok"].state is DeliveryState.SENT
    assert (found["busy"].state, found["busy"].attempts) == (DeliveryState.WAITING, 1)
    assert (found["wrong"].state, found["wrong"].error) == (DeliveryState.FAILED, "no such address")
    assert await ledger.next_delivery_at() == clock.now() + 30


async def test_messages_go_out_while_the_database_refuses(
    ledger: Ledger, database: Database, clock: ManualClock
) -> None:
    """They are claimed from memory, once; and afterwards the record knows what became of them."""
    break_it(database)
    ledger.put_messages([delivery("m1", clock.now())])
    (claimed,) = await ledger.claim_deliveries("one", clock.now())
    assert await ledger.claim_deliveries("one", clock.now()) == []
    assert "taken the record of alerts" in (ledger.health() or "")
    assert "告警" in (ledger.health("zh") or "")
    await ledger.delivered(claimed.message.id, clock.now())
    mend_it(database)
    for _ in range(200):
        if await ledger.flush():
            break
        await asyncio.sleep(0.02)
    assert states(database) == {"m1": "sent"}
    assert ledger.health() is None


async def test_killed_between_claim_and_delivery(
    ledger: Ledger, database: Database, tmp_path: Path, clock: ManualClock
) -> None:
    """Who is killed with a message in his hands leaves it to the next, under the same id."""
    ledger.put_messages([delivery("m1", clock.now())])
    await ledger.claim_deliveries("one", clock.now())
    other = Ledger(database, tmp_path / "other", clock, holder="two", limits=PROMPT)
    assert await other.claim_deliveries("two", clock.now()) == []
    clock.pass_by(CLAIM_S)
    (again,) = await other.claim_deliveries("two", clock.now())
    assert (again.message.id, again.attempts) == ("m1", 2)


async def test_lease(ledger: Ledger, database: Database, tmp_path: Path, clock: ManualClock) -> None:
    """One engine acts; when it stops in order the other may at once."""
    other = Ledger(database, tmp_path / "other", clock, holder="two", limits=PROMPT)
    assert await ledger.lease(30) is not None
    assert await other.lease(30) is None
    await ledger.close()
    assert await other.lease(30) is not None


async def test_taken_up(ledger: Ledger, clock: ManualClock) -> None:
    """What lives is read back with its clocks."""
    effects = fire(clock)
    ledger.record(effects, clock.now())
    assert await ledger.flush()
    (case,), silences = await ledger.living(300)
    assert (case.alert.id, case.pace.escalate_at) == (next(iter(effects.cases)), clock.now() + 600)
    assert silences == []
    assert [one.event for one in await ledger.transitions(case.alert.id)] == ["fired"]
    assert [one.id for one in await ledger.history(0.0, None, 5)] == [case.alert.id]


async def test_breaches(ledger: Ledger, clock: ManualClock) -> None:
    """A breach said a moment ago can be excused and disputed at once."""
    ledger.put_breach(breach(at=clock.now()))
    excused = await ledger.excuse("b1", "Lee 7001", clock.now(), "system down")
    assert excused is not None
    assert excused.excuse == "system down"
    disputed = await ledger.dispute("b1", clock.now(), "not mine")
    assert disputed is not None
    assert await ledger.breaches(0.0, None, None, None) == [disputed]


async def test_pruned(ledger: Ledger, clock: ManualClock) -> None:
    """What is older than its days goes."""
    ledger.put_breach(breach(at=clock.now(), ended_at=clock.now()))
    await ledger.flush()
    clock.pass_by(2 * 86400)
    assert await ledger.prune() == 1


async def test_questions_while_it_refuses(ledger: Ledger, database: Database) -> None:
    """A question only the record can answer says in a sentence that it does not answer, without a password."""
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE alerts")
    with pytest.raises(DatabaseUnusableError, match="does not answer"):
        await ledger.history(0.0, None, 5)
    with pytest.raises(DatabaseUnusableError):
        await ledger.living(300)
