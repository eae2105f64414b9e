"""A client's life on a real socket: level, judged, and never a burden to the others."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.web.conftest import House, closed_with
from tests.web.doubles import Screen, agent, member, queue
from web import door, outbox
from web.session import KERNEL_BYTES

OPENING = (
    b"GET /ws?board=floor HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def hear(stream: ClientConnection, screen: Screen) -> dict[str, Any]:
    screen.hear(json.loads(await asyncio.wait_for(stream.recv(), 5)))
    return screen.messages[-1]


async def test_snapshot_then_patches(house: House) -> None:
    """A client opens the stream, has the floor, and follows it."""
    screen = Screen()
    async with house.stream() as stream:
        assert (await hear(stream, screen))["t"] == "snapshot"
        house.store.put(queue("support", waiting=4))
        while (await hear(stream, screen))["t"] != "patch":
            pass
    assert screen.floor["queues"]["pbx1/support"]["waiting"] == 4


async def test_frames_are_text(house: House) -> None:
    """Browsers get text frames of UTF-8 JSON."""
    async with house.stream() as stream:
        assert isinstance(await stream.recv(), str)


async def test_resync_is_answered(house: House) -> None:
    """Asked for, a snapshot comes within about a second."""
    screen = Screen()
    async with house.stream() as stream:
        await hear(stream, screen)
        await stream.send('{"t":"resync"}')
        while (await hear(stream, screen))["t"] != "snapshot":
            pass
    assert house.web.hub.traffic.resyncs == 1


@pytest.mark.parametrize(
    "frame", ["hello", '{"t":"command"}', b'{"t":"resync"}', '{"t":"resync","x":"' + "x" * 4096 + '"}', "x" * 100_000]
)
async def test_what_the_protocol_does_not_know_ends_the_stream(house: House, frame: str | bytes) -> None:
    """Unknown messages, binary frames and frames over 4 KiB: 4400."""
    async with house.stream() as stream:
        await stream.recv()
        await stream.send(frame)
        assert await closed_with(stream) == 4400


async def test_a_frame_of_4_kib_is_read(house: House) -> None:
    """The limit itself is allowed: the frame is judged by what it says."""
    async with house.stream() as stream:
        await stream.send('{"t":"resync"}'.ljust(4096))
        await stream.send('{"t":"pong","n":1}')
        assert json.loads(await stream.recv())["t"] == "snapshot"


async def test_fragments_do_not_get_around_the_limit(house: House) -> None:
    """A message in many small frames is as big as their sum."""
    async with house.stream() as stream:
        await stream.send(["x" * 1000] * 5)
        assert await closed_with(stream) == 4400


async def test_more_than_twenty_messages_a_second_end_the_stream(house: House) -> None:
    """A flood is no conversation: 4400."""
    async with house.stream() as stream:
        for n in range(30):
            with contextlib.suppress(ConnectionClosed):  # it may fall at any of them
                await stream.send(f'{{"t":"pong","n":{n}}}')
        assert await closed_with(stream) == 4400


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.lists(st.one_of(st.text(max_size=80), st.binary(max_size=80)), min_size=1, max_size=5))
def test_no_client_can_break_the_server(tmp_path_factory: pytest.TempPathFactory, junk: list[str | bytes]) -> None:
    """Whatever a client sends, it alone is sent off, with 4400, and the next one is served."""

    async def play() -> None:
        house = House(tmp_path_factory.mktemp("house"))
        await house.web.start()
        try:
            async with house.stream() as stream:
                for frame in junk:
                    try:
                        await stream.send(frame)
                    except ConnectionClosed:
                        break
                assert await closed_with(stream) == 4400
            async with house.stream() as stream:
                assert json.loads(await stream.recv())["t"] == "snapshot"
            assert house.web.hub.traffic.failures == 0
        finally:
            await house.web.stop()

    asyncio.run(play())


async def test_raw_noise_after_the_handshake(house: House) -> None:
    """Bytes that are no frames at all end that connection and nothing else."""
    reader, writer = await asyncio.open_connection("127.0.0.1", house.web.port)
    writer.write(OPENING)
    assert b"101" in await reader.readline()
    writer.write(bytes(range(256)) * 40)
    async with asyncio.timeout(5):
        while await reader.read(65536):
            pass
    writer.close()
    async with house.stream() as stream:
        assert json.loads(await stream.recv())["t"] == "snapshot"


async def stalled(house: House) -> tuple[asyncio.StreamWriter, socket.socket]:
    """A client that opens the stream and then never reads."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", house.web.port))
    await loop.sock_sendall(raw, OPENING)
    return raw


@pytest.mark.alone
async def test_a_stalled_client_hurts_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside a client that never reads, healthy ones get every patch in time; it is passed over, bounded, and cut."""
    monkeypatch.setattr(outbox, "PATIENCE_S", 0.5)
    house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}")) for n in range(300)))
    raw = await stalled(house)
    screens = [Screen() for _ in range(5)]
    streams = [await house.stream() for _ in screens]
    for stream, screen in zip(streams, screens, strict=True):
        await hear(stream, screen)
    worst = 0.0
    for turn in range(400):
        house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}"), misses=turn + 1) for n in range(300)))
        house.web.hub.flush()
        began = time.monotonic()
        for stream, screen in zip(streams, screens, strict=True):
            while (await hear(stream, screen))["t"] != "patch":
                pass
        worst = max(worst, time.monotonic() - began)
        if house.web.hub.traffic.cut:
            break
    traffic = house.web.hub.traffic
    print(f"worst round for five healthy clients {worst * 1000:.0f} ms; {traffic}")
    assert traffic.skipped > 0
    assert all(screen.rev == screens[0].rev for screen in screens)
    assert worst < 2
    async with asyncio.timeout(5):
        while not traffic.cut:
            await hear(streams[0], screens[0])
        while house.web.hub.clients != {"floor": 5}:
            await hear(streams[0], screens[0])
    raw.close()
    for stream in streams:
        await stream.close()


async def test_what_a_stalled_client_holds_is_bounded(house: House) -> None:
    """However much happens, no more than the mark and what was on its way is kept for a client that never reads, here
    and in the kernel."""
    everybody = [f"agent {n}" for n in range(300)]
    house.store.put(*(agent(name, member(agent=name)) for name in everybody))
    raw = await stalled(house)
    assert await asyncio.get_running_loop().sock_recv(raw, 12) == b"HTTP/1.1 101"
    (session,) = house.web.door.sessions
    for turn in range(400):
        house.store.put(*(agent(name, member(agent=name), misses=turn + 1) for name in everybody))
        house.web.hub.flush()
        await asyncio.sleep(0)
    biggest = len(house.web.hub._lives["floor"]._stream.snapshot(0.0))
    assert house.web.hub.traffic.skipped > 100
    assert outbox.HIGH_BYTES < session.unsent() <= outbox.HIGH_BYTES + 2 * biggest
    line = session.connection.transport.get_extra_info("socket")
    assert line.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * KERNEL_BYTES
    raw.close()


async def test_who_never_answers_a_ping_is_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that takes everything but lives no more is told 1011 and cut; others stay."""
    async with house.stream() as stays:
        monkeypatch.setattr(door, "PING_S", 0.2)
        reader, writer = await asyncio.open_connection("127.0.0.1", house.web.port)
        writer.write(OPENING)
        taken = b""
        async with asyncio.timeout(10):
            while data := await reader.read(65536):
                taken += data
        assert b"\x88" + bytes((2 + len("keepalive ping timeout"),)) + (1011).to_bytes(2) in taken
        writer.close()
        await stays.send('{"t":"resync"}')
        async with asyncio.timeout(5):
            while house.web.hub.clients != {"floor": 1}:
                await stays.recv()


async def test_a_slow_client_is_level_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that pauses and then reads on jumps to the present by a snapshot, without a missing revision."""
    monkeypatch.setattr(outbox, "HIGH_BYTES", 64 * 1024)
    house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}")) for n in range(300)))
    screen = Screen()
    async with house.stream(max_queue=1) as stream:
        await hear(stream, screen)
        turn = 0
        while not house.web.hub.traffic.skipped:
            turn += 1
            house.store.put(*(agent(f"agent {n}", member(agent=f"agent {n}"), misses=turn) for n in range(300)))
            house.web.hub.flush()
            await asyncio.sleep(0)
        while screen.kinds().count("snapshot") < 2:
            await hear(stream, screen)
    assert {one["misses"] for one in screen.floor["agents"].values() if one["label"] != "1001"} <= {turn}
    assert [one["misses"] for one in screen.floor["agents"].values()].count(turn) == 300
