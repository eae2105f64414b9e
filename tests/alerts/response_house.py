"""A whole of incidents, plans and drills on a database of its own, for tests."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

from alerts.preparedness import Preparedness
from alerts.rehearsal import Ground
from floor.day import Day
from floor.history.database import Database
from floor.measures import Measures
from floor.state.facts import Fact
from floor.store import FloorStore
from tests.alerts.response_doubles import AlarmsDouble, PastDouble, PeopleDouble, SetClock, SwitchboardDouble
from tests.support.ready import put_sqlite

ORDER = {"en": "Leave", "zh": "撤离"}


class ResponseHouse:
    """``await open_house(folder)`` gives one that is loaded."""

    def __init__(self, folder: Path, *, past: PastDouble | None = None, refuses: tuple[str, ...] = ()) -> None:
        self.database = Database(f"sqlite:///{folder / 'floor.sqlite3'}", busy_s=0.2)
        self.clock = SetClock()
        self.alarms = AlarmsDouble(self.clock)
        self.switchboard = SwitchboardDouble(refuses)
        self.store = FloorStore(self.clock)
        self.rules: list[Any] = []
        self.people: Any = PeopleDouble()
        switchboard: Any = self.switchboard
        alarms: Any = self.alarms
        self.all = Preparedness(
            self.database,
            self.clock,
            self.store.snapshot,
            self.people,
            switchboard,
            past or PastDouble(),
            zone=UTC,
            answer_s=15,
            exit_order=ORDER,
            ground=self._ground,
            alarms=alarms,
            raises=self.alarms,
            sink=self.alarms,
        )
        self.alarms.subscribe(self.all.hear)

    def _ground(self) -> Ground:
        day = Day("UTC", "00:00")
        copy, figures = FloorStore(self.clock), Measures(self.clock, day)
        copy.subscribe(figures)
        return Ground(copy, figures, self.people, day, self.rules)

    def apply(self, *facts: Fact) -> None:
        for fact in facts:
            self.store.apply(fact)


async def open_house(folder: Path, **more: Any) -> ResponseHouse:
    if not (folder / "floor.sqlite3").exists():
        put_sqlite(folder / "floor.sqlite3")
    house = ResponseHouse(folder, **more)
    house.database.upgrade()
    await house.all.load()
    return house
