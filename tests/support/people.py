"""People for tests of other rooms: accounts and a register in memory, with the promises of floor/people/ports.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from floor.people.model import Group, Person, Role, SignedIn
from floor.people.ports import Denied, Standing
from floor.people.rights import Right, may
from floor.ports import Clock

PASSWORD = "correct horse"


def person(role: Role, id_: int = 0, login: str | None = None, **more: object) -> Person:
    """Somebody of this role; his login is the role's name."""
    number = id_ or list(Role).index(role) + 1
    return replace(Person(number, login or role.value, role.value.title(), role, str(7000 + number)), **more)  # type: ignore[arg-type]


class Weak(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"


class Deeds(StrEnum):
    """What was done."""

    SIGNED_IN = "signed_in"
    PERSON_CHANGED = "person_changed"


@dataclass(frozen=True)
class Actor:
    """Who did it."""

    person: int | None
    address: str = ""


@dataclass(frozen=True)
class Deed:
    """One entry."""

    at: float
    what: Deeds
    actor: Actor


@dataclass
class _Sign:
    secret: str
    value: SignedIn


class AccountsDouble:
    """Sign-ins in memory. Everybody's password is :data:`PASSWORD`; ``calls`` is what was asked of it."""

    def __init__(self, clock: Clock, *people: Person, idle_s: float = 300.0, attempts: int = 5) -> None:
        self.clock, self.idle_s, self.attempts = clock, idle_s, attempts
        self.people = {one.login: one for one in people}
        self.signs: dict[str, _Sign] = {}
        self.failures: dict[str, int] = {}
        self.ended: list[tuple[str, str]] = []
        self.addresses: list[str] = []
        self.deeds: dict[int, list[Deed]] = {}
        self.count = 0

    def by_id(self, id_: int) -> Person | None:
        return next((one for one in self.people.values() if one.id == id_), None)

    async def sign_in(self, login: str, password: str, address: str) -> tuple[str, SignedIn] | Denied:
        self.addresses.append(address)
        denied = self._denied(login, password)
        return denied or self._begin(self.people[login])

    async def sign_in_as(self, login: str, address: str) -> tuple[str, SignedIn] | Denied:
        self.addresses.append(address)
        one = self.people.get(login)
        if one is None:
            return Denied.UNKNOWN
        return self._begin(one) if one.active and one.role is not Role.OUTSIDE else Denied.NO_SIGN_IN

    def _denied(self, login: str, password: str) -> Denied | None:
        if self.failures.get(login, 0) >= self.attempts:
            return Denied.LOCKED_OUT
        one = self.people.get(login)
        if one is None or password != PASSWORD:
            self.failures[login] = self.failures.get(login, 0) + 1
            return Denied.UNKNOWN if one is None else Denied.WRONG
        return Denied.NO_SIGN_IN if not one.active or one.role is Role.OUTSIDE else None

    def _begin(self, one: Person) -> tuple[str, SignedIn]:
        self.signs = {i: s for i, s in self.signs.items() if s.value.person.id != one.id}
        self.count += 1
        now = self.clock.now()
        signed = SignedIn(f"s{self.count}", one, now, now, f"token-{self.count}")
        self.signs[signed.id] = _Sign(f"secret-{self.count}", signed)
        return f"secret-{self.count}", signed

    async def signed_in(self, secret: str) -> SignedIn | None:
        found = next((s for s in self.signs.values() if s.secret == secret), None)
        if found is None:
            return None
        now = self.people.get(found.value.person.login)
        if now is None or not now.active:
            return None
        locked = found.value.locked or self.clock.now() - found.value.seen_at > self.idle_s
        found.value = replace(found.value, person=now, locked=locked)
        return found.value

    async def standing(self, sign_in: str) -> Standing:
        found = self.signs.get(sign_in)
        who = None if found is None else await self.signed_in(found.secret)
        if who is None:
            return Standing.OVER
        return Standing.LOCKED if who.locked else Standing.OPEN

    async def active(self, sign_in: str) -> None:
        if (found := self.signs.get(sign_in)) and not found.value.locked:
            found.value = replace(found.value, seen_at=self.clock.now())

    def lock(self, sign_in: str) -> None:
        """As if nobody had touched the page for too long."""
        self.signs[sign_in].value = replace(self.signs[sign_in].value, locked=True)

    async def unlock(self, secret: str, password: str) -> SignedIn | Denied:
        who = await self.signed_in(secret)
        if who is None:
            return Denied.UNKNOWN
        denied = self._denied(who.person.login, password)
        if denied:
            return denied
        self.signs[who.id].value = replace(who, locked=False, seen_at=self.clock.now())
        return self.signs[who.id].value

    async def change_password(self, secret: str, old: str, new: str) -> StrEnum | None:
        who = await self.signed_in(secret)
        denied = self._denied(who.person.login, old) if who else Denied.UNKNOWN
        if denied is None and len(new) < 10:
            return Weak.SHORT
        return denied

    async def about(self, person: int, limit: int = 200) -> Sequence[Deed]:
        return self.deeds.get(person, [])[:limit]

    async def sign_out(self, sign_in: str, why: str) -> None:
        if self.signs.pop(sign_in, None):
            self.ended.append((sign_in, why))


@dataclass
class PeopleDouble:
    """A register in memory; scope as the roles have it: own groups, or the whole site."""

    listed: Iterable[Person] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    here: frozenset[int] = frozenset()

    @property
    def persons(self) -> Mapping[int, Person]:
        return {one.id: one for one in self.listed}

    def of_agent(self, pbx: str, agent: str) -> Person | None:
        wanted = {(pbx, agent), ("*", agent)}
        return next((one for one in self.listed if wanted & set(one.agents)), None)

    def group_of(self, pbx: str, agent: str) -> str | None:
        wanted = {(pbx, agent), ("*", agent)}
        return next((group.name for group in self.groups.values() if wanted & set(group.agents)), None)

    def sees_agent(self, person: Person, pbx: str, agent: str) -> bool:
        return may(person, Right.SEE_SITE) or self.group_of(pbx, agent) in person.groups

    def sees_queue(self, person: Person, pbx: str, queue: str) -> bool:
        return may(person, Right.SEE_SITE) or queue in person.queues or "*" in person.queues

    def responsible(self, group: str | None) -> Sequence[Person]:
        return [one for one in self.listed if one.role is Role.LEADER and group in one.groups]

    def present(self) -> frozenset[int]:
        return self.here
