"""A small floor to command on: Ann talks, Bob is ready, Cho of another group is ready, C2 and C3 wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from floor.audit.model import Entry
from floor.audit.ports import AuditUnwritableError
from floor.command.plan import House
from floor.people.model import Group, Person, Role, SignedIn
from floor.ports import Answer
from floor.state.model import (
    Agent,
    AgentState,
    Caller,
    CallerKey,
    CallerStage,
    CallKind,
    Channel,
    Endpoint,
    Key,
    Leg,
    LegStage,
    LinkState,
    Member,
    Pbx,
    Queue,
    Reach,
)
from tests.web.alarm_doubles import RegisterDouble, person

NOW = 1_795_300_000.0
PHONE = "PJSIP/8001"
REASONS = ("meal", "break", "acw")


def member(agent: str, queue: str, interface: str, **more: Any) -> Member:
    return Member(queue, agent, interface, interface, dynamic=more.pop("dynamic", True), **more)


def agent(name: str, *members: Member, **more: Any) -> Agent:
    more.setdefault("state", AgentState.READY)
    return Agent("pbx", name, since=NOW - 60, members=members, **more)


def caller(uniqueid: str, joined_at: float, **more: Any) -> Caller:
    return Caller("pbx", "support", uniqueid, more.pop("stage", CallerStage.WAITING), joined_at, **more)


def channel(uniqueid: str, name: str, linkedid: str, **more: Any) -> Channel:
    return Channel("pbx", uniqueid, name, linkedid, NOW - 300, up=True, **more)


@dataclass
class View:
    pbxs: dict[str, Pbx] = field(default_factory=dict)
    queues: dict[Key, Queue] = field(default_factory=dict)
    agents: dict[Key, Agent] = field(default_factory=dict)
    callers: dict[CallerKey, Caller] = field(default_factory=dict)
    endpoints: dict[Key, Endpoint] = field(default_factory=dict)
    channels: dict[Key, Channel] = field(default_factory=dict)

    def put(self, *entities: Any) -> None:
        tables = {
            Agent: self.agents, Queue: self.queues, Caller: self.callers, Endpoint: self.endpoints,
            Channel: self.channels,
        }  # fmt: skip
        for entity in entities:
            if isinstance(entity, Pbx):
                self.pbxs[entity.pbx] = entity
            else:
                tables[type(entity)][entity.key] = entity


def busy_floor() -> View:
    """Ann in support talks to C1 since 3:12; Bob in support and sales; Cho in sales is another leader's."""
    view = View()
    leg = Leg("8.2", LegStage.UP, CallKind.QUEUE, NOW - 192, queue="support", call="1.1")
    view.put(
        Pbx("pbx", LinkState.UP, NOW - 900),
        Queue("pbx", "support"),
        Queue("pbx", "sales"),
        agent("Ann", member("Ann", "support", "PJSIP/1001"), state=AgentState.TALKING, call="1.1", legs=(leg,)),
        agent("Bob", member("Bob", "support", "PJSIP/1002"), member("Bob", "sales", "PJSIP/1002", dynamic=False)),
        agent("Cho", member("Cho", "sales", "PJSIP/1003")),
        caller("1.1", NOW - 200, stage=CallerStage.TALKING, answered_at=NOW - 192, agent="Ann", number="13812345678"),
        caller("2.2", NOW - 72, number="13912345678"),
        caller("3.3", NOW - 30),
        channel("8.2", "PJSIP/1001-00000002", "1.0", agent="Ann"),
        channel("1.1", "PJSIP/trunk-00000001", "1.0"),
        channel("2.2", "PJSIP/trunk-00000003", "2.2"),
        channel("3.3", "PJSIP/trunk-00000004", "3.3"),
    )
    return view


LIN = person(1, name="Lin", role=Role.LEADER, groups=("night",), queues=("support",))
NIGHT = Group("night", agents=(("pbx", "Ann"), ("pbx", "Bob")))
"""Cho is another leader's."""


def house(view: View | None = None, **more: Any) -> House:
    settings: dict[str, Any] = {
        "people": RegisterDouble(LIN, groups=(NIGHT,)),
        "floor": view or busy_floor(),
        "own_phone": lambda _person, _pbx: PHONE,
        "last_seat": lambda _pbx, _agent: None,
        "now": lambda _pbx: NOW,
        "reasons": REASONS,
        "transfer_context": "internal",
    }
    return House(**{**settings, **more})


def signed(who: Person = LIN) -> SignedIn:
    return SignedIn("s1", who, NOW - 60, NOW, "token")


def unreachable(phone: str) -> Endpoint:
    return Endpoint("pbx", phone, Reach.UNREACHABLE, NOW - 5)


class Board:
    """Notes what it is told; answers as it was told to."""

    def __init__(self, *answers: Answer) -> None:
        self.told: list[tuple[Any, ...]] = []
        self._answers = list(answers)

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        async def noted(*arguments: Any, **named: Any) -> Answer:
            self.told.append((verb, *arguments, *(f"{name}={value}" for name, value in named.items() if value)))
            return self._answers.pop(0) if self._answers else Answer(True, "done")

        return noted


class Book:
    """An audit in memory; ``full``: takes nothing."""

    def __init__(self, *, full: bool = False) -> None:
        self.entries: list[Entry] = []
        self.full = full

    async def write(self, *entries: Entry) -> None:
        if self.full:
            raise AuditUnwritableError("full")
        self.entries += entries

    async def read(self, **_: Any) -> list[tuple[int, Entry]]:
        return list(enumerate(self.entries, 1))


def paused(seat: Member, reason: str = "meal") -> Member:
    return replace(seat, paused=True, reason=reason)
