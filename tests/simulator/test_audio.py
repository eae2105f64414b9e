"""The simulator on AudioSocket: it connects, says which it is, brings frames in time, hears, and leaves."""

from __future__ import annotations

import asyncio
import struct

from asterisk.audiosocket import Kind, Packet, Reader, written
from asterisk.simulator import audio
from asterisk.simulator.parts import Channel
from asterisk.simulator.spying import Socket, Sound
from asterisk.simulator.world import World
from tests.asterisk.ports import free_port

ID = bytes(range(16))
LOUD = struct.pack("<160h", *[4000] * 160)


class Listener:
    """A server that keeps what it is told."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self.news = asyncio.Condition()
        self.writer: asyncio.StreamWriter | None = None
        self.world = World(1, 1000.0)
        self.leg = Channel("PJSIP/1-1", "1.2", "1.1", 1000.0)
        self.world.channels[self.leg.name] = self.leg
        self.changed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer, packets = writer, Reader()
        while data := await reader.read(4096):
            async with self.news:
                self.packets += packets.feed(data)
                self.news.notify_all()
        writer.close()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: len(self.packets) >= count)

    async def __aenter__(self) -> Listener:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        socket = Socket("127.0.0.1", self.server.sockets[0].getsockname()[1], ID)
        self.sound = Sound(self.world, socket, self.changed.set)
        self.task = asyncio.create_task(audio.bring(self.sound))
        return self

    async def __aexit__(self, *_: object) -> None:
        async with asyncio.timeout(10):
            await self.task
        self.server.close()
        await self.server.wait_closed()


async def test_brings_what_is_heard_until_it_is_over() -> None:
    """First who it is, then audio while it spies, at last a hang-up."""
    async with Listener() as one:
        await one.until(1)
        assert (one.packets[0].identifier.bytes, one.sound.up) == (ID, True)
        one.sound.spies(one.leg, "D")
        await one.until(4)
        one.sound.end()
        await one.task
        await one.until(len(one.packets))
    assert {len(packet.payload) for packet in one.packets[1:] if packet.kind is Kind.AUDIO} == {640}


async def test_hears_the_supervisor_and_his_hanging_up() -> None:
    """What he says reaches whom he speaks to; his hang-up ends it."""
    async with Listener() as one:
        await one.until(1)
        one.sound.spies(one.leg, "w")
        assert one.writer is not None
        one.writer.write(written(Kind.AUDIO, LOUD) + written(Kind.HANG_UP))
        await one.task
    assert one.sound.over
    assert one.sound._spoken_at > 0


async def test_ends_when_the_channel_is_gone() -> None:
    """As after a restart of the exchange."""
    async with Listener() as one:
        await one.until(1)
        one.sound.spies(one.leg, "D")
        one.world.forget_calls()
    assert one.sound.over


async def test_noise_ends_it() -> None:
    """Whoever sends what is no AudioSocket is left."""
    async with Listener() as one:
        await one.until(1)
        assert one.writer is not None
        one.writer.write(b"\x10\xff\xff")
    assert one.sound.over


async def test_nobody_there() -> None:
    """A connection that cannot be made is told."""
    changed = asyncio.Event()
    sound = Sound(World(1, 1.0), Socket("127.0.0.1", free_port(), ID), changed.set)
    await audio.bring(sound)
    assert sound.up is False
    assert changed.is_set()
