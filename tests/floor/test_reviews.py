"""The loop that reviews: it sleeps until something is due, wakes for what is due earlier, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from floor.clock import SystemClock
from floor.ports import Outcome
from floor.reviews import keep_reviewing
from floor.state import facts as f
from floor.state.model import Agent, AgentState, Caller, Entity, Member
from floor.store import FloorStore
from tests.support.replay import PBX


@asynccontextmanager
async def reviewing(store: FloorStore) -> AsyncIterator[None]:
    task = asyncio.create_task(keep_reviewing(store, SystemClock()))
    try:
        await asyncio.sleep(0)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(store: FloorStore, shows: Callable[[Entity | None], bool]) -> None:
    """Wait for a change to an entity that shows it."""
    seen = asyncio.Event()

    def look(outcome: Outcome) -> None:
        if any(shows(change.after) for change in outcome.changes):
            seen.set()

    stop = store.subscribe(look)
    async with asyncio.timeout(5):
        await seen.wait()
    stop()


def is_ready(entity: Entity | None) -> bool:
    return isinstance(entity, Agent) and entity.state is AgentState.READY


def is_over(entity: Entity | None) -> bool:
    return isinstance(entity, Caller) and entity.ending is not None


def wraps_up(store: FloorStore, at: float, wrapup_s: int = 1) -> None:
    store.apply(f.MemberSeen(PBX, at, Member("sales", "Ann", "PJSIP/1", "PJSIP/1", wrapup_s=wrapup_s)))
    store.apply(f.CallCompleted(PBX, at, "sales", "Ann", "PJSIP/1", None, None, 1, 5, None))


async def test_wrap_up_ends_while_nobody_says_a_word() -> None:
    """Planned before the loop slept or while it sleeps, it comes in time."""
    store = FloorStore(SystemClock())
    async with reviewing(store):
        wraps_up(store, SystemClock().now() - 0.95)
        await until(store, is_ready)
    assert store.snapshot().agents[PBX, "Ann"].state is AgentState.READY


async def test_overdue_is_done_at_once() -> None:
    """What fell due before the loop began is done first."""
    store = FloorStore(SystemClock())
    wraps_up(store, SystemClock().now() - 60)
    async with reviewing(store):
        if store.snapshot().agents[PBX, "Ann"].state is not AgentState.READY:
            await until(store, is_ready)


async def test_earlier_moment_is_not_slept_through() -> None:
    """A review in an hour does not keep one in a blink waiting."""
    store = FloorStore(SystemClock())
    now = SystemClock().now()
    async with reviewing(store):
        wraps_up(store, now, 3600)
        store.apply(f.CallerJoined(PBX, now - 10, "sales", "C1"))
        store.apply(f.CallerGaveUp(PBX, now - 4.95, "sales", "C1", 5))
        await until(store, is_over)
    assert not store.snapshot().callers


async def test_nothing_is_left_behind() -> None:
    """When the loop is cancelled, the store wakes nobody any more."""
    store = FloorStore(SystemClock())
    async with reviewing(store):
        assert store.on_due is not None
    assert store.on_due is None
