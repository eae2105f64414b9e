"""A running server for every test that asks for one, on a port of its own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from floor.clock import SystemClock
from floor.people.model import Person
from floor.settings import BoardSettings, PbxSettings, Settings
from tests.support.people import AccountsDouble, PeopleDouble
from tests.web.doubles import FloorDouble, HealthDouble, MeasuresDouble, agent, caller, pbx, queue, trunk
from web.parts import Parts
from web.server import Web

BOARDS = (BoardSettings(id="floor"), BoardSettings(id="lobby", public=True))


class House:
    """A server and what it serves; with ``staff`` people can sign in. ``parts`` is handed to the server as it is."""

    def __init__(
        self, folder: Path, staff: Iterable[Person] = (), parts: dict[str, Any] | None = None, **settings: Any
    ) -> None:
        self.store = FloorDouble(pbx(), queue("support"), queue("sales"), agent(), caller(), trunk())
        self.measures = MeasuresDouble()
        settings = {"port": 0, "data_dir": folder, "pbx": (PbxSettings(name="pbx1"),), "board": BOARDS} | settings
        self.settings = Settings(**settings)
        clock = SystemClock()
        self.accounts = AccountsDouble(clock, *staff)
        people = {"accounts": self.accounts, "people": PeopleDouble(staff)} if staff else {}
        parts = people | (parts or {})
        self.web = Web(self.settings, self.store, self.measures, HealthDouble(), clock, "1.0", parts=Parts(**parts))

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.web.port}"

    def stream(self, query: str = "board=floor", **more: Any) -> connect:
        more.setdefault("compression", None)
        return connect(f"ws://127.0.0.1:{self.web.port}/ws?{query}", max_size=None, proxy=None, **more)


Open = Callable[..., Awaitable[House]]


@pytest.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[Open]:
    """``await open_house(host=…)`` starts a server; it is stopped after the test."""
    houses: list[House] = []

    async def opened(**settings: Any) -> House:
        house = House(tmp_path, **settings)
        await house.web.start()
        houses.append(house)
        return house

    yield opened
    for house in houses:
        await house.web.stop()


@pytest.fixture
async def house(open_house: Open) -> House:
    """A server on loopback without keys."""
    return await open_house()


async def closed_with(connection: ClientConnection) -> int | None:
    """Read until the server closes; its code."""
    with contextlib.suppress(ConnectionClosed):
        async for _ in connection:
            pass
    return connection.close_code
