"""The room keeps in step with other processes, whatever the database does."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import OperationalError

from floor.history.database import Database
from floor.people import room as module
from floor.people.model import Role
from floor.people.room import PeopleRoom
from floor.tasks import Tasks
from tests.history.entities import ManualClock
from tests.people.conftest import PASSWORD, Hire


async def reaches(room: PeopleRoom, number: int) -> None:
    """Until so many persons are known."""
    async with asyncio.timeout(10):
        while len(room.register.persons) != number:  # noqa: ASYNC110 - the room looks, it does not tell
            await asyncio.sleep(0.005)


async def test_what_others_do_is_seen(
    room: PeopleRoom, hire: Hire, database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person added elsewhere is known with the next look, also after the database was away; idle ones are locked."""
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)
    hire("ann", Role.CHIEF)
    await room.load()
    secret, _ = await room.accounts.sign_in("ann", PASSWORD, "192.0.2.1")  # type: ignore[misc]
    tasks = Tasks()
    tasks.start("people", room.keep())
    hire("bob")
    await reaches(room, 2)
    looked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def away() -> None:
        loop.call_soon_threadsafe(looked.set)
        raise OperationalError("SELECT 1", {}, OSError("gone"))

    with monkeypatch.context() as gone:
        gone.setattr(database, "reading", away)
        await asyncio.wait_for(looked.wait(), 10)
        assert len(room.register.persons) == 2
    hire("eve")
    await reaches(room, 3)
    clock.pass_by(301)
    async with asyncio.timeout(10):
        while (await room.accounts.about(1))[0].what != "locked":  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.005)
    assert await tasks.stop() == []
    found = await room.accounts.signed_in(secret)
    assert found is not None
    assert found.locked


async def test_what_is_too_old_is_forgotten(
    room: PeopleRoom, hire: Hire, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A little at a time, while the room keeps step; the database lets go of what is half a year old by its clock."""
    clock.at = 1_700_000_000.0
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(module, "PRUNE_EVERY", 2)
    hire("ann", Role.CHIEF)
    await room.load()
    await room.accounts.sign_in("ann", PASSWORD, "192.0.2.1")
    assert await room.accounts.about(1)
    clock.pass_by(1101 * 86400)
    tasks = Tasks()
    tasks.start("people", room.keep())
    async with asyncio.timeout(10):
        while [one for one in await room.accounts.about(1) if one.what == "signed_in"]:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.005)
    assert await tasks.stop() == []
