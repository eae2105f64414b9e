"""The register: persons and groups in memory, as of the last change; cheap to ask at every event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection

from floor.people.model import Group, Person, Role
from floor.people.rights import RANK, Right, may
from floor.people.rows import groups_in, persons_in
from floor.settings import GroupSettings

Agent = tuple[str, str]
"""(pbx, member name)"""
QueuesOf = Callable[[str, str], Iterable[str]]
"""Queues in which an agent is a member now."""
EVERYWHERE = "*"


class Register:
    """Implements :class:`floor.people.ports.People`.

    ``named`` are the groups of the settings; ``same`` is the person per ``exchange/agent`` given there; ``queues_of``
    asks the floor.
    """

    def __init__(
        self,
        named: Sequence[GroupSettings] = (),
        same: Mapping[str, str] | None = None,
        *,
        queues_of: QueuesOf = lambda _pbx, _agent: (),
        present: Callable[[], frozenset[int]] = frozenset,
    ) -> None:
        self._named = tuple(named)
        self._same = dict(same or {})
        self._queues_of = queues_of
        self._present = present
        self.revision = 0
        """Counts up with every change, so that what is derived from people can be made anew."""
        self._set({}, ())

    @property
    def persons(self) -> Mapping[int, Person]:
        return MappingProxyType(self._persons)

    @property
    def groups(self) -> Mapping[str, Group]:
        return MappingProxyType(self._groups)

    def read(self, connection: Connection) -> Callable[[], None]:
        """Read everything (in a thread); what comes back puts it in force (in the event loop)."""
        persons, groups = persons_in(connection), groups_in(connection)
        return lambda: self._set(persons, groups)

    def by_login(self, login: str) -> Person | None:
        """Whoever signs in so; the login in the form of :func:`floor.people.fields.plain_login`."""
        return self._by_login.get(login)

    def of_agent(self, pbx: str, agent: str) -> Person | None:
        """By what the register says about agents, else by service number = member name (R-PRS-12, C-16)."""
        same = self._same.get(f"{pbx}/{agent}")
        for key in ((pbx, agent), (EVERYWHERE, agent), *(((EVERYWHERE, same),) if same is not None else ())):
            found = self._by_agent.get(key) or self._by_number.get(key[1])
            if found is not None:
                return found
        return None

    def group_of(self, pbx: str, agent: str) -> str | None:
        """His first group; groups of the register come before those of the settings."""
        return next(iter(self._groups_of(pbx, agent)), None)

    def sees_agent(self, person: Person, pbx: str, agent: str) -> bool:
        if not person.active:
            return False
        if may(person, Right.SEE_SITE):
            return True
        if may(person, Right.SEE_OWN) and (own := self.of_agent(pbx, agent)) is not None and own.id == person.id:
            return True
        return may(person, Right.SEE_FLOOR) and not set(person.groups).isdisjoint(self._groups_of(pbx, agent))

    def sees_queue(self, person: Person, pbx: str, queue: str) -> bool:
        """His own queues, and those his groups' agents serve now."""
        if may(person, Right.SEE_SITE):
            return True
        if not may(person, Right.SEE_FLOOR):
            return False
        if not {EVERYWHERE, queue, f"{pbx}/{queue}"}.isdisjoint(person.queues):
            return True
        agents = (one for name in person.groups if name in self._groups for one in self._groups[name].agents)
        return any(queue in self._queues_of(pbx, name) for place, name in agents if place in (pbx, EVERYWHERE))

    def responsible(self, group: str | None) -> Sequence[Person]:
        found = self._groups.get(group) if group is not None else None
        chain = {number: self._persons[number] for number in (found.leaders if found is not None else ())}
        for person in tuple(chain.values()):
            chain.update((one.id, one) for one in self._above(person))
        for role in (Role.CHIEF, Role.MANAGER):
            if not any(person.role is role for person in chain.values()):
                chain.update((one.id, one) for one in self._by_role[role])
        told = [person for person in chain.values() if RANK.get(person.role, 0) >= RANK[Role.LEADER]]
        return tuple(sorted(told, key=lambda person: RANK[person.role]))

    def present(self) -> frozenset[int]:
        return self._present()

    def _above(self, person: Person) -> list[Person]:
        """To whom he reports, and they; a circle ends where it began."""
        found: list[Person] = []
        seen = {person.id}
        above = self._persons.get(person.reports_to or 0)
        while above is not None and above.id not in seen:
            seen.add(above.id)
            if above.active:
                found.append(above)
            above = self._persons.get(above.reports_to or 0)
        return found

    def _groups_of(self, pbx: str, agent: str) -> tuple[str, ...]:
        person = self.of_agent(pbx, agent)
        own = () if person is None else person.groups
        named = (*self._groups_by_agent.get((pbx, agent), ()), *self._groups_by_agent.get((EVERYWHERE, agent), ()))
        return tuple(dict.fromkeys((*own, *named)))

    def _set(self, persons: dict[int, Person], groups: Sequence[str]) -> None:
        self._persons = persons
        active = [person for person in persons.values() if person.active]
        self._by_login = {person.login: person for person in persons.values()}
        self._by_agent = {agent: person for person in reversed(active) for agent in person.agents}
        self._by_number = {person.number: person for person in active if person.number is not None}
        self._by_role = {role: [one for one in active if one.role is role] for role in (Role.CHIEF, Role.MANAGER)}
        self._groups = groups_of(active, groups, self._named)
        self._groups_by_agent: dict[Agent, tuple[str, ...]] = {}
        for group in self._groups.values():
            for agent in group.agents:
                self._groups_by_agent[agent] = (*self._groups_by_agent.get(agent, ()), group.name)
        self.revision += 1


def groups_of(persons: Sequence[Person], names: Sequence[str], named: Sequence[GroupSettings]) -> dict[str, Group]:
    """Groups by name: members by what the exchanges call them, else by service number; leaders by rank, then by age
    of their account."""
    agents: dict[str, list[Agent]] = {name: [] for name in names}
    leaders: dict[str, list[Person]] = {}
    for person in persons:
        for name in person.groups:
            if name in person.leads:
                leaders.setdefault(name, []).append(person)
            else:
                agents.setdefault(name, []).extend(_agents_of(person))
    for group in named:
        agents.setdefault(group.name, []).extend((EVERYWHERE, agent) for agent in group.agents)
    return {
        name: Group(
            name,
            tuple(dict.fromkeys(agents.get(name, ()))),
            tuple(one.id for one in sorted(leaders.get(name, ()), key=_nearness)),
        )
        for name in dict.fromkeys((*agents, *leaders))
    }


def _agents_of(person: Person) -> Sequence[Agent]:
    return person.agents or (((EVERYWHERE, person.number),) if person.number is not None else ())


def _nearness(person: Person) -> tuple[int, int]:
    """A leader comes first; a coach helps where there is none."""
    return (RANK.get(person.role, 0) if person.role is not Role.COACH else len(RANK)), person.id
