"""A server with every part of the pages, where what the parts are asked for is not there: for tests of the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NoReturn

from starlette.exceptions import HTTPException

from floor.people.model import Person
from floor.sections.people import OidcSettings, PeopleSettings
from tests.web.alarm_doubles import AlarmsDouble
from tests.web.conftest import House, Open


class Absent:
    """Stands for any part: whatever is asked of it, there is no such thing."""

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent()

    def __call__(self, *_: object, **__: object) -> NoReturn:
        raise HTTPException(404)

    def __getitem__(self, _: object) -> NoReturn:
        raise HTTPException(404)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __contains__(self, _: object) -> bool:
        return False

    def __bool__(self) -> bool:
        return True


class NothingAsked(Absent):
    """Nobody asks for anything, nothing is posted, and nobody is an agent."""

    shown: Mapping[str, object] = {}
    standing: Mapping[str, object] = {}
    away_reasons: tuple[str, ...] = ()

    def subscribe(self, _: object) -> Callable[[], None]:
        return lambda: None

    def of_person(self, _: Person) -> None:
        return None

    def keys_of(self, _: Person) -> frozenset[object]:
        return frozenset()


async def open_whole(open_house: Open, staff: tuple[Person, ...], **settings: Any) -> House:
    """Everything that can be served is."""
    provider = PeopleSettings(oidc=OidcSettings(issuer="http://127.0.0.1:9", client_id="floorwatch"))
    absent = ("archive", "readiness", "trials", "audit", "commander", "days")
    asked = {"requests": NothingAsked(), "notices": NothingAsked(), "listenings": NothingAsked()}
    parts = {"alarms": AlarmsDouble(), **asked, **{name: Absent() for name in absent}}
    return await open_house(staff=staff, parts=parts, people=provider, **settings)
