"""The rest of the engine's clock."""

from __future__ import annotations

import asyncio

import pytest

from alerts.rest import Rest
from floor.tasks import Tasks
from tests.history.entities import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def _rests(rest: Rest, due: float | None) -> asyncio.Event:
    """Begin to rest; set when it is over."""
    over, tasks = asyncio.Event(), Tasks()

    async def wait() -> None:
        await rest.until(due)
        over.set()

    tasks.start("rest", wait())
    await asyncio.sleep(0)
    return over


async def test_only_what_is_due_sooner_ends_it(clock: ManualClock) -> None:
    """Whoever is due later, or never, does not disturb the clock."""
    rest = Rest(clock)
    over = await _rests(rest, clock.now() + 3)
    for due in (None, clock.now() + 3, clock.now() + 60):
        rest.not_beyond(due)
        await asyncio.sleep(0)
        assert not over.is_set()
    rest.not_beyond(clock.now() + 1)
    await asyncio.wait_for(over.wait(), 5)


async def test_what_is_due_already_ends_it(clock: ManualClock) -> None:
    """Also when the wall clock went on faster than the timer."""
    rest = Rest(clock)
    over = await _rests(rest, clock.now() + 3)
    clock.at += 60
    rest.not_beyond(clock.now())
    await asyncio.wait_for(over.wait(), 5)


async def test_over_at_once(clock: ManualClock) -> None:
    """What was due before it began is no rest; and one may be ended."""
    rest = Rest(clock)
    await asyncio.wait_for(rest.until(clock.now() - 1), 5)
    over = await _rests(rest, None)
    rest.end()
    await asyncio.wait_for(over.wait(), 5)
