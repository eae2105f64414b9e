"""Everything together on one port: started in order, stopped whatever the clients do, quick from floor to screen."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import time
from pathlib import Path

import httpx2
import pytest
from starlette.exceptions import HTTPException
from websockets.asyncio.client import ClientConnection

from floor.clock import SystemClock
from floor.day import Day
from floor.measures import Measures
from floor.settings import PbxSettings, Settings
from floor.state.facts import (
    CallerGaveUp,
    CallerJoined,
    ChannelClosed,
    ChannelOpened,
    LinkChanged,
    MemberSeen,
    QueueSeen,
)
from floor.state.model import LinkState, Member
from floor.store import FloorStore
from tests.web.conftest import House, Open
from tests.web.doubles import HealthDouble, Screen, agent, member, queue
from tests.web.whole import Absent
from web.errors import AddressInUse, KeysUnreadable
from web.server import Web, listen


async def test_a_taken_port_is_a_sentence(house: House, tmp_path: Path) -> None:
    """Which port, and what to do about it; nothing is left running."""
    second = House(tmp_path / "second", port=house.web.port)
    with pytest.raises(AddressInUse, match=rf"port {house.web.port} on 127\.0\.0\.1 is taken.*--port"):
        await second.web.start()
    await second.web.stop()


async def test_an_address_of_another_machine_is_a_sentence(tmp_path: Path) -> None:
    """So is a name nobody knows."""
    for host in ("192.0.2.7", "no.such.host.invalid"):
        with pytest.raises(AddressInUse, match=host.replace(".", r"\.")):
            await House(tmp_path, host=host).web.start()


async def test_damaged_keys_stop_the_start(tmp_path: Path) -> None:
    """Before anything is served."""
    (tmp_path / "access.json").write_text("{}")
    with pytest.raises(KeysUnreadable):
        House(tmp_path)


async def test_signal_handlers_are_left_alone(open_house: Open) -> None:
    """Who assembles the program decides what a signal means."""
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    await open_house()
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_stop_sees_everybody_off(house: House) -> None:
    """Open streams are closed with 1001, the port is free, no task stays; a second stop is nothing."""
    tasks = len(asyncio.all_tasks())
    async with house.stream() as stream, house.stream() as silent:
        await stream.recv()
        port = house.web.port
        began = time.monotonic()
        await house.web.stop()
        assert time.monotonic() - began < 3
        assert [stream.close_code, silent.close_code] == [1001, 1001]
        with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            pass
    await house.web.stop()
    assert len(asyncio.all_tasks()) < tasks
    assert house.store.listeners == []


async def test_ipv6(open_house: Open) -> None:
    """The pages can be served on ::1."""
    house = await open_house(host="::1")
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://[::1]:{house.web.port}/healthz")).status_code == 200


async def test_http_and_stream_share_the_port(house: House) -> None:
    """One host, one port, one certificate."""
    async with httpx2.AsyncClient(trust_env=False) as client, house.stream() as stream:
        assert (await client.get(f"{house.base}/healthz")).status_code == 200
        assert json.loads(await stream.recv())["t"] == "snapshot"


async def test_from_floor_to_screen(house: House) -> None:
    """A change is on ten screens within a fraction of a second; the distribution is printed."""
    streams = [await house.stream() for _ in range(10)]
    started: dict[int, float] = {}
    delays: list[float] = []

    async def watch(stream: ClientConnection, screen: Screen) -> None:
        async for frame in stream:
            screen.hear(json.loads(frame))
            for one in screen.messages[-1].get("set", {}).get("queues", {}).values():
                delays.append(time.monotonic() - started[one["waiting"]])
                if one["waiting"] == 60:
                    return

    screens = [Screen() for _ in streams]
    for stream, screen in zip(streams, screens, strict=True):
        screen.hear(json.loads(await stream.recv()))
    watchers = [asyncio.create_task(watch(*pair)) for pair in zip(streams, screens, strict=True)]
    for turn in range(1, 61):
        started[turn] = time.monotonic()
        house.store.put(queue("support", waiting=turn), agent("Ann", member(), misses=turn))
        await asyncio.sleep(0.03)
    await asyncio.wait_for(asyncio.gather(*watchers), 5)
    for stream in streams:
        await stream.close()
    delays.sort()
    p50, p99 = delays[len(delays) // 2], delays[int(len(delays) * 0.99)]
    print(f"apply to client: p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, n={len(delays)}")
    assert p99 < 1


async def test_a_start_that_fails_leaves_the_port_free(house: House) -> None:
    """When a part cannot be subscribed to, the error is told and the port is not kept."""
    broken = House(house.settings.data_dir, parts={"listenings": Absent()})
    with pytest.raises(HTTPException):
        await broken.web.start()
    listen("127.0.0.1", broken.web.port).close()


async def test_with_the_real_core(tmp_path: Path) -> None:
    """Facts in at one end, the board's numbers out at the other, and /api/v1/today agrees."""
    clock = SystemClock()
    store, measures = FloorStore(clock), Measures(clock, Day())
    store.subscribe(measures)
    settings = Settings(port=0, data_dir=tmp_path, pbx=(PbxSettings(name="pbx1"),))
    web = Web(settings, store, measures, HealthDouble(), clock)
    await web.start()
    now, screen = clock.now(), Screen()
    house = House.__new__(House)
    house.web = web
    try:
        store.apply(LinkChanged("pbx1", now, LinkState.UP))
        store.apply(QueueSeen("pbx1", now, "support"))
        store.apply(MemberSeen("pbx1", now, Member("support", "Ann", "PJSIP/1001", "PJSIP/1001")))
        async with house.stream("board=default") as stream:
            screen.hear(json.loads(await stream.recv()))
            store.apply(ChannelOpened("pbx1", now, "1.1", "PJSIP/trunk-1", "1.1", "up"))
            store.apply(CallerJoined("pbx1", now, "support", "1.1", number="13812345678", position=1))
            async with asyncio.timeout(5):
                while not screen.floor["callers"]:
                    screen.hear(json.loads(await stream.recv()))
                assert screen.floor["queues"]["pbx1/support"]["waiting"] == 1
                store.apply(CallerGaveUp("pbx1", now + 3, "support", "1.1", 3))
                store.apply(ChannelClosed("pbx1", now + 3, "1.1"))
                while not screen.floor["figures"]["total"]["today"]["abandoned"]:
                    screen.hear(json.loads(await stream.recv()))
        assert screen.floor["callers"] == {}
        async with httpx2.AsyncClient(trust_env=False) as client:
            today = (await client.get(f"http://127.0.0.1:{web.port}/api/v1/today")).json()
        assert today["total"]["abandoned"] == today["queues"][0]["abandoned"] == 1
        assert "13812345678" not in json.dumps(screen.messages)
    finally:
        await web.stop()
