"""Whose phone is whose: the one that rings when somebody of ours is to be called, and who is behind a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from floor.people.model import Person
from floor.people.ports import People
from floor.state.model import Agent, Endpoint, Key

PHONE = "phone"
"""Kind of the contact that holds somebody's number."""
EVERYWHERE = "*"
_CALLABLE = re.compile(r"(?!(?:Local|Agent|Custom|Queue)/)[A-Za-z][A-Za-z0-9]*/[^\s,&|^/@]{1,80}")
_NUMBER = re.compile(r"[0-9*#+]{1,20}")


class Floor(Protocol):
    """What is looked at; the store's snapshot is one."""

    @property
    def agents(self) -> Mapping[Key, Agent]: ...
    @property
    def endpoints(self) -> Mapping[Key, Endpoint]: ...
    @property
    def seats(self) -> Mapping[Key, tuple[str, ...]]: ...


def own_phone(person: Person, pbx: str, floor: Floor) -> str | None:
    """His phone at this exchange, as Tech/name: the one he is logged in at, else the one his contact names."""
    for agent in _agents(person, pbx, floor):
        for phone in phones_of(agent):
            return phone
    for contact in person.contacts:
        if contact.kind == PHONE and (found := _named(contact.address, pbx, floor)) is not None:
            return found
    return None


def phones_of(agent: Agent) -> list[str]:
    """The phones an agent is logged in at, as Tech/name; what only leads there through the dialplan is none."""
    names = (name for member in agent.members for name in (member.device_name, member.interface))
    return list(dict.fromkeys(name for name in names if _CALLABLE.fullmatch(name)))


def whose(device: str, pbx: str, floor: Floor, people: People) -> Person | None:
    """The person behind a phone: who is logged in at it, else who has it as his contact."""
    for name in floor.seats.get((pbx, device), ()):
        behind = people.of_agent(pbx, name)
        if behind is not None:
            return behind
    for person in people.persons.values():
        numbers = {contact.address for contact in person.contacts if contact.kind == PHONE}
        if person.active and not numbers.isdisjoint({device, device.partition("/")[2]}):
            return person
    return None


class Phones:
    """The same for one floor and one register, as they are at each question."""

    def __init__(self, floor: Callable[[], Floor], people: People) -> None:
        self._floor, self._people = floor, people

    def own(self, person: Person, pbx: str) -> str | None:
        return own_phone(person, pbx, self._floor())

    def of_agent(self, pbx: str, agent: str) -> list[str]:
        found = self._floor().agents.get((pbx, agent))
        return [] if found is None else phones_of(found)

    def whose(self, pbx: str, device: str) -> Person | None:
        return whose(device, pbx, self._floor(), self._people)


def _agents(person: Person, pbx: str, floor: Floor) -> Iterator[Agent]:
    names = [name for place, name in person.agents if place in (pbx, EVERYWHERE)]
    names += [person.number] if person.number is not None else []
    for name in names:
        agent = floor.agents.get((pbx, name))
        if agent is not None:
            yield agent


def _named(address: str, pbx: str, floor: Floor) -> str | None:
    """A contact's phone: said in full, or a number that is a phone of this exchange."""
    if _CALLABLE.fullmatch(address):
        return address
    if not _NUMBER.fullmatch(address):
        return None
    known = (f"{tech}/{address}" for tech in ("PJSIP", "SIP", "IAX2", "SCCP"))
    return next((phone for phone in known if (pbx, phone) in floor.endpoints), None)
