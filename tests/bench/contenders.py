"""Who reads AMI: ours up to applied state, panoramisk and pyami-asterisk as they come, and a bare parser that does
nothing else.

``python -m tests.bench.contenders NAME PORT`` reads one stream from :mod:`tests.bench.peer` and prints one JSON object:
events sent, wall and processor seconds from the first byte to the last event taken.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from panoramisk import Manager
from pyami_asterisk import AMIClient

from asterisk.link import Link
from asterisk.placed import wanted_too
from asterisk.reporter import Reporter
from asterisk.straight import straight_to
from asterisk.translate import WANTED
from floor.clock import SystemClock
from floor.garbage import Garbage
from floor.settings import PbxSettings
from floor.state.facts import EndpointSeen, Fact, LinkChanged
from floor.state.model import LinkState
from floor.store import FloorStore
from tests.bench.peer import LAST_PHONE

READY = {"Action": "FloorBenchReady"}


class Watch:
    """Wall and processor time from the first byte of the stream to its end."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._begun = (0.0, 0.0)

    def begin(self) -> None:
        self._begun = time.perf_counter(), time.process_time()

    def end(self) -> None:
        wall, cpu = self._begun
        self.result = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        self.ended.set()


async def floor(port: int, watch: Watch) -> None:
    """The product's own link, translation and state; nobody looks at the state."""
    store, up = FloorStore(SystemClock()), asyncio.Event()

    def apply(fact: Fact) -> None:
        store.apply(fact)
        if isinstance(fact, LinkChanged) and fact.link is LinkState.UP:
            up.set()
        if isinstance(fact, EndpointSeen) and fact.name == LAST_PHONE:
            watch.end()

    settings = PbxSettings(name="pbx1", host="127.0.0.1", port=port, user="floor", secret="floor")
    reporter = Reporter("pbx1", apply)
    link = Link(settings, reporter, SystemClock(), wanted=wanted_too(WANTED), straight=straight_to(reporter))
    running = asyncio.ensure_future(link.run())
    await up.wait()
    Garbage().begin()  # as the product does once its floor is there
    watch.begin()
    ready = asyncio.ensure_future(link.act("FloorBenchReady"))
    await watch.ended.wait()
    ready.cancel()
    link.stop()
    await running


async def panoramisk(port: int, watch: Watch) -> None:
    """panoramisk, with a callback of nothing for each of the same events."""
    manager = Manager(host="127.0.0.1", port=port, username="floor", secret="floor", ping_delay=600)
    for name in wanted_too(WANTED):
        manager.register_event(name, lambda _manager, _event: None)
    manager.register_event("PeerStatus", lambda _manager, event: watch.end() if event.Peer == LAST_PHONE else None)
    await manager.connect()
    await asyncio.sleep(0.3)
    watch.begin()
    manager.send_action(dict(READY))
    await watch.ended.wait()
    manager.close()


async def pyami(port: int, watch: Watch) -> None:
    """pyami-asterisk, with the same callbacks."""
    client = AMIClient(
        host="127.0.0.1",
        port=port,
        username="floor",
        secret="floor",
        ping_delay=0,
        ami_version=lambda _: watch.begin(),  # told when it is logged in
    )
    client.register_event(sorted(wanted_too(WANTED)), lambda _event: None)
    client.register_event(["PeerStatus"], lambda event: watch.end() if event["Peer"] == LAST_PHONE else None)
    client.create_action(dict(READY), lambda _answer: None)
    reading = asyncio.ensure_future(client.connect_ami())
    await watch.ended.wait()
    reading.cancel()


class Bare(asyncio.Protocol):
    """Cuts the stream with ``bytes.split`` into dicts of bytes, and forgets them."""

    def __init__(self, watch: Watch) -> None:
        self._watch, self._tail = watch, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"Action: FloorBenchReady\r\n\r\n")
        self._watch.begin()

    def data_received(self, data: bytes) -> None:
        *frames, self._tail = (self._tail + data).split(b"\r\n\r\n")
        for frame in frames:
            message: dict[bytes, bytes] = {}
            for row in frame.split(b"\r\n"):
                key, _, value = row.partition(b": ")
                message[key] = value
            if message.get(b"Peer") == LAST_PHONE.encode():
                self._watch.end()


async def bare(port: int, watch: Watch) -> None:
    """The bound: every event cut into its headers, and nothing else."""
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: Bare(watch), "127.0.0.1", port)
    await watch.ended.wait()
    transport.close()


CONTENDERS: dict[str, Callable[[int, Watch], Awaitable[None]]] = {
    "floor": floor,
    "panoramisk": panoramisk,
    "pyami": pyami,
    "bare": bare,
}


async def run(name: str, port: int) -> dict[str, Any]:
    """One contender, one stream."""
    watch = Watch()
    await CONTENDERS[name](port, watch)
    return {"contender": name, **watch.result}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(sys.argv[1], int(sys.argv[2])))))
