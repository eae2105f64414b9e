"""Stand-ins for what the web room is given: a floor one can change by hand, figures, health, a clock, a screen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from floor.ports import Change, Listener, Outcome
from floor.state.facts import Fact
from floor.state.figures import Figures, Subject
from floor.state.model import (
    Agent,
    AgentState,
    Caller,
    CallerKey,
    CallerStage,
    Channel,
    Endpoint,
    Entity,
    Key,
    LinkState,
    Member,
    Pbx,
    Queue,
    Reach,
    Trunk,
)

NOON = 1_795_300_000.0
POINTS = ("offered", "answered", "abandoned", "answered_in_time")


class StillClock:
    """Time moves only when told to."""

    def __init__(self, now: float = NOON) -> None:
        self.at = now

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at - NOON + 1000

    def pass_(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class View:
    pbxs: dict[str, Pbx] = field(default_factory=dict)
    queues: dict[Key, Queue] = field(default_factory=dict)
    agents: dict[Key, Agent] = field(default_factory=dict)
    callers: dict[CallerKey, Caller] = field(default_factory=dict)
    trunks: dict[Key, Trunk] = field(default_factory=dict)
    endpoints: dict[Key, Endpoint] = field(default_factory=dict)
    channels: dict[Key, Channel] = field(default_factory=dict)
    revision: int = 0


class FloorDouble:
    """A store without rules: what is put is there, and told."""

    def __init__(self, *entities: Entity) -> None:
        self.view = View()
        self.listeners: list[Listener] = []
        self.put(*entities)

    def snapshot(self) -> View:
        return self.view

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def _table(self, entity: Entity) -> dict[Any, Any]:
        tables: Mapping[type, dict[Any, Any]] = {
            Pbx: self.view.pbxs,
            Queue: self.view.queues,
            Agent: self.view.agents,
            Caller: self.view.callers,
            Trunk: self.view.trunks,
            Endpoint: self.view.endpoints,
            Channel: self.view.channels,
        }
        return tables[type(entity)]

    @staticmethod
    def _key(entity: Entity) -> Any:
        return entity.pbx if isinstance(entity, Pbx) else entity.key

    def put(self, *entities: Entity) -> None:
        """These entities are now so."""
        changes = []
        for entity in entities:
            table, key = self._table(entity), self._key(entity)
            changes.append(Change(table.get(key), entity))
            table[key] = entity
        self._tell(changes)

    def drop(self, *entities: Entity) -> None:
        """These entities are gone."""
        for entity in entities:
            self._table(entity).pop(self._key(entity), None)
        self._tell([Change(entity, None) for entity in entities])

    def _tell(self, changes: list[Change]) -> None:
        self.view.revision += 1
        outcome = Outcome(self.view.revision, Fact("pbx1", NOON), changes, [])
        for listener in tuple(self.listeners):
            listener(outcome)


class MeasuresDouble:
    """Figures set by hand; the windows are all the same."""

    def __init__(self) -> None:
        self.sums: dict[Subject, Figures] = {}
        self.points: dict[Subject, list[dict[str, float]]] = {}
        self.breaks: dict[str, list[tuple[float, float | None]]] = {}
        self._changed: set[Subject] = set()
        self.day_begin = NOON - 43200

    def set(self, subject: Subject, **sums: float) -> None:
        self.sums[subject] = replace(self.sums.get(subject, Figures()), **sums)
        self._changed.add(subject)

    def figures(self, subject: Subject, window: str = "today") -> Figures:
        return self.sums.get(subject, Figures())

    def subjects(self) -> list[Subject]:
        return list(self.sums)

    def history(self, subject: Subject) -> list[dict[str, float]]:
        sums = self.figures(subject)
        return [{"at": NOON + 300 * n, **{name: getattr(sums, name) for name in POINTS}} for n in range(12)]

    def changed(self) -> set[Subject]:
        changed, self._changed = self._changed, set()
        return changed

    def gaps(self, pbx: str) -> list[tuple[float, float | None]]:
        return self.breaks.get(pbx, [])


class HealthDouble:
    """Every link is fine."""

    def heard_ago(self, pbx: str) -> float | None:
        return 0.4321

    def events(self, pbx: str) -> int:
        return 42

    def queue_size(self, pbx: str) -> int:
        return 3

    def lag_s(self, pbx: str) -> float | None:
        return None


class Screen:
    """A reader in memory that applies what it is sent, as docs/protocol.md asks, and notices every breach."""

    def __init__(self) -> None:
        self.backlog = 0
        self.cuts = 0
        self.messages: list[dict[str, Any]] = []
        self.floor: dict[str, dict[str, Any]] = {}
        self.board: dict[str, Any] = {}
        self.rev: int | None = None

    def unsent(self) -> int:
        return self.backlog

    def cut(self) -> None:
        self.cuts += 1

    def deliver(self, message: bytes) -> None:
        self.hear(json.loads(message))

    def hear(self, told: dict[str, Any]) -> None:
        self.messages.append(told)
        if told["t"] == "snapshot":
            self.rev, self.floor, self.board = told["rev"], told["floor"], told["board"]
        elif told["t"] == "patch":
            assert self.rev is not None
            assert told["rev"] == self.rev + 1, "a revision is missing"
            self.rev = told["rev"]
            for kind, entities in told["set"].items():
                self.floor[kind].update(entities)
            for kind, ids in told.get("del", {}).items():
                for id_ in ids:
                    assert self.floor[kind].pop(id_, None) is not None, "deleted what was not there"
        else:
            assert told["rev"] == self.rev, "a beat of another revision"

    def kinds(self) -> list[str]:
        return [message["t"] for message in self.messages]


def pbx(name: str = "pbx1", link: LinkState = LinkState.UP, **more: Any) -> Pbx:
    return Pbx(name, link, NOON - 100, **more)


def queue(name: str = "support", exchange: str = "pbx1", **more: Any) -> Queue:
    more.setdefault("states", ((AgentState.READY, 1),))
    return Queue(exchange, name, **more)


def member(queue_name: str = "support", agent: str = "Ann", interface: str = "PJSIP/1001", **more: Any) -> Member:
    return Member(queue_name, agent, interface, interface, **more)


def agent(name: str = "Ann", *members: Member, exchange: str = "pbx1", **more: Any) -> Agent:
    more.setdefault("state", AgentState.READY)
    return Agent(exchange, name, since=NOON - 50, members=members or (member(agent=name),), **more)


def caller(uniqueid: str = "1.1", queue_name: str = "support", exchange: str = "pbx1", **more: Any) -> Caller:
    more.setdefault("stage", CallerStage.WAITING)
    more.setdefault("joined_at", NOON - 20)
    return Caller(exchange, queue_name, uniqueid, number="13812345678", name="Zhang San", **more)


def trunk(name: str = "carrier", exchange: str = "pbx1", reach: Reach = Reach.REACHABLE) -> Trunk:
    return Trunk(exchange, name, reach, NOON - 500, "Registered")
