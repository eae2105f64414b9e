"""Frames are made once for all readers, and are what any client of websockets understands."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, PerMessageDeflate
from websockets.frames import Frame, Opcode

from tests.web.conftest import House, closed_with
from tests.web.doubles import Screen, agent, member, queue
from web import framing
from web.framing import ALONE_FROM_BYTES, DEFLATE_FROM_BYTES, Told

MESSAGES = st.builds(
    lambda seed, length, times: random.Random(seed).randbytes(length) * times,
    st.integers(0, 99),
    st.integers(DEFLATE_FROM_BYTES, 9000),
    st.integers(1, 9),
)
"""Some that deflate well, and some that do not at all."""


def read(frame: bytes, *, deflated: bool = False) -> Frame:
    """What a client's library makes of it; it keeps no history."""
    reader = _reader(frame, [PerMessageDeflate(True, True, 15, 15)] if deflated else [])
    try:
        next(reader)
    except StopIteration as done:
        parsed: Frame = done.value
        return parsed
    raise AssertionError("the frame is not whole")


def _reader(frame: bytes, extensions: list[PerMessageDeflate]) -> Any:
    left = bytearray(frame)

    def exactly(count: int) -> Any:
        taken = bytes(left[:count])
        del left[:count]
        return taken
        yield

    return Frame.parse(exactly, mask=False, extensions=extensions)


@given(MESSAGES)
def test_a_plain_frame_is_the_message(message: bytes) -> None:
    """Of every length, in all three ways of writing a length: final, text, not masked, not deflated."""
    frame = read(Told(message).plain)
    assert (frame.opcode, frame.fin, frame.rsv1, bytes(frame.data)) == (Opcode.TEXT, True, False, message)


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536])
def test_lengths_at_the_edges(length: int) -> None:
    """Where one way of writing the length ends and the next begins."""
    assert bytes(read(Told(b"x" * length).plain).data) == b"x" * length


@given(MESSAGES)
def test_a_deflated_frame_inflates_to_the_message(message: bytes) -> None:
    """By the library's own client side."""
    told = Told(message)
    assert told.deflated[0] == 0xC1
    assert bytes(read(told.deflated, deflated=True).data) == message


def test_tiny_messages_are_not_deflated() -> None:
    """Nor what only one reader gets, unless it is big: the work would be that reader's alone."""
    tiny, small = Told.of(b"x" * (DEFLATE_FROM_BYTES - 1)), Told.of(b"x" * DEFLATE_FROM_BYTES, readers=1)
    assert tiny.deflated == tiny.plain
    assert small.deflated == small.plain
    assert Told.of(b"x" * ALONE_FROM_BYTES, readers=1).deflated != Told(b"x" * ALONE_FROM_BYTES).plain


def test_frames_are_made_once() -> None:
    """However many ask: the very same bytes."""
    told = Told.of(b"x" * 5000)
    assert told.deflated is Told.of(told).deflated
    assert told.plain is told.plain


async def test_readers_of_both_kinds_follow(house: House) -> None:
    """With deflate and without, beside one another: the same floor, snapshot and patches; deflated once."""
    house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}")) for n in range(200)))
    screens = [Screen(), Screen()]
    async with house.stream(compression="deflate") as deflated, house.stream() as plain:
        house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}"), misses=1) for n in range(100)))
        house.store.put(queue("support", waiting=9))
        async with asyncio.timeout(5):
            for stream, screen in zip((deflated, plain), screens, strict=True):
                while not screen.floor or screen.floor["queues"]["pbx1/support"]["waiting"] != 9:
                    screen.hear(json.loads(await stream.recv()))
    assert screens[0].floor == screens[1].floor
    assert len(screens[0].floor["agents"]) == 201


async def test_a_smaller_window_gets_plain_frames(house: House) -> None:
    """A client that can look back less far than our frames do is not sent what it could not read."""
    house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}")) for n in range(200)))
    narrow = ClientPerMessageDeflateFactory(server_max_window_bits=9, client_max_window_bits=True)
    async with house.stream(extensions=[narrow]) as stream:
        snapshot = json.loads(await asyncio.wait_for(stream.recv(), 5))
    assert len(snapshot["floor"]["agents"]) == 201


async def test_what_clients_deflate_is_read(house: House) -> None:
    """A deflated question is a question."""
    async with house.stream(compression="deflate") as stream:
        await stream.recv()
        await stream.send(json.dumps({"t": "resync"}).ljust(2000))
        async with asyncio.timeout(5):
            while json.loads(await stream.recv())["t"] != "snapshot":
                pass


@pytest.mark.parametrize("size", [5000, 2_000_000])
async def test_a_bomb_does_not_go_off(house: House, size: int) -> None:
    """What inflates beyond the limit of a frame ends the stream (4400), however small it came; others are served."""
    async with house.stream(compression="deflate") as stream:
        await stream.recv()
        await stream.send("x" * size)
        assert await closed_with(stream) == 4400
    async with house.stream() as stream:
        assert json.loads(await stream.recv())["t"] == "snapshot"


async def test_deflated_noise_ends_the_stream(house: House) -> None:
    """Bytes that are no deflate block end that stream only."""
    async with house.stream(compression="deflate") as stream:
        await stream.recv()
        stream.transport.write(bytes((0xC1, 0x80 | 50)) + bytes(4) + b"\xff" * 50)
        assert await asyncio.wait_for(closed_with(stream), 5) in (1002, 1007, 1011)
    async with house.stream() as stream:
        assert json.loads(await stream.recv())["t"] == "snapshot"


async def test_nothing_is_sent_to_who_is_leaving(house: House) -> None:
    """After the goodbye has begun no frame follows: the client would take it for a breach."""
    async with house.stream() as stream:
        await stream.recv()
        (session,) = house.web.door.sessions
        closing = asyncio.ensure_future(session.connection.close())
        await asyncio.sleep(0)
        framing.send(session.connection, b"late", deflated=False)
        assert await closed_with(stream) == 1000
        await closing
