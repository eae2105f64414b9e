"""A server behind whose pages a real room of requests works: two groups, their leaders, a coach, a chief."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection

from floor.clock import SystemClock
from floor.history.database import Database
from floor.requests.room import RequestRoom
from floor.sections.presence import PresenceSettings
from floor.sections.requests import RequestsSettings
from tests.requests.seats import EVERYBODY, GROUPS, AuditDouble
from tests.support.people import PeopleDouble
from tests.support.ready import put_sqlite
from tests.web.alarm_doubles import AlarmsDouble
from tests.web.conftest import House, Open
from tests.web.doubles import agent, member
from tests.web.visitor import Visitor


class Asked:
    """House, room and audit."""

    def __init__(self, house: House, room: RequestRoom, audit: AuditDouble, alarms: AlarmsDouble) -> None:
        self.house, self.room, self.audit, self.alarms = house, room, audit, alarms


async def open_asked(open_house: Open, folder: Path, more: dict[str, Any] | None = None, **settings: Any) -> Asked:
    """Ann of the group early is talking, Bob and Cui are ready; ``more`` parts run beside."""
    database = Database(put_sqlite(folder / "asked.sqlite3"))
    audit, clock, people, alarms = AuditDouble(), SystemClock(), PeopleDouble(EVERYBODY, GROUPS), AlarmsDouble()
    houses: list[House] = []
    room = RequestRoom(
        RequestsSettings(), PresenceSettings(), database, audit, people, lambda: houses[0].store.snapshot(),  # noqa: PLW0108  # not there yet
        {"floor": False, "lobby": True}, clock,
    )  # fmt: skip
    parts = {"requests": room, "notices": room.notices, "people": people, "alarms": alarms, **(more or {})}
    house = await open_house(staff=EVERYBODY, parts=parts, **settings)
    houses.append(house)
    for name in ("Bob", "Cui"):
        house.store.put(agent(name, member("support", name, f"PJSIP/{name}")))
    return Asked(house, room, audit, alarms)


class Page:
    """One open stream of somebody: what it holds after each message."""

    def __init__(self, stream: ClientConnection) -> None:
        self.stream = stream
        self.board: dict[str, Any] = {}
        self.floor: dict[str, dict[str, Any]] = {}

    async def until(self, holds: Callable[[dict[str, dict[str, Any]]], bool]) -> dict[str, dict[str, Any]]:
        """Read until it is so."""
        async with asyncio.timeout(10):
            while not self.floor or not holds(self.floor):
                self._take(json.loads(await self.stream.recv()))
        return self.floor

    def _take(self, message: dict[str, Any]) -> None:
        if message["t"] == "snapshot":
            self.board, self.floor = message["board"], message["floor"]
        for kind, entities in message.get("set", {}).items():
            self.floor.setdefault(kind, {}).update(entities)
        for kind, ids in message.get("del", {}).items():
            for id_ in ids:
                del self.floor[kind][id_]


async def stream_of(asked: Asked, visitor: Visitor, which: str) -> Any:
    """``desk`` or ``mine``, by a ticket of his own."""
    ticket = (await visitor.get("/api/v1/ticket")).json()["ticket"]
    cookie = {"Cookie": f"floor={visitor.secret}"}
    query = f"{which}=1&ticket={quote(ticket)}"
    return asked.house.stream(query, origin=asked.house.base, additional_headers=cookie)
