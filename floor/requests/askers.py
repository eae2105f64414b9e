"""Who asks: the agent behind somebody who is signed in, and behind a telephone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from floor.people.model import Person
from floor.people.ports import People
from floor.requests.model import Asker
from floor.requests.ports import FloorView
from floor.state.model import Agent, Key


class Askers:
    """Looks at the register and at the floor as they are."""

    def __init__(self, people: People, floor: Callable[[], FloorView]) -> None:
        self._people, self._floor = people, floor

    def of_person(self, person: Person) -> Asker | None:
        """The agent he is: where he has a call, else where he is logged in, else where he is known."""
        agents = self._floor().agents
        keys = list(self._keys(person))
        if not keys:
            return None
        best = max(keys, key=lambda key: _weight(agents.get(key)))  # of equals the first
        return self._asker(best, person)

    def of_agent(self, key: Key) -> Asker:
        """By member name; there may be nobody in the register behind it."""
        return self._asker(key, self._people.of_agent(*key))

    def of_phone(self, pbx: str, agent: str | None, channel: str | None, uniqueid: str | None) -> Asker | None:
        """Who reports from a telephone: as the dialplan says, else whose phone it is; ``None``: nobody we know."""
        floor = self._floor()
        if agent and (pbx, agent) in floor.agents:
            return self.of_agent((pbx, agent))
        numbered = next((one for one in self._people.persons.values() if agent and one.number == agent), None)
        if numbered is not None:
            asker = self.of_person(numbered)
            if asker is not None and asker.pbx == pbx:
                return asker
        known = floor.channels.get((pbx, uniqueid or ""))
        if known is not None and known.agent is not None:
            return self.of_agent((pbx, known.agent))
        name = channel or (known.name if known is not None else "")
        seated = floor.seats.get((pbx, name.rpartition("-")[0] or name), ())
        return self.of_agent((pbx, seated[0])) if len(seated) == 1 else None

    def agent(self, key: Key) -> Agent | None:
        """As he is now."""
        return self._floor().agents.get(key)

    def linkedid(self, pbx: str, uniqueid: str) -> str:
        """Of the call this channel belongs to; empty: not known any more."""
        channel = self._floor().channels.get((pbx, uniqueid))
        return channel.linkedid if channel is not None else ""

    def keys(self, person: Person) -> frozenset[Key]:
        """All agents he is."""
        return frozenset(self._keys(person))

    def _keys(self, person: Person) -> Iterator[Key]:
        for pbx, name in person.agents:
            if pbx != "*":
                yield pbx, name
            else:
                yield from ((one, name) for one in sorted(self._floor().pbxs))

    def _asker(self, key: Key, person: Person | None) -> Asker:
        group = self._people.group_of(*key)
        if person is None:
            return Asker(*key, name=key[1], group=group)
        return Asker(*key, person=person.id, name=person.name, number=person.number or "", group=group)


def _weight(agent: Agent | None) -> int:
    if agent is None:
        return 0
    return 3 if agent.legs else 2 if agent.members else 1
