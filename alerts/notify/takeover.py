"""Taking an alert over from afar: whoever answers by key must be allowed to, as on every page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from alerts.model import Alert
from floor.errors import FloorError
from floor.people.model import Person
from floor.people.ports import People
from floor.people.rights import Right, may

Take = Callable[[str, Person, str], Awaitable[Alert]]
"""``Alarms.acknowledge``."""
REASON = "phone, key 1"


class TakeOver:
    """Implements :data:`alerts.notify.phone.Acknowledge`."""

    def __init__(self, people: People, acknowledge: Take) -> None:
        self._people = people
        self._acknowledge = acknowledge

    async def __call__(self, alert: str, person: int) -> bool:
        """Whether it is his now; an alert that is over, or a person without the right, changes nothing."""
        who = self._people.persons.get(person)
        if who is None or not may(who, Right.ACKNOWLEDGE):
            return False
        try:
            await self._acknowledge(alert, who, REASON)
        except FloorError:
            return False
        return True
