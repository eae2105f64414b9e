"""What other rooms ask about people. Everything that waits is a coroutine; records are in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from floor.people.model import Group, Person, SignedIn


class Denied(StrEnum):
    """Why nobody was let in. The page says the same sentence for the first two, so that nobody can try out logins."""

    UNKNOWN = "unknown"
    WRONG = "wrong"
    LOCKED_OUT = "locked_out"
    """Too many wrong passwords; tells nothing about whether this one was right."""
    NO_SIGN_IN = "no_sign_in"
    """Contacts and people who left cannot sign in."""


class Standing(StrEnum):
    """Whether a sign-in still stands."""

    OPEN = "open"
    LOCKED = "locked"
    OVER = "over"


class Doer(Protocol):
    """Who did something; ``person is None``: the command line."""

    @property
    def person(self) -> int | None: ...
    @property
    def address(self) -> str: ...


class DeedDone(Protocol):
    """One entry of what was done about people (:class:`floor.people.deeds.Done`)."""

    @property
    def at(self) -> float: ...
    @property
    def what(self) -> StrEnum: ...
    @property
    def actor(self) -> Doer: ...


class Accounts(Protocol):
    """Signing in and out; one active sign-in per person (R-SEC-4): a new one ends the old."""

    async def sign_in(self, login: str, password: str, address: str) -> tuple[str, SignedIn] | Denied:
        """The cookie's secret, shown to nobody else, and the sign-in."""

    async def sign_in_as(self, login: str, address: str) -> tuple[str, SignedIn] | Denied:
        """The same for whom an identity provider vouches."""

    async def signed_in(self, secret: str) -> SignedIn | None:
        """Who this cookie is, if his sign-in still stands; does not count as activity."""

    async def standing(self, sign_in: str) -> Standing:
        """The same by the id of the sign-in, for what goes on without a request."""

    async def active(self, sign_in: str) -> None:
        """The person did something: puts off the idle lock."""

    async def unlock(self, secret: str, password: str) -> SignedIn | Denied: ...

    async def sign_out(self, sign_in: str, why: str) -> None: ...

    async def change_password(self, secret: str, old: str, new: str) -> StrEnum | None:
        """One's own; ``None``: done. Else :class:`Denied`, or in a word why the new one is too weak."""

    async def about(self, person: int, limit: int = 200) -> Sequence[DeedDone]:
        """What is on record about somebody's sign-ins and place, the newest first (R-SEC-15)."""


class People(Protocol):
    """The register, in memory as of the last change; cheap to ask at every event."""

    @property
    def persons(self) -> Mapping[int, Person]: ...

    @property
    def groups(self) -> Mapping[str, Group]: ...

    def of_agent(self, pbx: str, agent: str) -> Person | None:
        """The person behind a member name."""

    def group_of(self, pbx: str, agent: str) -> str | None: ...

    def sees_agent(self, person: Person, pbx: str, agent: str) -> bool:
        """Scope: his own groups, or the whole site."""

    def sees_queue(self, person: Person, pbx: str, queue: str) -> bool: ...

    def responsible(self, group: str | None) -> Sequence[Person]:
        """Whom to tell about a group (``None``: about the site), nearest first: its leaders, the chiefs they report
        to, the managers above (R-SUP-3); where nobody is named, every chief and every manager."""

    def present(self) -> frozenset[int]:
        """Persons signed in now (R-SUP-1, R-SUP-3)."""
