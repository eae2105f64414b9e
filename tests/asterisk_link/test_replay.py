"""A tape played to a link is the exchange all over again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from asterisk.deliveries import ClockCompared, CloseReason, LinkClosed, ListCollected
from asterisk.link import Link, Pace
from asterisk.reel import Reel, load, reels
from asterisk.replay import Replay
from asterisk.tape import Piece
from floor.backoff import Backoff
from floor.clock import SystemClock
from floor.errors import UnreachableError
from tests.asterisk_link.conftest import Ear, Start, settings
from tests.asterisk_link.peer import event, listing

TAPES = sorted((Path(__file__).parent.parent / "tapes").glob("*/answered-agent-hangs-up.ami"))
PICTURE = b"".join(listing({"Action": "QueueStatus", "ActionID": "1"}, ("QueueParams", {"Queue": "support"})))


def two_events_apart(seconds: float) -> list[Reel]:
    return reels(
        1_000, [Piece(0, "opened"), Piece(1, "heard", PICTURE + event("A")), Piece(1 + seconds, "heard", event("B"))]
    )


@pytest.mark.parametrize("path", TAPES, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_real_capture_is_delivered_whole_and_in_order(start: Start, ear: Ear, path: Path) -> None:
    """Every event of a real exchange arrives, in order, after the lists of its picture."""
    tape = load(path, time.time())
    async with Replay(tape, SystemClock(), speed=0) as replay:
        start(replay.port)
        await ear.pictures()
        await ear.until(lambda: len(ear.events()) >= len(tape[0].events))
    expected = [data.split(b"\r\n")[0].removeprefix(b"Event: ").decode() for _, data in tape[0].events]
    assert ear.events() == expected
    queues = next(one for one in ear.all(ListCollected) if one.action == "QueueStatus")
    assert queues.refused is None
    assert queues.messages


async def test_events_come_in_their_own_time(start: Start, ear: Ear) -> None:
    """Four seconds on the tape at twenty times the speed are a fifth of one."""
    async with Replay(two_events_apart(4), SystemClock(), speed=20) as replay:
        start(replay.port)
        await ear.until(lambda: ear.events() == ["A"])
        began = time.monotonic()
        await ear.until(lambda: ear.events() == ["A", "B"])
        assert 0.1 <= time.monotonic() - began <= 0.6


async def test_the_tapes_clock_is_told(start: Start, ear: Ear) -> None:
    """Whoever listens sees the recorded day, for the offset of the clocks is that of the tape."""
    async with Replay(two_events_apart(4), SystemClock()) as replay:
        start(replay.port)
        await ear.until(lambda: bool(ear.all(ClockCompared)))
    assert ear.all(ClockCompared)[0].offset_s == pytest.approx(1_001 - time.time(), abs=2)


async def test_a_session_that_ended_on_the_tape_ends_here(start: Start, ear: Ear) -> None:
    """The link is lost, finds nobody for as long as on the tape, and hears the next session."""
    tape = [
        Piece(0, "opened"),
        Piece(1, "heard", PICTURE + event("A")),
        Piece(2, "closed"),
        Piece(6, "opened"),
        Piece(7, "heard", PICTURE + event("B")),
    ]
    pace = Pace(retry=Backoff(first_s=0.02, cap_s=0.05), booted_s=0.05)
    async with Replay(reels(1_000, tape), SystemClock(), speed=20) as replay:
        start(replay.port, pace=pace)
        await ear.until(lambda: ear.events() == ["A", "B"])
        await asyncio.wait_for(replay.finished.wait(), 1)
    closed = ear.all(LinkClosed)
    assert closed[0].reason is CloseReason.CLOSED


async def test_the_last_picture_stays() -> None:
    """At the end of the tape the listener is not thrown out."""
    ear = Ear()
    async with Replay(two_events_apart(0), SystemClock(), speed=0) as replay:
        link = Link(settings(replay.port), ear, SystemClock())
        task = asyncio.create_task(link.run())
        await ear.until(lambda: ear.events() == ["A", "B"])
        await replay.finished.wait()
        assert (await link.ask("Ping"))["Ping"] == "Pong"
        assert (await link.ask("Originate"))["Response"] == "Error"
        link.stop()
        await task


async def test_whoever_asks_for_nothing_hears_the_events_too() -> None:
    """A terminal will do to listen to a tape."""
    async with Replay(two_events_apart(0), SystemClock(), speed=0) as replay:
        reader, writer = await asyncio.open_connection("127.0.0.1", replay.port)
        writer.write(b"Action: Login\r\n\r\n")
        assert await asyncio.wait_for(reader.readuntil(b"Event: B"), 5)
        writer.write(b"Action: Logoff\r\n\r\n")
        assert await asyncio.wait_for(reader.readuntil(b"Goodbye"), 5)
        writer.close()
        await writer.wait_closed()


async def test_an_address_in_use_is_told() -> None:
    """A sentence, not a traceback."""
    async with Replay(two_events_apart(0), SystemClock()) as replay:
        with pytest.raises(UnreachableError, match="cannot listen"):
            await Replay(two_events_apart(0), SystemClock(), port=replay.port).start()
