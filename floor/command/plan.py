"""What a command comes to on the floor as it is now: orders to the exchange, and what they will do, in words. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from floor.command.refusals import refused
from floor.people.model import Person
from floor.people.ports import People
from floor.ports import Answer, Switchboard
from floor.state.model import Agent, Caller, CallerKey, Channel, Endpoint, Key, LinkState, Pbx, Queue, Reach
from floor.state.model import Member as Seat

Text = dict[str, str]
"""By language: ``en``, ``zh``."""
Order = Callable[[Switchboard], Awaitable[Answer]]


class Floor(Protocol):
    """What is looked at; the store's snapshot is one."""

    @property
    def pbxs(self) -> Mapping[str, Pbx]: ...
    @property
    def queues(self) -> Mapping[Key, Queue]: ...
    @property
    def agents(self) -> Mapping[Key, Agent]: ...
    @property
    def callers(self) -> Mapping[CallerKey, Caller]: ...
    @property
    def endpoints(self) -> Mapping[Key, Endpoint]: ...
    @property
    def channels(self) -> Mapping[Key, Channel]: ...


@dataclass(frozen=True, slots=True)
class House:
    """Everything a command is judged by."""

    people: People
    floor: Floor
    own_phone: Callable[[Person, str], str | None]
    """(person, exchange) -> his phone as Tech/number."""
    last_seat: Callable[[str, str], Seat | None]
    """(exchange, agent) -> where he was a member last."""
    now: Callable[[str], float]
    """The exchange's clock."""
    reasons: tuple[str, ...] = ()
    transfer_context: str = ""
    ring_s: float = 30.0

    def link(self, pbx: str) -> None:
        """Raises without a link: nobody would see what came of it."""
        known = self.floor.pbxs.get(pbx)
        if known is None or known.link is not LinkState.UP:
            raise refused("no_link", pbx=pbx)

    def agent(self, person: Person, pbx: str, name: str) -> Agent:
        """An agent in his scope; another's is told apart from none by nothing."""
        agent = self.floor.agents.get((pbx, name))
        if agent is None or not self.people.sees_agent(person, pbx, name):
            raise refused("no_agent")
        return agent

    def queue(self, person: Person, pbx: str, name: str) -> Queue:
        """A queue in his scope."""
        queue = self.floor.queues.get((pbx, name))
        if queue is None or not self.people.sees_queue(person, pbx, name):
            raise refused("no_queue")
        return queue

    def phone(self, person: Person, pbx: str) -> str:
        """His own phone, which can be reached and has no call: the exchange would refuse it, and tell nobody."""
        phone = self.own_phone(person, pbx)
        if phone is None:
            raise refused("no_phone", pbx=pbx)
        self.reachable(pbx, phone)
        if any(one.pbx == pbx and one.name.startswith(f"{phone}-") for one in self.floor.channels.values()):
            raise refused("phone_busy", phone=phone)
        return phone

    def reachable(self, pbx: str, phone: str) -> None:
        """Raises for a phone that the exchange says it cannot reach."""
        endpoint = self.floor.endpoints.get((pbx, phone))
        if endpoint is not None and endpoint.reach is Reach.UNREACHABLE:
            raise refused("unreachable", phone=phone)


@dataclass(frozen=True, slots=True)
class Plan:
    """To be sent as it stands, at once."""

    words: Text
    orders: tuple[Order, ...]
    agent: str = ""
    queue: str = ""
    call: str = ""
    """Linkedid."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What proves it in the audit."""


def lasting(seconds: float | None) -> str:
    """``3:12``; empty when not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
