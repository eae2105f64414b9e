"""Leaving the floor (R-EMG-16): commanded by the chief or above and nobody else, confirmed twice, never automatic.

Every member is paused with the reason ``emergency``, every board shows the exit order. Lifting it, by the same roles,
unpauses exactly those whom it paused: who was on a break before is on his break afterwards.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from alerts.announcements import Announcements
from alerts.casefile import label
from alerts.incidents import Incidents
from alerts.model import Text
from alerts.plan_model import Evacuation, Notice
from alerts.refusals import NotAllowedError, WrongMomentError
from floor.people.model import Person
from floor.people.rights import Right, may
from floor.ports import Answer, Clock, Switchboard
from floor.state.model import Agent, Key, Member

REASON = "emergency"
EVACUATION: Text = {"en": "Evacuation", "zh": "紧急撤离"}
NOTICE = "evacuation"
CONFIRM_WITHIN_S = 60.0
AT_ONCE = 20
"""Commands to the exchanges under way at a time."""
SHOWN = 50
"""Refusals that are listed."""
FIRST = ("fire", "disaster", "power", "illness")
"""Types of incident that an evacuation belongs to, the likeliest first."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    token: str
    person: int
    until: float


Seat = tuple[str, str, str, str]
"""(exchange, interface, member name, queue; empty: all his queues)."""
Agents = Callable[[], Mapping[Key, Agent]]


class EvacuationOrder:
    """The one evacuation of the floor; :class:`alerts.response_ports.Evacuating`."""

    def __init__(
        self,
        switchboard: Switchboard,
        agents: Agents,
        announcements: Announcements,
        incidents: Incidents,
        clock: Clock,
        order: Text,
        new_token: Callable[[], str] = lambda: secrets.token_urlsafe(12),
    ) -> None:
        self._switchboard, self._agents = switchboard, agents
        self._announcements, self._incidents = announcements, incidents
        self._clock, self._order, self._new_token = clock, order, new_token
        self._prepared: _Prepared | None = None
        self._paused: tuple[Seat, ...] = ()
        self._state = Evacuation(active=False, order=order)

    @property
    def state(self) -> Evacuation:
        return self._state

    def prepare(self, actor: Person) -> tuple[str, float, int]:
        _allowed(actor)
        if self._state.active:
            raise WrongMomentError("the floor is being left already")
        self._prepared = _Prepared(self._new_token(), actor.id, self._clock.now() + CONFIRM_WITHIN_S)
        return self._prepared.token, self._prepared.until, len(self._to_pause())

    async def confirm(self, actor: Person, token: str) -> Evacuation:
        """The boards first, for people matter more than queues."""
        _allowed(actor)
        prepared, self._prepared = self._prepared, None
        if prepared is None or prepared.person != actor.id or not secrets.compare_digest(prepared.token, token):
            raise WrongMomentError("prepare it first; the same person confirms")
        if self._clock.now() > prepared.until:
            raise WrongMomentError("the confirmation came too late; prepare it again")
        who = label(actor)
        self._begin(self._clock.now(), who, None)
        incident = self._incident() or (await self._incidents.open("abnormal", actor, EVACUATION["zh"])).id
        self._state = replace(self._state, incident=incident)
        self._tell(who, {"en": "Evacuation ordered", "zh": "下令撤离"}, evacuation="ordered")
        seats = self._to_pause()
        self._paused = tuple(seats)
        done, refused = await self._command(seats, paused=True)
        self._paused = tuple(done)
        self._state = replace(self._state, paused=len(done), refused=refused)
        self._tell(who, {"en": f"{len(done)} seats paused", "zh": f"已示忙{len(done)}个座席"}, refused=list(refused))
        return self._state

    async def lift(self, actor: Person) -> Evacuation:
        _allowed(actor)
        seats = self._to_unpause()
        if not self._state.active and not seats:
            raise WrongMomentError("nobody ordered the floor to be left")
        who = label(actor)
        self._announcements.take_down(NOTICE)
        self._tell(who, {"en": "Evacuation lifted", "zh": "撤离解除"}, evacuation="lifted")
        _, refused = await self._command(seats, paused=False)
        self._paused = ()
        self._state = Evacuation(False, order=self._order, refused=refused)
        return self._state

    async def restore(self) -> None:
        """After a restart: an order that was not lifted still stands."""
        for id_ in self._incidents.live:
            _, lines = await self._incidents.get(id_)
            orders = [line for line in lines if "evacuation" in line.data]
            if orders and orders[-1].data["evacuation"] == "ordered":
                self._begin(orders[-1].at, orders[-1].actor, id_)

    def _begin(self, at: float, who: str, incident: str | None) -> None:
        self._state = Evacuation(True, at, who, incident, self._order)
        self._announcements.post(NOTICE, Notice(self._order, "critical", evacuation=True, public=True))

    def _to_pause(self) -> list[Seat]:
        """Who is not paused yet."""
        return self._seats(lambda member: not member.paused)

    def _to_unpause(self) -> list[Seat]:
        """Whom we paused; after a restart, whoever is paused for this reason."""
        return list(self._paused) or self._seats(lambda member: member.paused and member.reason == REASON)

    def _seats(self, wanted: Callable[[Member], bool]) -> list[Seat]:
        """One command per interface, but one per queue where only some of an agent's queues are concerned."""
        seats: list[Seat] = []
        for agent in self._agents().values():
            for interface in dict.fromkeys(member.interface for member in agent.members):
                members = [member for member in agent.members if member.interface == interface]
                chosen = [member.queue for member in members if wanted(member)]
                queues = [""] if len(chosen) == len(members) else chosen
                seats += [(agent.pbx, interface, agent.name, queue) for queue in queues]
        return seats

    async def _command(self, seats: list[Seat], *, paused: bool) -> tuple[list[Seat], tuple[str, ...]]:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(seat: Seat) -> Answer:
            async with turn:
                return await self._switchboard.pause(
                    seat[0], seat[1], paused, queue=seat[3], reason=REASON if paused else ""
                )

        answers = await asyncio.gather(*(one(seat) for seat in seats))
        done = [seat for seat, answer in zip(seats, answers, strict=True) if answer.ok]
        words = [f"{s[2]}: {answer.message}" for s, answer in zip(seats, answers, strict=True) if not answer.ok]
        return done, tuple(words[:SHOWN])

    def _incident(self) -> str | None:
        """The living incident it belongs to: of a type that makes people leave, the newest."""
        known = [one for one in self._incidents.live.values() if one.type in FIRST and one.drill is None]
        known.sort(key=lambda one: (FIRST.index(one.type), -one.opened_at))
        return known[0].id if known else None

    def _tell(self, who: str, text: Text, **data: object) -> None:
        if self._state.incident is not None:
            self._incidents.act(self._state.incident, who, text, **data)


def _allowed(actor: Person) -> None:
    if not may(actor, Right.EVACUATE):
        raise NotAllowedError("only the chief or above orders an evacuation (R-EMG-16)")
