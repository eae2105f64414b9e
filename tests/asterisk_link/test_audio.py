"""Where audio is taken: only from whom it is waited for, once, in time, and from where the exchange is."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from asterisk import audio
from asterisk.audio import STRANGERS, Audio, Ticket
from asterisk.audiosocket import Kind, written
from floor.listening.ports import NotHeardError
from floor.sections.listening import ListeningSettings
from tests.asterisk.ports import free_port

HERE = "127.0.0.1"


class Visit:
    """Somebody who connects."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def pay(cls, ticket: Ticket) -> Visit:
        return cls(*await asyncio.open_connection(HERE, int(ticket.dial.rsplit(":", 1)[1])))

    def say(self, *packets: bytes) -> None:
        self.writer.write(b"".join(packets))

    async def cut(self) -> bool:
        """Whether we are sent away without a word."""
        try:
            return await asyncio.wait_for(self.reader.read(), 5) == b""
        except ConnectionError:
            return True

    async def leave(self) -> None:
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


class Place:
    """A server, and what it heard."""

    def __init__(self, **settings: object) -> None:
        self.audio = Audio(ListeningSettings.model_validate(settings))
        self.heard: list[bytes] = []
        self.news = asyncio.Event()
        self.ended = asyncio.Event()
        self.visits: list[Visit] = []

    def hear(self, payload: bytes) -> None:
        self.heard.append(payload)
        self.news.set()

    async def expect(self, id: UUID | None = None, peers: tuple[str, ...] = (HERE,)) -> Ticket:
        return await self.audio.expect(id or uuid4(), HERE, peers, self.hear, self.ended.set)

    async def visit(self, ticket: Ticket, *packets: bytes) -> Visit:
        visit = await Visit.pay(ticket)
        self.visits.append(visit)
        visit.say(*packets)
        return visit

    async def stop(self) -> None:
        await self.audio.stop()
        for visit in self.visits:
            await visit.leave()


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    made = Place()
    yield made
    await made.stop()


def named(ticket: Ticket) -> bytes:
    return written(Kind.IDENTIFIER, ticket.id.bytes)


async def test_brings_and_takes_audio(place: Place) -> None:
    """What comes is heard, what we say goes out, and a hang-up ends it."""
    ticket = await place.expect()
    visit = await place.visit(ticket, named(ticket), written(Kind.AUDIO, b"abcd"))
    connection = await asyncio.wait_for(ticket.come, 5)
    await asyncio.wait_for(place.news.wait(), 5)
    assert place.heard == [b"abcd"]
    connection.speak(b"wxyz")
    assert await visit.reader.readexactly(7) == written(Kind.AUDIO, b"wxyz")
    visit.say(written(Kind.HANG_UP))
    await asyncio.wait_for(place.ended.wait(), 5)
    assert not connection.open


async def test_we_end_it_in_good_manners(place: Place) -> None:
    """The exchange is told to hang up."""
    ticket = await place.expect()
    visit = await place.visit(ticket, named(ticket))
    (await asyncio.wait_for(ticket.come, 5)).hang_up()
    assert await visit.reader.read() == written(Kind.HANG_UP)
    await visit.leave()
    await asyncio.wait_for(place.ended.wait(), 5)


async def test_exchange_that_does_not_take_our_hang_up(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its machine may be gone: after a while the connection is cut, and is counted no more."""
    monkeypatch.setattr(audio, "TAKE_WITHIN_S", 0.05)
    ticket = await place.expect()
    await place.visit(ticket, named(ticket))
    connection = await asyncio.wait_for(ticket.come, 5)
    assert connection._transport is not None
    connection._transport.write(bytes(8_000_000))  # more than any socket takes from one who does not read
    connection.hang_up()
    connection.hang_up()
    assert not place.ended.is_set()
    await asyncio.wait_for(place.ended.wait(), 5)


@pytest.mark.parametrize(
    "said",
    [
        written(Kind.IDENTIFIER, UUID(int=7).bytes),
        written(Kind.IDENTIFIER, b"short"),
        written(Kind.AUDIO, bytes(320)),
        written(Kind.HANG_UP),
        b"GET / HTTP/1.1\r\nHost: floor\r\n\r\n",
        b"\x10\xff\xff",
    ],
)
async def test_stranger_is_cut(place: Place, said: bytes) -> None:
    """An identifier nobody gave out, no identifier first, or no AudioSocket at all."""
    ticket = await place.expect()
    assert await (await place.visit(ticket, said)).cut()
    assert not ticket.come.done()


async def test_identifier_is_good_once(place: Place) -> None:
    """Whoever repeats it, having seen it on the wire, is cut; so is one whose time is over."""
    ticket = await place.expect()
    await place.visit(ticket, named(ticket))
    await asyncio.wait_for(ticket.come, 5)
    assert await (await place.visit(ticket, named(ticket))).cut()
    late = await place.expect()
    place.audio.forget(late)
    assert await (await place.visit(late, named(late))).cut()


async def test_silent_stranger_is_cut(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not say which he is goes."""
    monkeypatch.setattr(audio, "SAY_WITHIN_S", 0.05)
    ticket = await place.expect()
    assert await (await place.visit(ticket)).cut()
    assert await (await place.visit(ticket, named(ticket)[:10])).cut()


async def test_many_strangers(place: Place) -> None:
    """So many may stand at the door; one more is cut at once, and one whom we wait for comes in when there is room."""
    ticket = await place.expect()
    crowd = [await place.visit(ticket) for _ in range(STRANGERS)]
    assert await (await place.visit(ticket)).cut()
    await crowd[0].leave()
    crowd[1].say(named(ticket))
    await asyncio.wait_for(ticket.come, 5)


@pytest.mark.parametrize(
    ("peers", "networks", "comes"),
    [
        ((HERE,), [], True),
        (("::ffff:127.0.0.1",), [], True),
        (("192.0.2.1",), [], False),
        (("192.0.2.1",), ["127.0.0.0/8"], True),
        (("floor.example",), [], False),
    ],
)
async def test_comes_from_the_exchange(peers: tuple[str, ...], networks: list[str], comes: bool) -> None:
    """From the address of its AMI, or from a network that was named; with the right identifier from elsewhere: cut."""
    place = Place(networks=networks)
    ticket = await place.expect(peers=peers)
    visit = await place.visit(ticket, named(ticket))
    if comes:
        await asyncio.wait_for(ticket.come, 5)
    else:
        assert await visit.cut()
    await place.stop()


@pytest.mark.parametrize(
    ("settings", "dial"),
    [
        ({}, r"127\.0\.0\.1:\d+"),
        ({"host": "0.0.0.0"}, r"127\.0\.0\.1:\d+"),
        ({"address": "10.1.2.3"}, r"10\.1\.2\.3:\d+"),
        ({"address": "floor.example:9000"}, r"floor\.example:9000"),
        ({"address": "2001:db8::1"}, r"\[2001:db8::1\]:\d+"),
        ({"address": "[2001:db8::1]:9"}, r"\[2001:db8::1\]:9"),
    ],
)
async def test_what_the_exchange_is_to_dial(settings: dict[str, str], dial: str) -> None:
    """Where the audio is taken, unless another address is given."""
    place = Place(**settings)
    ticket = await place.expect()
    assert re.fullmatch(dial, ticket.dial)
    await place.stop()


async def test_port_that_is_taken() -> None:
    """Said with the setting to look at, in both languages."""
    port = free_port()
    other = await asyncio.start_server(lambda _, writer: writer.close(), HERE, port)
    place = Place(port=port)
    with pytest.raises(NotHeardError, match=r"\[listening\] host, port") as refused:
        await place.expect()
    assert "无法" in refused.value.words["zh"]
    other.close()
    await other.wait_closed()
    await place.stop()


async def test_fixed_port() -> None:
    """One port serves every listening."""
    place = Place(port=free_port())
    assert (await place.expect()).dial == (await place.expect()).dial
    await place.stop()


async def test_slow_exchange(place: Place) -> None:
    """What it does not take is dropped; nothing grows."""
    ticket = await place.expect()
    await place.visit(ticket, named(ticket))
    connection = await asyncio.wait_for(ticket.come, 5)
    for _ in range(60_000):
        connection.speak(bytes(320))
    assert connection._transport is not None
    assert connection._transport.get_write_buffer_size() < audio.LATE_BYTES + 400


async def test_limit(place: Place) -> None:
    """So many may be under way: thrice the listeners, for each may be on a joined phone and changing his mode."""
    place = Place(lines=1)
    for _ in range(3):
        await place.expect()
    with pytest.raises(NotHeardError, match="no more may"):
        await place.expect()
    await place.stop()


async def test_stop_ends_what_there_is(place: Place) -> None:
    """Whoever is connected is cut, and nobody can connect."""
    ticket = await place.expect()
    visit = await place.visit(ticket, named(ticket))
    await asyncio.wait_for(ticket.come, 5)
    await place.audio.stop()
    assert await visit.cut()
    with pytest.raises(ConnectionError):
        await Visit.pay(ticket)
