"""A line: frames of 20 ms whatever the packets, modes changed without a hole, nothing that grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from asterisk import heard
from asterisk.heard import AHEAD_S, FRAME_S, WAITING, Ear, HeardLine
from floor.listening.model import Mode
from floor.listening.ports import NotHeardError
from tests.support.replay import TapeClock

FRAME = bytes(range(160)) * 4


class Channel:
    """A spying channel and its connection, as the line sees it."""

    def __init__(self, mode: Mode, hears: Callable[[bytes], None], over: Callable[[], None]) -> None:
        self.mode, self.hears, self.over = mode, hears, over
        self.open: bool = True
        self.said: list[bytes] = []

    def speak(self, frame: bytes) -> None:
        self.said.append(frame)

    def hang_up(self) -> None:
        self.open = False


class Stage:
    """A line whose exchange is this test."""

    def __init__(self) -> None:
        self.channels: list[Channel] = []
        self.clock = TapeClock(0.0)
        self.gone: list[HeardLine] = []
        self.line = HeardLine(self.bring, self.clock, self.gone.append)
        self.fails = False
        self.silent = False
        self.dies = False

    async def bring(self, mode: Mode, hears: Callable[[bytes], None], over: Callable[[], None]) -> Ear:
        if self.fails:
            raise NotHeardError("no")
        channel = Channel(mode, hears, over)
        self.channels.append(channel)
        if not self.silent:
            asyncio.get_running_loop().call_soon(hears, FRAME)
        channel.open = not self.dies
        return Ear(f"spy-{len(self.channels)}", channel)

    async def frames(self, count: int) -> list[bytes]:
        got: list[bytes] = []
        async with asyncio.timeout(5):
            async for frame in self.line.frames():
                got.append(frame)
                if len(got) == count:
                    break
        return got

    async def rest(self) -> list[bytes]:
        async with asyncio.timeout(5):
            return [frame async for frame in self.line.frames()]


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    await made.line.change(Mode.LISTEN)
    made.line._waiting.clear()
    yield made
    await made.line.close()


async def test_frames_whatever_the_packets(stage: Stage) -> None:
    """Packets of other lengths come as frames of 20 ms, nothing lost, nothing changed."""
    sent = FRAME * 3
    for at in range(0, len(sent), 100):
        stage.channels[0].hears(sent[at : at + 100])
    assert await stage.frames(3) == [FRAME] * 3


async def test_late_reader_loses_the_oldest(stage: Stage) -> None:
    """A second is kept."""
    for number in range(WAITING + 10):
        stage.channels[0].hears(bytes([number]) * 640)
    got = await stage.frames(WAITING)
    assert got[0][0] == 10
    assert got[-1][0] == WAITING + 9


async def test_ends_with_the_call(stage: Stage) -> None:
    """What has come is still read; then it is over for readers, speakers and changes, and whoever counts is told."""
    stage.channels[0].hears(FRAME)
    stage.channels[0].over()
    assert await stage.rest() == [FRAME]
    stage.line.speak(bytes(320))
    assert stage.channels[0].said == []
    with pytest.raises(NotHeardError, match="over"):
        await stage.line.change(Mode.BARGE)
    assert stage.gone == [stage.line]


async def test_change_makes_before_it_breaks(stage: Stage) -> None:
    """The first channel is heard until the second one brings audio, and only then let go."""
    stage.silent = True
    changing = asyncio.create_task(stage.line.change(Mode.WHISPER))
    while len(stage.channels) < 2:  # noqa: ASYNC110 - nothing here waits for anything else
        await asyncio.sleep(0)
    first, second = stage.channels
    first.hears(b"1" * 640)
    assert first.open
    assert stage.line.spy == "spy-1"
    second.hears(b"x" * 640)
    await changing
    first.hears(b"x" * 640)
    second.hears(b"2" * 640)
    assert await stage.frames(2) == [b"1" * 640, b"2" * 640]
    assert (first.open, second.open, stage.line.spy, stage.line.mode) == (False, True, "spy-2", Mode.WHISPER)
    first.over()  # its end is not the line's
    second.hears(b"3" * 640)
    assert await stage.frames(1) == [b"3" * 640]


async def test_change_on_hold(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is to be heard just now, it does not wait for ever."""
    monkeypatch.setattr(heard, "AUDIBLE_S", 0.05)
    stage.silent = True
    await stage.line.change(Mode.BARGE)
    assert stage.line.spy == "spy-2"


@pytest.mark.parametrize("how", ["fails", "dies"])
async def test_change_that_fails_changes_nothing(stage: Stage, how: str) -> None:
    """The line goes on as it was."""
    setattr(stage, how, True)
    with pytest.raises(NotHeardError):
        await stage.line.change(Mode.BARGE)
    assert (stage.line.spy, stage.line.mode, stage.channels[0].open) == ("spy-1", Mode.LISTEN, True)
    stage.channels[0].hears(FRAME)
    assert await stage.frames(1) == [FRAME]


async def test_call_that_ends_during_a_change(stage: Stage) -> None:
    """Nothing is left listening, whoever ended it."""
    stage.silent = True
    changing = asyncio.create_task(stage.line.change(Mode.WHISPER))
    while len(stage.channels) < 2:  # noqa: ASYNC110 - nothing here waits for anything else
        await asyncio.sleep(0)
    stage.channels[0].over()
    stage.channels[1].hears(FRAME)
    with pytest.raises(NotHeardError, match="over"):
        await changing
    assert not stage.channels[1].open


async def test_same_mode_again(stage: Stage) -> None:
    """Nothing is ordered."""
    await stage.line.change(Mode.LISTEN)
    assert len(stage.channels) == 1


async def test_changes_at_once(stage: Stage) -> None:
    """One after another; the last one counts, and one channel is left."""
    await asyncio.gather(*(stage.line.change(mode) for mode in (Mode.WHISPER, Mode.BARGE, Mode.WHISPER)))
    assert [channel.open for channel in stage.channels] == [False, False, False, True]
    assert stage.line.mode is Mode.WHISPER


async def test_change_given_up(stage: Stage) -> None:
    """Whoever does not wait for the change leaves no channel behind."""
    stage.silent = True
    changing = asyncio.create_task(stage.line.change(Mode.WHISPER))
    while len(stage.channels) < 2:  # noqa: ASYNC110 - nothing here waits for anything else
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    changing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await changing
    assert [channel.open for channel in stage.channels] == [True, False]


async def test_nobody_speaks_while_he_listens(stage: Stage) -> None:
    """In mode listen no frame goes out, whatever the browser sends."""
    stage.line.speak(bytes(320))
    assert stage.channels[0].said == []


async def test_only_frames_are_spoken(stage: Stage) -> None:
    """20 ms in mono, nothing else."""
    await stage.line.change(Mode.WHISPER)
    for wrong in (b"", bytes(319), bytes(640), bytes(100_000)):
        stage.line.speak(wrong)
    stage.line.speak(bytes(320))
    assert stage.channels[1].said == [bytes(320)]


async def test_speaks_no_faster_than_time(stage: Stage) -> None:
    """A burst of so much is taken; more is dropped, or the agent would hear it later and later."""
    await stage.line.change(Mode.WHISPER)
    for _ in range(100):
        stage.line.speak(bytes(320))
    assert len(stage.channels[1].said) == round(AHEAD_S / FRAME_S)
    stage.clock.at += 10 * FRAME_S
    for _ in range(100):
        stage.line.speak(bytes(320))
    assert len(stage.channels[1].said) == round(AHEAD_S / FRAME_S) + 10


async def test_call_that_ends_while_it_is_opened() -> None:
    """No line, but a sentence."""
    stage = Stage()
    stage.dies = True
    with pytest.raises(NotHeardError, match="over"):
        await stage.line.change(Mode.LISTEN)


async def test_mixed() -> None:
    """320 bytes in 20 ms: one channel; found out from the first packet."""
    stage = Stage()
    stage.silent = True
    opening = asyncio.create_task(stage.line.change(Mode.LISTEN))
    while not stage.channels:  # noqa: ASYNC110 - nothing here waits for anything else
        await asyncio.sleep(0)
    stage.channels[0].hears(bytes(320))
    await opening
    assert stage.line.format.channels == 1
    stage.channels[0].hears(bytes(640))
    assert await stage.frames(2) == [bytes(320)] * 2
    await stage.line.close()


async def test_close(stage: Stage) -> None:
    """The exchange is told, the reader ends; twice is once."""
    await stage.line.close()
    await stage.line.close()
    assert not stage.channels[0].open
    assert await stage.rest() == []
