"""The sound of a listening over a websocket: to its owner only, in his mode only, and never more than he can take."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from floor.listening.model import ListeningStage, Mode
from floor.listening.refusals import refused
from floor.people.model import Role
from tests.support.people import person
from tests.web.conftest import House, Open, closed_with
from tests.web.listening_double import ID, PCM, HeardDouble, ListeningsDouble
from tests.web.visitor import Visitor, visiting

LEADER = 2
STAFF = (person(Role.LEADER), person(Role.CHIEF), person(Role.ANALYST), person(Role.AGENT))


@pytest.fixture
def listenings() -> ListeningsDouble:
    listenings = ListeningsDouble()
    listenings.sound = HeardDouble()
    listenings.put(LEADER)
    return listenings


@pytest.fixture
async def house(open_house: Open, listenings: ListeningsDouble) -> House:
    return await open_house(staff=STAFF, parts={"listenings": listenings})


@asynccontextmanager
async def signed_in(house: House, login: str = "leader") -> AsyncIterator[Visitor]:
    async with visiting(house) as visitor:
        await visitor.sign_in(login)
        yield visitor


async def query(visitor: Visitor, id_: str = ID) -> str:
    return f"listen={id_}&ticket={(await visitor.get('/api/v1/ticket')).json()['ticket']}"


def open_as(house: House, visitor: Visitor, asked: str, **more: Any) -> Any:
    return house.stream(asked, additional_headers={"cookie": f"floor={visitor.secret}"}, **more)


@asynccontextmanager
async def hearing(house: House, login: str = "leader", id_: str = ID) -> AsyncIterator[ClientConnection]:
    async with signed_in(house, login) as visitor, open_as(house, visitor, await query(visitor, id_)) as stream:
        yield stream


async def text(stream: ClientConnection) -> dict[str, Any]:
    """The next text frame."""
    async with asyncio.timeout(5):
        while isinstance(frame := await stream.recv(), bytes):
            pass
        told: dict[str, Any] = json.loads(frame)
        return told


async def sound(stream: ClientConnection) -> tuple[int, int, bytes]:
    """The next frame of sound: number, moment, samples."""
    async with asyncio.timeout(5):
        while isinstance(frame := await stream.recv(), str):
            pass
        return (*struct.unpack(">II", frame[:8]), frame[8:])


async def test_it_is_heard(house: House, listenings: ListeningsDouble) -> None:
    """How it stands, then every frame with its number; leaving is told to whoever ends it."""
    assert listenings.sound is not None
    async with hearing(house) as stream:
        told = await text(stream)
        assert (told["t"], told["listening"]["id"], told["listening"]["mode"]) == ("listening", ID, "listen")
        assert told["format"] == {"rate": 8000, "channels": 2}
        for _ in range(3):
            listenings.sound.heard.put_nowait(PCM)
        frames = [await sound(stream) for _ in range(3)]
        assert [(number, pcm) for number, _, pcm in frames] == [(0, PCM), (1, PCM), (2, PCM)]
        assert listenings.attending == 1
    async with asyncio.timeout(5):
        await listenings.left.wait()
    assert listenings.attending == 0


async def test_speaking_needs_the_mode(house: House, listenings: ListeningsDouble) -> None:
    """The microphone goes nowhere in mode listen, and to the exchange in whisper, which is asked for on the stream."""
    assert listenings.sound is not None
    async with hearing(house) as stream:
        await text(stream)
        await stream.send(b"\x01" * 320)
        await stream.send('{"t":"mode","mode":"whisper"}')
        assert (await text(stream))["listening"]["mode"] == "whisper"
        assert listenings.sound.said == []
        await stream.send(b"\x02" * 320)
        async with asyncio.timeout(5):
            await listenings.sound.spoken.wait()
        assert listenings.sound.said == [b"\x02" * 320]


async def test_mode_that_is_refused(house: House, listenings: ListeningsDouble) -> None:
    """Is said in both languages, and the sound goes on."""
    assert listenings.sound is not None
    listenings.refuses = refused("no_right", mode=("barge in", "强插"))
    async with hearing(house) as stream:
        await text(stream)
        await stream.send('{"t":"mode","mode":"barge"}')
        told = await text(stream)
        assert told["t"] == "refused"
        assert told["words"] == {"en": "with your role you may not barge in", "zh": "您的角色无权强插"}
        listenings.sound.heard.put_nowait(PCM)
        assert (await sound(stream))[2] == PCM


async def test_ping(house: House) -> None:
    """Comes back as it was sent."""
    async with hearing(house) as stream:
        await text(stream)
        await stream.send('{"t":"ping","at":123.5}')
        assert await text(stream) == {"t": "pong", "at": 123.5}


async def test_its_end(house: House, listenings: ListeningsDouble) -> None:
    """The last frame says why, then the stream is closed as done."""
    async with hearing(house) as stream:
        await text(stream)
        listenings.put(LEADER, stage=ListeningStage.ENDED, ended="call_ended")
        assert (await text(stream))["listening"]["ended"] == "call_ended"
        assert await closed_with(stream) == 1000


async def test_from_call_to_call(house: House, listenings: ListeningsDouble) -> None:
    """Followed, it waits without sound, and goes on with the next call in the format of that."""
    async with hearing(house) as stream:
        await text(stream)
        listenings.sound = None
        listenings.put(LEADER, stage=ListeningStage.WAITING, call=None)
        told = await text(stream)
        assert (told["listening"]["stage"], told["format"]) == ("waiting", None)
        await stream.send(bytes(320))  # the microphone was still on
        line = listenings.sound = HeardDouble(channels=1)
        listenings.put(LEADER, call="2.1")
        assert (await text(stream))["format"] == {"rate": 8000, "channels": 1}
        line.heard.put_nowait(PCM[:320])
        number, _, pcm = await sound(stream)
        assert (number, pcm) == (0, PCM[:320])


async def test_another_page_takes_over(house: House, listenings: ListeningsDouble) -> None:
    """The newest has the sound; the one before is closed as done, and the listening goes on."""
    async with signed_in(house) as visitor, open_as(house, visitor, await query(visitor)) as first:
        await text(first)
        async with open_as(house, visitor, await query(visitor)) as second:
            await text(second)
            assert await closed_with(first) == 1000
            async with asyncio.timeout(5):
                await listenings.left.wait()
            assert listenings.attending == 1


async def test_slow_page_loses_the_oldest(house: House, listenings: ListeningsDouble) -> None:
    """What it does not take stays where it is heard and is left out there; the numbers show the gap."""
    assert listenings.sound is not None
    async with hearing(house) as stream:
        await text(stream)
        listenings.sound.heard.put_nowait(PCM)
        assert (await sound(stream))[0] == 0
        listenings.sound.lost = 7
        listenings.sound.heard.put_nowait(PCM)
        assert (await sound(stream))[0] == 8


async def test_page_that_does_not_read_holds_little(house: House, listenings: ListeningsDouble) -> None:
    """A thousand seconds of sound for a page that reads nothing: most of it waits where it is heard, not in memory."""
    assert listenings.sound is not None
    async with signed_in(house) as visitor:
        asked = await query(visitor)
        async with open_as(house, visitor, asked, max_queue=1) as stream:
            await text(stream)
            (session,) = house.web.door.sessions
            for _ in range(50_000):
                listenings.sound.heard.put_nowait(PCM)
            await _stands_still(listenings.sound)
            assert session.connection.transport.get_write_buffer_size() < 64 * 1024
            assert listenings.sound.heard.qsize() > 25_000
            stream.transport.abort()


async def _stands_still(line: HeardDouble) -> None:
    """Until nothing more is taken."""
    async with asyncio.timeout(20):
        while True:
            before = line.heard.qsize()
            await asyncio.sleep(0.2)
            if line.heard.qsize() == before:
                return


# Attacks


async def soon_closed_with(stream: ClientConnection) -> int | None:
    async with asyncio.timeout(5):
        return await closed_with(stream)


@pytest.mark.parametrize("id_", [ID[::-1], "", "%00", "..%2f", "1", ID.upper() + "0"])
async def test_guessed_id(house: House, id_: str) -> None:
    """There is no such listening: 4404."""
    async with hearing(house, id_=id_) as stream:
        assert await closed_with(stream) == 4404


async def test_anothers(house: House, listenings: ListeningsDouble) -> None:
    """Not even a chief hears what somebody else listens to by its id; and nobody without the right comes so far."""
    async with hearing(house, "chief") as stream:
        assert await closed_with(stream) == 4404
    async with hearing(house, "analyst") as stream:
        assert await closed_with(stream) == 4403
    assert listenings.attending == 0


async def test_what_is_over(house: House, listenings: ListeningsDouble) -> None:
    """Cannot be opened again."""
    listenings.put(LEADER, stage=ListeningStage.ENDED, ended="stopped")
    async with hearing(house) as stream:
        assert await closed_with(stream) == 4404


async def test_ticket(house: House) -> None:
    """Without one, with an invented, with a used or with another's: 4403; without a cookie: 4401."""
    async with signed_in(house) as visitor, signed_in(house, "chief") as chief:
        asked = await query(visitor)
        async with open_as(house, visitor, asked) as stream:
            await text(stream)
        for wrong in (f"listen={ID}", f"listen={ID}&ticket=guess", asked, await query(chief)):
            async with open_as(house, visitor, wrong) as stream:
                assert await closed_with(stream) == 4403
        async with house.stream(await query(visitor)) as stream:
            assert await closed_with(stream) == 4401


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_forged_origin(house: House, origin: str) -> None:
    """A page of somebody else's does not get so far as to be asked for a ticket."""
    async with signed_in(house) as visitor:
        with pytest.raises(InvalidStatus) as error:
            async with open_as(house, visitor, await query(visitor), origin=origin):
                pass
        assert error.value.response.status_code == 403


@pytest.mark.parametrize(
    "frame",
    [
        bytes(321),
        bytes(4096),
        bytes(5000),
        "x" * 300,
        "x" * 5000,
        '{"t":"mode","mode":"shout"}',
        '{"t":"resync"}',
        "[" * 99,
    ],
    ids=lambda frame: f"{type(frame).__name__}-{len(frame)}",
)
async def test_what_is_unwelcome(house: House, frame: str | bytes) -> None:
    """Sound of another length, oversized frames, unknown words: 4400."""
    async with hearing(house) as stream:
        await text(stream)
        await stream.send(frame)
        assert await closed_with(stream) == 4400


@pytest.mark.parametrize(("frame", "times"), [('{"t":"ping","at":1}', 40), (bytes(320), 200)])
async def test_flood(house: House, listenings: ListeningsDouble, frame: str | bytes, times: int) -> None:
    """More text than 20 a second, or a microphone faster than time: 4400, and the listening has lost its page."""
    async with hearing(house) as stream:
        await text(stream)
        try:
            for _ in range(times):
                await stream.send(frame)
        except ConnectionClosed:
            pass
        assert await closed_with(stream) == 4400
    async with asyncio.timeout(5):
        await listenings.left.wait()


async def test_signed_out_locked_or_without_the_right(house: House, listenings: ListeningsDouble) -> None:
    """Within a second the stream is closed, and says why."""
    async with hearing(house) as stream:
        await text(stream)
        house.accounts.lock("s1")
        assert await soon_closed_with(stream) == 4423
    async with hearing(house) as stream:
        await text(stream)
        await house.accounts.sign_out("s2", "asked")
        assert await soon_closed_with(stream) == 4401
    async with hearing(house) as stream:
        await text(stream)
        house.accounts.people["leader"] = person(Role.AGENT, LEADER, "leader")
        assert await soon_closed_with(stream) == 4403
    assert listenings.now is not None
    assert listenings.now.mode is Mode.LISTEN
