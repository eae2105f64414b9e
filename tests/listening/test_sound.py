"""The sound goes on whether or not a page takes it."""

from __future__ import annotations

import asyncio

from floor.listening.model import Mode
from floor.listening.sound import KEPT, Sound
from floor.tasks import Tasks
from tests.listening.stage import LineDouble


class Bench:
    """One line with its sound."""

    def __init__(self) -> None:
        self.line = LineDouble("1.2", Mode.LISTEN, "floor-spy-1")
        self.over = asyncio.Event()
        self.tasks = Tasks()
        self.sound = Sound(self.line, self.tasks, self.over.set)

    def hear(self, *frames: bytes) -> None:
        for frame in frames:
            self.line.heard.put_nowait(frame)

    async def taken(self, count: int) -> list[bytes]:
        found: list[bytes] = []
        async with asyncio.timeout(5):
            async for frame in self.sound.frames():
                found.append(frame)
                if len(found) == count:
                    break
        return found


async def test_as_it_comes() -> None:
    """Frame by frame, in order, none left out."""
    bench = Bench()
    bench.hear(b"1", b"2", b"3")
    assert await bench.taken(3) == [b"1", b"2", b"3"]
    assert bench.sound.lost == 0


async def test_nobody_takes_it() -> None:
    """The oldest is left out and counted; whoever comes late hears the last half second."""
    bench = Bench()
    bench.hear(*(bytes([n]) for n in range(KEPT + 10)))
    while bench.sound.lost < 10:  # noqa: ASYNC110 - nothing to await but what runs
        await asyncio.sleep(0)
    assert bench.sound.lost == 10
    assert (await bench.taken(1))[0] == bytes([10])


async def test_its_end_is_known_without_a_reader() -> None:
    """The exchange ended it: told at once, and readers end."""
    bench = Bench()
    bench.line.heard.put_nowait(None)
    async with asyncio.timeout(5):
        await bench.over.wait()
    assert await bench.taken(1) == []


async def test_the_latest_reader_has_it() -> None:
    """A page that comes back takes over; the one before ends."""
    bench = Bench()
    first = asyncio.ensure_future(bench.taken(5))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(bench.taken(1))
    async with asyncio.timeout(5):
        assert await first == []
        bench.hear(b"x")
        assert await second == [b"x"]


async def test_closing_says_nothing() -> None:
    """Whoever closes knows; afterwards nobody speaks."""
    bench = Bench()
    await bench.sound.close()
    await asyncio.sleep(0)
    assert bench.line.closed
    assert not bench.over.is_set()
    bench.sound.speak(b"late")
    assert bench.line.said == []
    await bench.tasks.stop()
