"""A real server whose agents can ask, in a thread of its own, for the agent's page and for his leader's."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from floor.clock import SystemClock
from floor.history.database import Database
from floor.people.model import Person
from floor.ports import Change, Outcome
from floor.requests.room import RequestRoom
from floor.sections.presence import PresenceSettings
from floor.sections.requests import RequestsSettings
from floor.state.fact import Fact
from floor.state.model import AgentState, Caller, CallerStage, CompletedBy, Ending
from tests.requests.seats import EVERYBODY, GROUPS, AuditDouble, signed
from tests.support.people import PeopleDouble
from tests.support.ready import put_sqlite
from tests.web.alarm_doubles import AlarmsDouble
from tests.web.conftest import House
from tests.web.doubles import agent, member


class SeatOffice:
    """Ann and Bob of one group; ``hangs_up`` is what the exchange would say."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._loop = folder, asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),), name="seats")

    def __enter__(self) -> SeatOffice:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return self.house.base

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        clock, people = SystemClock(), PeopleDouble(EVERYBODY, GROUPS)
        database = Database(put_sqlite(self._folder / "seats.sqlite3"))
        room = self.room = RequestRoom(
            RequestsSettings(),
            PresenceSettings(),
            database,
            AuditDouble(),
            people,
            self._floor,
            {"floor": False},
            clock,
        )
        parts = {"requests": room, "notices": room.notices, "people": people, "alarms": AlarmsDouble()}
        self.house = House(self._folder, EVERYBODY, parts)
        self.house.store.put(agent("Bob", member("support", "Bob", "PJSIP/Bob")))
        await self.house.web.start()
        self._ready.set()
        await self._stop.wait()
        await self.house.web.stop()
        await room.close()
        database.close()

    def _floor(self):  # type: ignore[no-untyped-def]
        return self.house.store.snapshot()

    def hangs_up(self, uniqueid: str = "1.1") -> None:
        """Ann ended her conversation first."""
        before = Caller("pbx1", "support", uniqueid, CallerStage.TALKING, 1.0, agent="Ann", answered_at=2.0)
        ended = {"ending": Ending.ANSWERED, "completed_by": CompletedBy.AGENT, "talk_s": 73}
        after = Caller("pbx1", "support", uniqueid, CallerStage.TALKING, 1.0, agent="Ann", answered_at=2.0, **ended)  # type: ignore[arg-type]
        outcome = Outcome(1, Fact("pbx1", 3.0), [Change(before, after)], ())
        self._loop.call_soon_threadsafe(self.room.listen, outcome)

    def pauses(self, name: str) -> None:
        """He goes to lunch."""
        away = agent(name, member("support", name, f"PJSIP/{name}"), state=AgentState.PAUSED, reason="meal")
        outcome = Outcome(1, Fact("pbx1", 3.0), [Change(None, away)], ())

        def goes() -> None:
            self.house.store.put(away)
            self.room.listen(outcome)

        self._loop.call_soon_threadsafe(goes)

    def posts(self, who: Person, text: str) -> None:
        """A notice for half an hour."""
        post = self.room.notices.post(signed(who), {"zh": text}, "warn", 30)
        asyncio.run_coroutine_threadsafe(post, self._loop).result(10)
