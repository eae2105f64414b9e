"""A phone joined to a line: it hears the call, is heard as the mode says, and each end takes the other with it."""

from __future__ import annotations

import asyncio

import pytest

from asterisk.heard import MONO_BYTES
from asterisk.joined import MOST_REST, JoinedPhone
from floor.listening.model import Mode
from tests.asterisk_link.test_heard import FRAME, Stage

VOICE = bytes(range(160)) * 2


class Lifted:
    """The phone's connection."""

    def __init__(self) -> None:
        self.open: bool = True
        self.heard: list[bytes] = []

    def speak(self, frame: bytes) -> None:
        self.heard.append(frame)

    def hang_up(self) -> None:
        self.open = False


class Joined:
    """A line and a phone that was lifted."""

    def __init__(self) -> None:
        self.stage, self.phone = Stage(), Lifted()
        self.closing: list[asyncio.Task[None]] = []
        self.joined = JoinedPhone(lambda line: self.closing.append(asyncio.ensure_future(line.close())))

    async def begin(self, mode: Mode) -> None:
        await self.stage.line.change(mode)
        self.joined.take(self.phone, self.stage.line)

    async def rest(self) -> None:
        async with asyncio.timeout(5):
            async for _ in self.joined.frames():
                pass


@pytest.fixture
def one() -> Joined:
    return Joined()


async def test_phone_hears_the_call(one: Joined) -> None:
    """Every frame that is read, and its call ends with the line."""
    await one.begin(Mode.LISTEN)
    one.stage.channels[0].hears(FRAME)
    one.stage.channels[0].over()
    await one.rest()
    assert b"".join(one.phone.heard) == FRAME
    assert not one.phone.open


@pytest.mark.parametrize("size", [MONO_BYTES, 480, 2 * MONO_BYTES, 100])
async def test_supervisor_is_heard_however_long_his_packets_are(one: Joined, size: int) -> None:
    """Phones of 20, 30 and 40 ms: not a sample is lost, and in mode listen not one is said."""
    await one.begin(Mode.LISTEN)
    one.joined.hear(VOICE)
    await one.joined.change(Mode.WHISPER)
    said = VOICE * 6
    for at in range(0, len(said), size):
        one.joined.hear(said[at : at + size])
        one.stage.clock.at += size / MONO_BYTES * 0.02
    assert one.stage.channels[0].said == []
    assert b"".join(one.stage.channels[1].said) == said[: len(said) - len(said) % MONO_BYTES]


async def test_packet_that_is_none(one: Joined) -> None:
    """Nothing of it is said, and nothing grows."""
    await one.begin(Mode.BARGE)
    one.joined.hear(bytes(MOST_REST + 1))
    assert one.stage.channels[0].said == []


async def test_change_keeps_the_phone(one: Joined) -> None:
    """Another spying channel, the same call of the phone."""
    await one.begin(Mode.LISTEN)
    before = one.joined.spy
    await one.joined.change(Mode.BARGE)
    assert (before, one.joined.spy) == ("spy-1", "spy-2")
    assert one.phone.open


async def test_phone_is_put_down(one: Joined) -> None:
    """The line ends."""
    await one.begin(Mode.LISTEN)
    one.joined.over()
    await one.rest()
    assert not one.stage.channels[0].open


async def test_phone_is_put_down_before_the_line_is_there(one: Joined) -> None:
    """It is ended as soon as it is."""
    one.joined.over()
    await one.begin(Mode.LISTEN)
    await one.rest()
    assert not one.stage.channels[0].open


async def test_closing(one: Joined) -> None:
    """Ends both; on the page nobody speaks into it."""
    await one.begin(Mode.BARGE)
    one.joined.speak(VOICE)
    await one.joined.close()
    assert one.stage.channels[0].said == []
    assert not any((one.phone.open, one.stage.channels[0].open))


async def test_before_there_is_anything(one: Joined) -> None:
    """Nothing to hear, to change or to end."""
    one.joined.hear(VOICE)
    await one.joined.change(Mode.BARGE)
    await one.joined.close()
    await one.rest()
    assert (one.joined.spy, one.joined.format.channels) == ("", 1)
