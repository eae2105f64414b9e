"""An exchange asked for less sends all that is read, and much less besides: on real Asterisk, with real calls."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from asterisk.check import NEEDED
from asterisk.collect import PICTURE
from asterisk.deliveries import Delivery, EventArrived, ListCollected, PictureComplete
from asterisk.filtering import OF_THE_LINK, conf_lines
from asterisk.link import Link
from asterisk.wire import event_name, first
from floor.clock import SystemClock
from floor.settings import PbxSettings
from tests.asterisk.ami import Ami
from tests.asterisk.cast import VERSIONS
from tests.asterisk.exchange import Exchange
from tests.asterisk.load import HURRIED, load_plan, mixed_load
from tests.asterisk.versions import Played, side_by_side

pytestmark = [pytest.mark.asterisk, pytest.mark.slow, pytest.mark.timeout(300)]
on_both = pytest.mark.parametrize("version", VERSIONS)
CALLS = 30
WAYS = ("everything", "session", "file")
"""Sent everything, asked for less in the session, and by lines in ``manager.conf``."""
_ACCOUNT = """
[{name}]
secret = secret
read = system,call,agent,user,reporting,dialplan
write = {write}
{lines}
"""


@dataclass
class Heard:
    """What one session heard: bytes, events by name, and what was read of them between two marks."""

    ready: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    size: int = 0
    names: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    lists: dict[str, int] = field(default_factory=dict)
    _marked: bool = False
    _rest: bytes = b""

    def opened(self) -> None:
        """Nothing to do."""

    def closed(self) -> None:
        """Nothing to do."""

    def heard(self, data: bytes) -> None:
        """Raw, between the marks."""
        *frames, self._rest = (self._rest + data).split(b"\r\n\r\n")
        for frame in frames:
            if b"Kind: begin" in frame:
                self._marked = True
            elif b"Kind: end" in frame:
                self._marked = False
            elif self._marked and frame.startswith(b"Event: ") and b"EventList: " not in frame:
                self.names[event_name(frame).decode()] += 1
                self.size += len(frame) + 4

    def __call__(self, delivery: Delivery) -> None:
        """As the floor gets it."""
        if isinstance(delivery, PictureComplete):
            self.ready.set()
        elif isinstance(delivery, ListCollected):
            self.lists[delivery.action] = len(delivery.messages)
        elif isinstance(delivery, EventArrived):
            if first(delivery.message, "Event") == "UserEvent" and first(delivery.message, "Kind") == "end":
                self.over.set()
            self.read[str(sorted(delivery.message.items()))] += 1


async def plays(version: str, _folder: Path) -> dict[str, Heard]:
    """A few dozen calls, heard by three sessions at once."""
    async with Exchange(version, load_plan(8)) as exchange:
        conf = exchange.folder / "etc" / "manager.conf"
        lines = "\n".join(conf_lines(NEEDED, exchange.built.removeprefix("Asterisk ")))
        accounts = [_ACCOUNT.format(name="plain", write="system,reporting", lines="")]
        accounts += [_ACCOUNT.format(name="lined", write="system,reporting", lines=lines)]
        conf.write_text(conf.read_text() + "".join(accounts))
        await exchange.cli("manager reload")
        heard = {way: Heard() for way in WAYS}
        links = [_link(exchange, way, heard[way]) for way in WAYS]
        running = [asyncio.create_task(link.run()) for link in links]
        stage = await Ami.connect(exchange)
        try:
            async with asyncio.timeout(240):
                await asyncio.gather(*(one.ready.wait() for one in heard.values()))
                await stage.action("UserEvent", UserEvent="FloorReport", Kind="begin")
                await mixed_load(exchange, 11, CALLS, 8, per_second=6, manners=HURRIED)
                await stage.action("UserEvent", UserEvent="FloorReport", Kind="end")
                await asyncio.gather(*(one.over.wait() for one in heard.values()))
        finally:
            await stage.close()
            for link in links:
                link.stop()
            await asyncio.gather(*running)
        return heard


def _link(exchange: Exchange, way: str, heard: Heard) -> Link:
    settings = PbxSettings.model_validate(
        {
            "name": way,
            "port": exchange.ami_port,
            "user": "lined" if way == "file" else "plain",
            "secret": "secret",
            "filters": way == "session",
        }
    )
    return Link(settings, heard, SystemClock(), wanted=NEEDED, tap=heard)


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Played[dict[str, Heard]]:
    return side_by_side(plays, tmp_path_factory.mktemp("filters"))


@on_both
def test_nothing_that_is_read_is_missing(version: str, heard: Played[dict[str, Heard]]) -> None:
    """Every event the floor reads, header for header, and every list of the picture, as without a filter."""
    ways = heard.on(version)
    assert sum(ways["everything"].read.values()) > 10 * CALLS
    for way in ("session", "file"):
        assert ways[way].read == ways["everything"].read, way
        assert ways[way].lists == ways["everything"].lists, way
    assert set(ways["everything"].lists) == {listing.action for listing in PICTURE}


@on_both
def test_the_rest_is_not_sent(version: str, heard: Played[dict[str, Heard]]) -> None:
    """Only events of the table come, and less than two thirds of the bytes; how many is printed."""
    ways = heard.on(version)
    for way in ("session", "file"):
        assert set(ways[way].names) <= {*NEEDED, *OF_THE_LINK}
        assert ways[way].size < 2 / 3 * ways["everything"].size
    for way, one in ways.items():
        count = one.names.total()
        print(f"Asterisk {version}, {way}: {count / CALLS:.1f} events, {one.size / CALLS:.0f} bytes a call")
