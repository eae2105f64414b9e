"""People: frozen values. A person signs in with a login nobody else sees, and is known by his service number (C-16)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on the floor (domain.md §8); ``ADMIN`` runs the product and is no rank of the floor."""

    AGENT = "agent"
    LEADER = "leader"
    COACH = "coach"
    CHIEF = "chief"
    MANAGER = "manager"
    QA = "qa"
    QA_LEAD = "qa_lead"
    TRAINER = "trainer"
    ASSISTANT = "assistant"
    ANALYST = "analyst"
    OUTSIDE = "outside"
    """A contact in plans and chains; cannot sign in."""
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach somebody: ``kind`` is a notifier's name (``mail``, ``phone``, ``apprise``, ``webhook`` …)."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a place in the chain. Empty ``groups`` and ``queues`` of a leader: nothing; chiefs and above see
    the whole site."""

    id: int
    login: str
    name: str
    role: Role
    number: str | None = None
    """Service number (工号): what boards and customers may know."""
    groups: tuple[str, ...] = ()
    """Groups he belongs to (agents) or answers for (leaders and coaches)."""
    leads: tuple[str, ...] = ()
    """Those of ``groups`` that he answers for."""
    queues: tuple[str, ...] = ()
    """Queue names he may see beyond those of his groups; ``*``: all."""
    agents: tuple[tuple[str, str], ...] = ()
    """(pbx, member name) under which the exchanges know him; pbx ``*``: on every exchange."""
    reports_to: int | None = None
    language: str = "auto"
    contacts: tuple[Contact, ...] = ()
    active: bool = True
    shift_end: str | None = None
    """``HH:MM`` on the floor's clock, when he is signed out (R-SEC-6)."""


@dataclass(frozen=True, slots=True)
class Group:
    """A team: its members by (pbx, member name), and who leads it, first responsible first."""

    name: str
    agents: tuple[tuple[str, str], ...] = ()
    leaders: tuple[int, ...] = ()
    """Ids of persons."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One sign-in: the person as he is *now*, not as he was when he signed in."""

    id: str
    """Names the session in records; not the secret in the cookie."""
    person: Person
    began_at: float
    seen_at: float
    csrf: str
    """Must come back in the header ``X-Floor-Token`` of everything that changes something."""
    locked: bool = False
    """Idle too long (R-SEC-6): nothing but unlocking by password, or signing out."""
