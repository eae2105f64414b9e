"""The courier: at least once, never twice by one process, no way holds up another, and a storm becomes one message."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from alerts.model import DeliveryState, Message, Severity
from alerts.notify import delivery
from alerts.notify.delivery import TRIES_BEFORE_GIVING_UP, Courier
from alerts.notify.errors import PassingError, PermanentError
from alerts.notify.table import Notifier
from floor.backoff import Backoff
from floor.clock import SystemClock
from floor.sections.notify import NotifySettings
from tests.alerts.notify.cast import NOW, FakeClock, MemoryLedger, message

SENT, FAILED, WAITING = DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.WAITING


class Way:
    """A notifier that does what the test says with each message."""

    def __init__(self, *does: Exception | None) -> None:
        self.told: list[Message] = []
        self.hold: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.at_once = self.most = 0
        self._does = list(does)

    async def tell(self, one: Message) -> None:
        self.begun.set()
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if self.hold is not None:
                await self.hold.wait()
            does = self._does.pop(0) if self._does else None
            if does is not None:
                raise does
            self.told.append(one)
        finally:
            self.at_once -= 1


SOON = Backoff(first_s=0.02, cap_s=0.02)


@asynccontextmanager
async def courier(
    ledger: MemoryLedger, ways: Mapping[str, Notifier], *, clock: Any = None, again: Backoff = SOON, **settings: Any
) -> AsyncIterator[Courier]:
    made = Courier(
        ledger, ways, NotifySettings(**settings), clock or SystemClock(), holder="h", draw=lambda: 0.5, again=again
    )
    task = asyncio.ensure_future(made.run())
    try:
        yield made
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_what_is_stored_is_told_and_marked() -> None:
    """Each message reaches its way once, and the ledger knows."""
    ledger, mail, phone = MemoryLedger(message("1", "mail"), message("2", "phone")), Way(), Way()
    async with courier(ledger, {"mail": mail, "phone": phone}):
        await ledger.until(lambda: len(ledger.in_state(SENT)) == 2)
    assert [one.id for one in mail.told] == ["1"]
    assert [one.id for one in phone.told] == ["2"]


async def test_what_is_stored_later_is_told_at_once() -> None:
    """``send`` wakes it; nobody waits for a poll."""
    ledger, way = MemoryLedger(), Way()
    async with courier(ledger, {"mail": way}) as ours:
        await asyncio.sleep(0.05)
        ledger.kept |= MemoryLedger(message("1", "mail")).kept
        ours.send([message("1", "mail")])
        await ledger.until(lambda: ledger.in_state(SENT) == ["1"], within_s=2)


async def test_a_passing_error_is_tried_again() -> None:
    """After a while it gets through; meanwhile the reason can be seen."""
    ledger, way = MemoryLedger(message("1", "mail")), Way(PassingError("busy"), PassingError("still busy"))
    async with courier(ledger, {"mail": way}):
        await ledger.until(lambda: ledger.kept["1"].error == "busy")
        await ledger.until(lambda: ledger.in_state(SENT) == ["1"])
    assert ledger.kept["1"].attempts == 3


async def test_a_permanent_error_is_not() -> None:
    """It failed for good, with its reason."""
    ledger, way = MemoryLedger(message("1", "mail")), Way(PermanentError("no such address"))
    async with courier(ledger, {"mail": way}):
        await ledger.until(lambda: ledger.in_state(FAILED) == ["1"])
    assert ledger.kept["1"].error == "no such address"
    assert ledger.kept["1"].attempts == 1


async def test_a_way_that_is_not_set_up() -> None:
    """It is said, not tried for ever."""
    ledger = MemoryLedger(message("1", "pigeon"))
    async with courier(ledger, {}):
        await ledger.until(lambda: ledger.in_state(FAILED) == ["1"])
    assert "not set up" in (ledger.kept["1"].error or "")


async def test_a_defect_of_one_way_is_no_end() -> None:
    """What a notifier raises by mistake costs one attempt, and its text is not shown: it may hold anything."""
    ledger, way = MemoryLedger(message("1", "mail")), Way(RuntimeError("token s3cr3t"))
    async with courier(ledger, {"mail": way}):
        await ledger.until(lambda: ledger.kept["1"].error is not None)
        assert "s3cr3t" not in (ledger.kept["1"].error or "")
        await ledger.until(lambda: ledger.in_state(SENT) == ["1"])


async def test_a_dead_mail_server_holds_up_no_phone() -> None:
    """Mails hang, as many as there are; the phone rings at once."""
    ledger = MemoryLedger(*(message(f"m{n}", "mail", f"p{n}@x") for n in range(100)), message("p", "phone"))
    mail, phone = Way(), Way()
    mail.hold = asyncio.Event()
    async with courier(ledger, {"mail": mail, "phone": phone}):
        await ledger.until(lambda: "p" in ledger.in_state(SENT), within_s=2)
        assert mail.most == 4
    assert not mail.told


async def test_a_dead_chat_holds_up_no_sms() -> None:
    """Services behind one kind are apart too."""
    ledger, way = MemoryLedger(*(message(f"m{n}", "apprise", "chat") for n in range(5))), Way()
    hold = asyncio.Event()

    class Picky(Way):
        async def tell(self, one: Message) -> None:
            self.hold = hold if one.recipient.address == "chat" else None
            await super().tell(one)

    way = Picky()
    async with courier(ledger, {"apprise": way}):
        await way.begun.wait()
        ledger.store(message("s", "apprise", "sms:123"))
        await ledger.until(lambda: ledger.in_state(SENT) == ["s"], within_s=2)


async def test_a_lease_that_runs_out_while_telling() -> None:
    """A long call is claimed anew by ourselves; the phone does not ring twice."""
    ledger, way = MemoryLedger(message("1", "phone"), lease_s=0.05), Way()
    way.hold = asyncio.Event()
    async with courier(ledger, {"phone": way}):
        await ledger.until(lambda: ledger.kept["1"].attempts == 3)
        way.hold.set()
        await ledger.until(lambda: ledger.in_state(SENT) == ["1"])
    assert len(way.told) == 1


async def test_a_process_that_dies_between_telling_and_marking() -> None:
    """The next one tells it again, under the same id: that is what receivers know it by."""
    ledger, way = MemoryLedger(message("1", "mail")), Way()
    crash = asyncio.Event()

    async def never(id: str, at: float) -> None:
        crash.set()
        await asyncio.Event().wait()

    alive, ledger.delivered = ledger.delivered, never  # type: ignore[method-assign]
    clock = FakeClock()
    async with courier(ledger, {"mail": way}, clock=clock):
        await crash.wait()
    ledger.delivered = alive  # type: ignore[method-assign]
    clock.at += ledger.lease_s
    ledger.waiting.set()
    async with courier(ledger, {"mail": way}, clock=clock):
        await ledger.until(lambda: ledger.in_state(SENT) == ["1"])
    assert [one.id for one in way.told] == ["1", "1"]


async def test_who_stands_by_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key pressed on his call would reach alerts that are not his; when it is his turn he tells what waits."""
    monkeypatch.setattr(delivery, "STAND_BY_S", 0.01)
    ledger, way, turn = MemoryLedger(message("1", "phone")), Way(), False
    ours = Courier(ledger, {"phone": way}, NotifySettings(), SystemClock(), holder="h", acting=lambda: turn)
    task = asyncio.ensure_future(ours.run())
    await asyncio.sleep(0.1)
    assert not way.told
    turn = True
    await ledger.until(lambda: ledger.in_state(SENT) == ["1"])
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


# When to try again, and when not


async def next_attempt(error: PassingError, attempts: int = 1, age_s: float = 0.0) -> float | None:
    """Seconds until the next attempt, on a clock that stands."""
    ledger = MemoryLedger(message("1", "mail", at=NOW - age_s))
    for _ in range(attempts - 1):
        await ledger.claim_deliveries("h", NOW)
        await ledger.failed("1", "x", NOW)
    ledger.kept["1"] = ledger.kept["1"]
    async with courier(ledger, {"mail": Way(error)}, clock=FakeClock(), again=Backoff(5, 2, 300), give_up_s=3600):
        await ledger.until(lambda: ledger.kept["1"].error not in (None, "x"))
    return ledger.kept["1"].next_at - NOW if ledger.in_state(WAITING) else None


@pytest.mark.parametrize(("attempts", "wait"), [(1, 3.75), (2, 7.5), (3, 15.0), (30, 225.0)])
async def test_waits_grow(attempts: int, wait: float) -> None:
    """Doubled each time, capped at five minutes, drawn from the upper half."""
    assert await next_attempt(PassingError("busy"), attempts) == pytest.approx(wait)


async def test_the_receiver_may_say_when() -> None:
    """Retry-After counts, up to an hour."""
    assert await next_attempt(PassingError("busy", after_s=17)) == pytest.approx(17)
    assert await next_attempt(PassingError("busy", after_s=99_999)) == pytest.approx(3600)


async def test_calls_end_after_their_attempts() -> None:
    """Nobody's phone rings for an hour."""
    assert await next_attempt(PassingError("busy", after_s=30, attempts=3), 2) is not None
    assert await next_attempt(PassingError("busy", after_s=30, attempts=3), 3) is None


async def test_old_messages_are_given_up_after_some_tries() -> None:
    """Age alone is no reason: what waited through quiet hours is tried like any other."""
    assert await next_attempt(PassingError("busy"), 1, 9999) is not None
    assert await next_attempt(PassingError("busy"), TRIES_BEFORE_GIVING_UP, 9999) is None
    assert await next_attempt(PassingError("busy"), TRIES_BEFORE_GIVING_UP, 100) is not None


# Storms


async def storm(count: int, told: Callable[[Way], bool], **changes: Any) -> tuple[Way, MemoryLedger]:
    ledger, way = MemoryLedger(*(message(f"m{n}", "mail", **changes) for n in range(count))), Way()
    clock = FakeClock()
    async with courier(ledger, {"mail": way}, clock=clock, burst=5, digest_s=60):
        await ledger.until(lambda: len(ledger.in_state(SENT)) >= min(5, count))
        await asyncio.sleep(0.05)
        clock.at += 60
        ledger.waiting.set()
        await ledger.until(lambda: told(way))
    return way, ledger


async def test_a_storm_becomes_one_message() -> None:
    """Five as they come, the other seventeen in one; all are marked as told."""
    way, ledger = await storm(22, lambda way: len(way.told) == 6)
    assert way.told[-1].title["en"] == "17 more alerts"
    assert way.told[-1].title["zh"] == "另有 17 条告警"
    assert len(ledger.in_state(SENT)) == 22


async def test_emergencies_are_not_rationed() -> None:
    """Every emergency of people is told for itself."""
    way, _ = await storm(12, lambda way: len(way.told) == 12, severity=Severity.EMERGENCY)
    assert all(one.alert == "a1" for one in way.told)


async def test_one_too_many_is_told_as_it_is() -> None:
    """A digest of one would only hide what it says."""
    way, _ = await storm(6, lambda way: len(way.told) == 6)
    assert way.told[-1].id == "m5"
