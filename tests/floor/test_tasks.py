"""Tasks with an owner."""

from __future__ import annotations

import asyncio
import contextlib

from floor.tasks import Tasks, heed


async def test_stop_ends_every_task_in_reverse_order() -> None:
    """What was started last is told first to end, and nothing is left."""
    ended: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    tasks = Tasks()
    for name in ("one", "two", "three"):
        tasks.start(name, work(name))
    await asyncio.sleep(0)
    assert await tasks.stop() == []
    assert ended == ["three", "two", "one"]
    assert len(tasks) == 0


async def test_a_death_is_reported_with_its_name() -> None:
    """A task that raises is not forgotten."""
    deaths: list[tuple[str, BaseException]] = []
    tasks = Tasks(died=lambda name, error: deaths.append((name, error)))

    async def fails() -> None:
        raise ValueError("no")

    task = tasks.start("writer", fails())
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [(name, str(error)) for name, error in deaths] == [("writer", "no")]
    assert len(tasks) == 0


async def test_a_task_that_will_not_end_is_named() -> None:
    """Stop is bounded, and says who was in the way."""
    release = asyncio.Event()

    async def stubborn() -> None:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue

    tasks = Tasks()
    task = tasks.start("stubborn", stubborn())
    await asyncio.sleep(0)
    assert await tasks.stop(within_s=0.05) == ["stubborn"]
    release.set()
    await task


async def test_swallowed_end_is_heeded() -> None:
    """Whoever was asked to end while a library swallowed it, ends at the next look."""
    begun = asyncio.Event()

    async def deaf() -> None:
        begun.set()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        heed()
        raise AssertionError("it went on")

    tasks = Tasks()
    tasks.start("deaf", deaf())
    await begun.wait()
    assert await tasks.stop() == []
    heed()  # nobody asked us
