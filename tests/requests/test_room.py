"""The room: taken up where it left off, followed while another acts, kept in time."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from floor.history.database import Database
from floor.requests import room as module
from floor.requests.model import About, Answer, Help, Stage
from tests.requests.seats import ANN, BOB, CHIEF, LEADER, Seats, signed


async def test_a_restart_forgets_nothing(seats: Seats, sqlite_database: Database) -> None:
    """What was asked, answered, posted and read is as it was; clocks count on."""
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
    leave = await seats.room.ask_leave(signed(BOB), "meal", 30)
    await seats.room.decide(signed(LEADER), leave.id, approved=True)
    notice = await seats.room.notices.post(signed(CHIEF), {"en": "x"}, "notice", 30)
    await seats.room.notices.mark_read(signed(ANN), notice.id)
    again = Seats(sqlite_database)
    await again.room.load()
    assert dict(again.room.shown) == dict(seats.room.shown)
    assert dict(again.room.notices.standing) == {notice.id: notice}
    assert again.room.notices.has_read(notice.id, ANN.id)
    again.passes(60)
    escalated = again.room.shown[asked.id]
    assert isinstance(escalated, Help)
    assert escalated.escalated_at == asked.asked_at + 60


async def test_who_stands_by_shows_what_the_other_does(seats: Seats, sqlite_database: Database) -> None:
    """Followed from the record, steps of time left to the one that acts; taken over when it is its turn."""
    other = Seats(sqlite_database)
    other.acts = False
    asked = await seats.room.ask_help(signed(ANN), About.QUESTION)
    await other.room.load()
    assert [one.id for one in other.heard] == [asked.id]
    other.passes(120)
    assert other.only() == asked
    await seats.room.answer(signed(LEADER), asked.id, Answer.COMING)
    await other.room.load()
    assert other.only().stage is Stage.ANSWERED
    other.acts = True
    await other.room.load()
    await other.room.close_help(signed(LEADER), asked.id)


async def test_works_keep_time_and_follow(
    seats: Seats, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs meanwhile escalates when the moment comes, follows while standing by, and prunes."""
    monkeypatch.setattr(module, "FOLLOW_S", 0.01)
    monkeypatch.setattr(module, "REST_S", 0.01)
    other = Seats(sqlite_database)
    other.acts = False
    escalated = asyncio.Event()
    other.room.subscribe(lambda one: escalated.set() if isinstance(one, Help) and one.escalated_at else None)
    works = [asyncio.create_task(work()) for room in (seats.room, other.room) for _, work in room.works()]
    try:
        await seats.room.ask_help(signed(ANN), About.QUESTION)
        seats.clock.pass_by(61)
        async with asyncio.timeout(10):
            await escalated.wait()
    finally:
        for work in works:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
