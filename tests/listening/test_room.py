"""The room put together: what an earlier run left is closed, what goes on ends with it."""

from __future__ import annotations

import asyncio

from floor.audit.model import Doer, Entry, Stage
from floor.history.errors import DatabaseUnusableError
from floor.listening import room
from floor.people.model import Role
from tests.listening.stage import NOON, House, P


async def test_left_open_is_closed(monkeypatch: object) -> None:
    """Once the record answers; what was begun meanwhile is left alone."""
    house = House()
    await house.audit.write(Entry("old", "listen", Stage.BEGAN, NOON - 60, Doer("Li"), P, "Ann"))
    house.call("Ann")
    begun = await house.begin(await house.sign_in(Role.LEADER))
    await house.room.tidy()
    assert house.audit.stages("old") == ["began", "ended"]
    assert house.acts(begun) == ["asked", "began"]


async def test_record_that_does_not_answer_is_asked_again(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Until it does."""
    monkeypatch.setattr(room, "RETRY_S", 0.0)
    house = House()
    await house.audit.write(Entry("old", "listen", Stage.BEGAN, NOON - 60, Doer("Li"), P, "Ann"))
    read, fails = house.audit.read, iter([True, True, False])

    async def sometimes(**asked: float) -> object:
        if next(fails):
            raise DatabaseUnusableError("away")
        return await read(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(house.audit, "read", sometimes)
    async with asyncio.timeout(5):
        await house.room.tidy()
    assert house.audit.stages("old") == ["began", "ended"]


async def test_closing(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """All that is under way ends, on record, even where the exchange does not answer any more."""
    house = House()
    house.call("Ann")
    first = await house.begin(await house.sign_in(Role.LEADER))
    second = await house.begin(await house.sign_in(Role.CHIEF))
    async with asyncio.timeout(10):
        await house.room.close()
    for begun in (first, second):
        assert house.acts(begun) == ["asked", "began", "ended"]
    assert house.audit.last.more["ended"] == "closed"


async def test_closing_without_an_audit() -> None:
    """Does not hang, and says in the log what it could not write."""
    house = House()
    house.call("Ann")
    await house.begin(await house.sign_in(Role.LEADER))
    house.audit.broken = True
    async with asyncio.timeout(10):
        await house.room.close()
    assert len(house.room._ink) == 1
