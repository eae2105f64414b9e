"""Whoever presses 1 must be allowed to take over."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from alerts.errors import NoSuchAlertError
from alerts.model import Alert
from alerts.notify.takeover import REASON, TakeOver
from floor.people.model import Person, Role
from floor.people.ports import People

LEADER, AGENT, GONE = (
    Person(1, "li", "Li", Role.LEADER),
    Person(2, "wang", "Wang", Role.AGENT),
    Person(3, "zhao", "Zhao", Role.CHIEF, active=False),
)
PEOPLE = cast(People, SimpleNamespace(persons={one.id: one for one in (LEADER, AGENT, GONE)}))


class Alarms:
    def __init__(self) -> None:
        self.taken: list[tuple[str, Person, str]] = []

    async def acknowledge(self, alert: str, actor: Person, reason: str) -> Alert:
        if alert == "gone":
            raise NoSuchAlertError("it is over")
        self.taken.append((alert, actor, reason))
        return cast(Alert, None)


async def test_a_leader_takes_over() -> None:
    """On record with how it was done."""
    alarms = Alarms()
    assert await TakeOver(PEOPLE, alarms.acknowledge)("a1", 1)
    assert alarms.taken == [("a1", LEADER, REASON)]


async def test_who_may_not_changes_nothing() -> None:
    """An agent, somebody who left, a number that belongs to nobody."""
    alarms = Alarms()
    take_over = TakeOver(PEOPLE, alarms.acknowledge)
    assert not any([await take_over("a1", person) for person in (2, 3, 99)])
    assert not alarms.taken


async def test_an_alert_that_is_over() -> None:
    """No error: he was too late."""
    assert not await TakeOver(PEOPLE, Alarms().acknowledge)("gone", 1)
