"""A condition on a small floor: facts are told, and what it says of its subjects is read at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

from alerts.conditions.contract import Condition, Lasting, Level, Occurrence, Reading, Tally, Unknown
from alerts.conditions.subjects import kinds_of
from alerts.model import Subject
from alerts.world import NoLeaves
from floor.day import Day
from floor.people.ports import People
from floor.ports import Outcome
from floor.requests.ports import Leaves
from floor.sections.presence import PresenceSettings
from floor.state import facts as f
from floor.state.figures import Figures
from floor.state.model import Device, LinkState, Member, Reach
from floor.store import FloorStore, FloorView
from tests.support.people import PeopleDouble
from tests.support.replay import TapeClock

BEGIN = 1_700_000_000.0
"""2023-11-14 22:13:20 UTC, a Tuesday."""
A, B = "north", "south"


class Scene:
    """Everything a condition may look at, and what it said."""

    def __init__(self, condition: Condition, *, presence: PresenceSettings | None = None, **params: Any) -> None:
        self.condition = condition
        self.params = {name: default for name, (_, default) in condition.params.items()} | params
        self.clock = TapeClock(BEGIN)
        self.store = FloorStore(self.clock)
        self.register = PeopleDouble()
        self.presence = presence or PresenceSettings()
        self.day = Day("UTC")
        self.consent: Leaves = NoLeaves()
        self.forecast: dict[tuple[str, str], float] = {}
        self.notes: dict[tuple[str, Subject], dict[str, Any]] = defaultdict(dict)
        self.touched: list[Subject] = []
        self.occurred: list[Occurrence] = []
        self.store.subscribe(self.hear, happenings=True)

    # What the world offers (alerts.conditions.contract.World)

    @property
    def people(self) -> People:
        return cast(People, self.register)

    @property
    def floor(self) -> FloorView:
        return self.store.snapshot()

    def ours(self, pbx: str, at: float) -> float:
        entity = self.floor.pbxs.get(pbx)
        return at - (entity.clock_offset_s or 0.0 if entity is not None and entity.timestamps else 0.0)

    def figures(self, subject: tuple[str, str, str], minutes: int) -> Figures:
        return Figures()

    def expected(self, pbx: str, queue: str, at: float) -> float | None:
        return self.forecast.get((pbx, queue))

    def expected_in_all(self, pbx: str, at: float) -> float | None:
        rates = [self.expected(where, name, at) for where, name in self.floor.queues if where == pbx]
        known = [rate for rate in rates if rate is not None]
        return sum(known) if known else None

    def tally(self, name: str, subject: Subject) -> Tally:
        raise NotImplementedError

    def stepped(self) -> float:
        return 0.0

    def memory(self, name: str, subject: Subject) -> dict[str, Any]:
        return self.notes[name, subject]

    # The stage

    def hear(self, outcome: Outcome) -> None:
        if self.condition.hears is not None and self.condition.hears.isdisjoint(kinds_of(outcome)):
            return
        if self.condition.touched is not None:
            self.touched.extend(self.condition.touched(outcome, self))
        if self.condition.occurred is not None:
            self.occurred.extend(self.condition.occurred(outcome, self, self.params))

    def at(self, seconds: float) -> Scene:
        """So many seconds after the beginning."""
        self.clock.at = BEGIN + seconds
        return self

    def tell(self, *facts: f.Fact) -> Scene:
        for fact in facts:
            self.store.apply(fact)
        assert self.store.refused == 0
        return self

    def up(self, *pbxs: str) -> Scene:
        """The link of these exchanges is up."""
        for pbx in pbxs or (A,):
            self.link(LinkState.UP, pbx)
        return self

    def link(self, state: LinkState, pbx: str = A, reason: str | None = None) -> Scene:
        return self.tell(f.LinkChanged(pbx, self.clock.at, state, reason))

    def sits(self, *agents: str, pbx: str = A, queue: str = "sales", **more: Any) -> Scene:
        """These agents are members of the queue, at phones of their names."""
        for agent in agents:
            fields = {"device": Device.IDLE, "logged_in_at": self.clock.at, **more}
            member = Member(queue, agent, f"PJSIP/{agent}", f"PJSIP/{agent}", **fields)
            self.tell(f.MemberSeen(pbx, self.clock.at, member))
        return self

    def pauses(self, agent: str, reason: str | None, *, pbx: str = A, queue: str = "sales") -> Scene:
        return self.sits(agent, pbx=pbx, queue=queue, paused=True, reason=reason)

    def leaves(self, agent: str, *, pbx: str = A, queue: str = "sales") -> Scene:
        return self.tell(f.MemberRemoved(pbx, self.clock.at, queue, agent, f"PJSIP/{agent}"))

    def phone(self, reach: Reach, *agents: str, pbx: str = A, network: str | None = "10.0.7") -> Scene:
        """The phones of these agents, each with an address of its own in the network."""
        for place, agent in enumerate(agents, 1):
            address = None if network is None else f"sip:{agent}@{network}.{place}:5060"
            self.tell(f.EndpointSeen(pbx, self.clock.at, f"PJSIP/{agent}", reach, address))
        return self

    def joins(self, *callers: str, pbx: str = A, queue: str = "sales") -> Scene:
        for caller in callers:
            self.tell(f.ChannelOpened(pbx, self.clock.at, caller, f"PJSIP/carrier-{caller}", caller, "dialling"))
            self.tell(f.CallerJoined(pbx, self.clock.at, queue, caller))
        return self

    # What it says

    def read(self, subject: Subject) -> Reading:
        assert self.condition.read is not None
        return self.condition.read(subject, self, self.params, self.clock.at)

    def value(self, subject: Subject) -> float | str | None:
        """Its age or its number; ``unknown``; ``None`` for nothing of the kind."""
        reading = self.read(subject)
        if isinstance(reading, Lasting):
            return self.clock.at - reading.since
        if isinstance(reading, Level):
            return reading.value
        return "unknown" if isinstance(reading, Unknown) else None

    def proof(self, subject: Subject) -> Mapping[str, Any]:
        """The first fact that proves it."""
        reading = self.read(subject)
        assert isinstance(reading, Lasting | Level)
        return reading.about.evidence[0]


def one(conditions: tuple[Condition, ...], name: str) -> Condition:
    """The row of this name."""
    return next(condition for condition in conditions if condition.name == name)
