"""A floor of three seats and its people, for tests of requests: what happens is told, time passes when told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from floor.audit.model import Entry
from floor.audit.ports import AuditUnwritableError
from floor.history.database import Database
from floor.people.model import Group, Person, Role, SignedIn
from floor.ports import Change, Outcome
from floor.requests.model import Request
from floor.requests.room import RequestRoom
from floor.sections.presence import PresenceSettings
from floor.sections.requests import RequestsSettings
from floor.state.fact import Fact
from floor.state.model import (
    Agent,
    AgentState,
    Caller,
    CallerStage,
    CompletedBy,
    Ending,
    Entity,
    Key,
    LinkState,
    Member,
    Pbx,
)
from tests.history.entities import ManualClock
from tests.support.people import PeopleDouble, person

PBX = "pbx1"
ANN = person(Role.AGENT, 1, "ann", name="Ann Li", number="1001", groups=("early",), agents=(("*", "Ann"),))
BOB = person(Role.AGENT, 2, "bob", name="Bob Ma", number="1002", groups=("early",), agents=((PBX, "Bob"),))
CUI = person(Role.AGENT, 3, "cui", name="Cui Jun", number="1003", groups=("late",), agents=(("*", "Cui"),))
LEADER = person(Role.LEADER, 4, "leader", name="Wang Li", groups=("early",), leads=("early",))
OTHER = person(Role.LEADER, 5, "other", name="Sun Bo", groups=("late",), leads=("late",))
COACH = person(Role.COACH, 6, "coach", name="He Ping", groups=("early",))
CHIEF = person(Role.CHIEF, 7, "chief", name="Zhao Min")
QA = person(Role.QA, 8, "qa", name="Qian Yi")
ADMIN = person(Role.ADMIN, 9, "admin", name="Admin")
EVERYBODY = (ANN, BOB, CUI, LEADER, OTHER, COACH, CHIEF, QA, ADMIN)
GROUPS = {
    "early": Group("early", (("*", "Ann"), ("*", "Bob")), (4,)),
    "late": Group("late", (("*", "Cui"),), (5,)),
}


def signed(who: Person) -> SignedIn:
    return SignedIn(f"s{who.id}", who, 0.0, 0.0, f"token-{who.id}")


@dataclass
class AuditDouble:
    """Keeps entries; refuses when told."""

    entries: list[Entry] = field(default_factory=list)
    refuses: bool = False

    async def write(self, *entries: Entry) -> None:
        if self.refuses:
            raise AuditUnwritableError("neither the database nor the disk")
        self.entries += entries

    async def read(self, **_: Any) -> Sequence[tuple[int, Entry]]:
        return list(enumerate(self.entries))

    def told(self) -> list[tuple[str, str, str]]:
        """(act, by, reason), in order."""
        return [(one.act, one.by.name, one.reason) for one in self.entries]


@dataclass
class FloorView:
    agents: dict[Key, Agent] = field(default_factory=dict)
    pbxs: dict[str, Pbx] = field(default_factory=dict)
    channels: dict[Key, Any] = field(default_factory=dict)
    seats: dict[Key, tuple[str, ...]] = field(default_factory=dict)


class Seats:
    """The room of requests, with everything around it in its hand."""

    def __init__(self, database: Database, boards: Mapping[str, bool] | None = None, **settings: Any) -> None:
        self.clock, self.audit, self.view = ManualClock(), AuditDouble(), FloorView()
        self.view.pbxs[PBX] = Pbx(PBX, LinkState.UP, 0.0)
        self.people = PeopleDouble(EVERYBODY, GROUPS)
        self.acts = True
        self.room = RequestRoom(
            RequestsSettings(**settings),
            PresenceSettings(),
            database,
            self.audit,
            self.people,
            lambda: self.view,
            boards or {"floor": False, "lobby": True},
            self.clock,
            acting=lambda: self.acts,
        )
        self.heard: list[Request] = []
        self.room.subscribe(self.heard.append)
        for name in ("Ann", "Bob", "Cui"):
            self.is_(name, AgentState.READY)

    def is_(
        self, name: str, state: AgentState, reason: str | None = None, *, logged_in: bool = True, **more: Any
    ) -> None:
        """The agent is so from now on."""
        before = self.view.agents.get((PBX, name))
        members = (Member("support", name, f"PJSIP/{name}", f"PJSIP/{name}"),) if logged_in else ()
        after = Agent(PBX, name, state, self.clock.now(), reason=reason, members=members, **more)
        self.view.agents[PBX, name] = after
        self.change(before, after)

    def change(self, before: Entity | None, after: Entity | None) -> None:
        self.room.listen(Outcome(1, Fact(PBX, self.clock.now()), [Change(before, after)], ()))

    def tells(self, fact: Fact) -> None:
        """Somebody's telephone says something."""
        self.room.listen(Outcome(1, fact, (), ()))

    def hangs_up(self, name: str, by: CompletedBy = CompletedBy.AGENT, uniqueid: str = "1.1", **more: Any) -> None:
        """A conversation of his is over."""
        now = self.clock.now()
        before = Caller(PBX, "support", uniqueid, CallerStage.TALKING, now - 60, "L1", agent=name, answered_at=now - 50)
        after = replace(before, ended_at=now, ending=Ending.ANSWERED, completed_by=by, talk_s=50, **more)
        self.change(before, after)

    def passes(self, seconds: float) -> None:
        self.clock.pass_by(seconds)
        self.room.tick(self.clock.now())

    def only(self) -> Request:
        """The one request there is."""
        (one,) = self.room.shown.values()
        return one
