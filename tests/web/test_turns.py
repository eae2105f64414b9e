"""A change is told at once after a rest; a busy floor sets one timer per flush, however much happens."""

from __future__ import annotations

import asyncio

import pytest

from web.turns import BURST_S, COALESCE_S, MOST_S, SCREEN_S, SHARE, Turns


class Flushes:
    """Counts them, and can be waited for."""

    def __init__(self) -> None:
        self.count, self.came = 0, asyncio.Event()

    def __call__(self) -> None:
        self.count += 1
        self.came.set()

    async def next(self) -> None:
        self.came.clear()
        async with asyncio.timeout(5):
            await self.came.wait()


async def test_nothing_comes_by_itself_before_it_has_begun_and_after_its_end() -> None:
    """Whoever flushes by hand is not disturbed."""
    flushes = Flushes()
    turns = Turns(flushes)
    turns.soon(lambda: 1)
    turns.later(0.0)
    assert not turns.armed
    turns.begin()
    turns.soon(lambda: 1)
    turns.later(0.0)
    assert turns.armed
    turns.end()
    assert (turns.armed, turns.running, flushes.count) == (False, False, 0)


async def test_many_changes_are_one_turn() -> None:
    """The first one sets it; the others do not even ask how many screens there are."""
    flushes, asked = Flushes(), []
    turns = Turns(flushes)
    turns.begin()
    for number in range(10):
        turns.soon(lambda number=number: asked.append(number) or 1)
    await flushes.next()
    turns.end()
    assert (flushes.count, asked) == (1, [0])


async def test_an_isolated_change_does_not_rest() -> None:
    """After a rest only what belongs together is waited for; right after a turn the screens are left alone."""
    turns = Turns(Flushes())
    turns.begin()
    loop = asyncio.get_running_loop()
    turns._taken_at = loop.time() - 1
    turns.soon(lambda: 1)
    assert turns._soon is not None
    assert turns._soon.when() - loop.time() <= BURST_S
    turns.end()
    turns.begin()
    turns._taken_at = loop.time()
    turns.soon(lambda: 1)
    assert turns._soon is not None
    assert COALESCE_S / 2 < turns._soon.when() - loop.time() <= COALESCE_S + BURST_S
    turns.end()


async def test_what_comes_later_comes_with_what_comes_soon() -> None:
    """The sooner of two late turns counts, and none comes beside one that is set already."""
    flushes = Flushes()
    turns = Turns(flushes)
    turns.begin()
    turns.later(60)
    turns.later(0.01)
    await flushes.next()
    assert not turns.armed
    turns.soon(lambda: 1)
    turns._take_late()
    assert flushes.count == 1
    await flushes.next()
    turns.end()


@pytest.mark.parametrize(
    ("took_s", "screens", "pause_s"),
    [
        (0.0, 0, COALESCE_S),
        (0.01, 1, 0.01 * SHARE),
        (0.001, 100, 100 * SCREEN_S),
        (1.0, 1, MOST_S),
        (0.0, 9999, MOST_S),
    ],
)
def test_rest(took_s: float, screens: int, pause_s: float) -> None:
    """Longer where a flush takes long or has many screens to write to, within bounds."""
    turns = Turns(lambda: None)
    turns.took_s = took_s
    assert turns.pause_s(screens) == pytest.approx(pause_s)
