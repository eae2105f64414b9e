"""Agents' own pages: what each asks for, owes and is told, on a stream of his own (``/ws?mine=1``).

A page holds a dozen entities, so nothing of the floor is looked through: what happens finds the page it concerns by
agent or person. Breaches are on record; they are read anew when an alert about their agent changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog
from websockets.asyncio.server import ServerConnection

from alerts.model import Alert, SubjectKind
from floor.errors import FloorError
from floor.listening.model import Listening, ListeningStage
from floor.people.model import Person
from floor.people.rights import Right, may
from floor.ports import Clock, Outcome, hears
from floor.requests.model import END_REASONS, Notice, Request
from floor.requests.ports import Notices, Requests
from floor.state.model import Agent, Key
from floor.tasks import Tasks
from web import asked, views, wire
from web.access import Grant
from web.alarms import Sources
from web.naming import Names
from web.outbox import Outbox, Receiver
from web.ports import FloorStore, Measures
from web.session import Session
from web.stream import Stream
from web.traffic import Traffic

KINDS = ("agents", "requests", "notices", "breaches", "listenings")
TICK_S = 0.5
BEAT_EVERY = 4
"""Ticks between two signs of life."""
BREACHES_PER_S = 10
"""Records read at most per second, whoever's."""

log = structlog.get_logger()


class Own:
    """One person's page, in however many windows."""

    def __init__(self, person: int, build: str) -> None:
        self.person = person
        self.keys: frozenset[Key] = frozenset()
        self.stream = Stream(build, KINDS)
        self.outboxes: set[Outbox] = set()

    def push(self, message: bytes, now: float) -> None:
        for outbox in self.outboxes:
            outbox.push(message, now)

    def give_due(self, at: float, now: float) -> None:
        due = [outbox for outbox in self.outboxes if outbox.due(now)]
        if due:
            snapshot = self.stream.snapshot(at)
            for outbox in due:
                outbox.give([snapshot], now)


class Mines:
    """All agents' pages that are open. Implements :class:`web.session.Streams`; streams are named ``mine:PERSON``."""

    def __init__(
        self,
        store: FloorStore,
        sources: Sources,
        requests: Requests,
        notices: Notices,
        names: Names,
        build: str,
        measures: Measures,
        clock: Clock,
        traffic: Traffic,
        *,
        approval: bool = False,
        notify: bool = False,
    ) -> None:
        """``approval``: nobody may leave without a leader's consent; ``notify``: who is listened to is told so."""
        self.traffic = traffic
        self._store, self._sources, self._requests, self._notices = store, sources, requests, notices
        self._names, self._build, self._measures, self._clock = names, build, measures, clock
        self._approval, self._notify = approval, notify
        self._own: dict[int, Own] = {}
        self._of_key: dict[Key, Own] = {}
        self._unread: dict[int, None] = {}
        """Persons whose breaches are to be read."""
        self._tasks = Tasks()
        self._unsubscribe: list[Callable[[], None]] = []

    # Life

    def start(self) -> None:
        alarms, listenings = self._sources.alarms, self._sources.listenings
        self._unsubscribe = [
            self._store.subscribe(self.hear),
            self._requests.subscribe(self.hear_request),
            self._notices.subscribe(self.hear_notice),
            *([alarms.subscribe(self.hear_alert)] if alarms is not None else []),
            *([listenings.subscribe(self.hear_listening)] if listenings is not None else []),
        ]
        self._tasks.start("web.mine", self._keep_time())
        self._tasks.start("web.mine.breaches", self._keep_reading())

    async def stop(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []
        await self._tasks.stop()

    def client(self, connection: ServerConnection, grant: Grant) -> Session:
        """The client of one window, for the door."""
        if grant.signed_in is None:
            raise ValueError("one's own page is for people who are signed in")
        return Session(connection, self, f"mine:{grant.signed_in.person.id}", grant, self._clock)

    # Readers

    def join(self, board: str, receiver: Receiver) -> Outbox:
        person = _person_of(board)
        own = self._own.get(person)
        if own is None:
            own = self._own[person] = Own(person, self._build)
        if not own.outboxes:
            self._fill(own)
        outbox = Outbox(receiver)
        own.outboxes.add(outbox)
        own.give_due(self._clock.now(), self._clock.monotonic())
        return outbox

    def leave(self, board: str, outbox: Outbox) -> None:
        own = self._own[_person_of(board)]
        own.outboxes.discard(outbox)
        if not own.outboxes:
            del self._own[own.person]
            self._of_key = {key: other for key, other in self._of_key.items() if other is not own}

    def resync(self, board: str, outbox: Outbox) -> None:
        self.traffic.resyncs += 1
        outbox.owe()
        own = self._own[_person_of(board)]
        own.give_due(self._clock.now(), self._clock.monotonic())

    def answered(self, board: str, n: int) -> None:
        """Nobody measures these."""

    # What happens

    @hears(Agent)
    def hear(self, outcome: Outcome) -> None:
        """An agent who has his page open changed."""
        for change in outcome.changes if self._of_key else ():
            entity = change.after if change.after is not None else change.before
            if isinstance(entity, Agent) and (own := self._of_key.get(entity.key)) is not None:
                self._put_agent(own, entity.key)
                self._publish(own)

    def hear_request(self, request: Request) -> None:
        """His own; as long as it is to be seen."""
        own = self._owner(request)
        if own is not None:
            self._put_request(own, request)
            self._publish(own)

    def hear_notice(self, notice: Notice, read_by: int | None = None) -> None:
        """For everybody it is meant for, or for him who has read it."""
        if read_by is not None:
            concerned: Iterable[Own] = [self._own[read_by]] if read_by in self._own else []
        else:
            concerned = list(self._own.values())
        for own in concerned:
            self._put_notice(own, notice)
            self._publish(own)

    def hear_alert(self, alert: Alert) -> None:
        """Something about an agent: his breaches may be others than before."""
        if alert.subject.kind is SubjectKind.AGENT:
            own = self._of_key.get((alert.subject.pbx, alert.subject.name))
            if own is not None:
                self._unread[own.person] = None

    def hear_listening(self, listening: Listening) -> None:
        """Somebody listens to him, in another way, or no more."""
        own = self._of_key.get((listening.pbx, listening.agent))
        if own is not None:
            self._put_listening(own, listening)
            self._publish(own)

    # What is shown

    def _fill(self, own: Own) -> None:
        person = self._person(own.person)
        if person is None:
            return
        own.keys = frozenset(self._requests.keys_of(person))
        self._of_key |= dict.fromkeys(own.keys, own)
        own.stream.reset(self._seat(person))
        for key in own.keys:
            self._put_agent(own, key)
            for listening in self._sources.listenings.of_agent(*key) if self._sources.listenings else ():
                self._put_listening(own, listening)
        for request in self._requests.shown.values():
            if self._owner(request) is own:
                self._put_request(own, request)
        for notice in self._notices.for_person(own.person):
            self._put_notice(own, notice)
        own.stream.settle()
        self._unread[own.person] = None

    def _seat(self, person: Person) -> wire.Seat:
        by = self._requests.of_person(person)
        return wire.Seat(
            person.id,
            person.name,
            person.number,
            tuple(self._requests.away_reasons),
            END_REASONS,
            None if by is None else "/".join(by.key),
            self._approval,
            self._sources.drill,
        )

    def _put_agent(self, own: Own, key: Key) -> None:
        agent = self._store.snapshot().agents.get(key)
        shown = None if agent is None else views.view_agent(agent, self._names, "name")
        own.stream.put(("agents", "/".join(key), shown))

    def _put_listening(self, own: Own, one: Listening) -> None:
        told = self._notify and one.stage is ListeningStage.ON
        shown = wire.Listener(one.by_name, one.mode, one.began_at) if told else None
        own.stream.put(("listenings", self._names.code("listening", one.id), shown))

    def _put_request(self, own: Own, request: Request) -> None:
        there = request.id in self._requests.shown
        shown = asked.view_request(request, self._requests, mine=True) if there else None
        own.stream.put(("requests", request.id, shown))

    def _put_notice(self, own: Own, notice: Notice) -> None:
        his = notice.id in self._notices.standing and notice in self._notices.for_person(own.person)
        read = self._notices.has_read(notice.id, own.person)
        own.stream.put(("notices", notice.id, asked.view_own_notice(notice, read=read) if his else None))

    def _owner(self, request: Request) -> Own | None:
        if request.by.person is not None:
            return self._own.get(request.by.person)
        return self._of_key.get(request.by.key)

    def _person(self, id_: int) -> Person | None:
        """He as he is now, if he may see this at all."""
        people = self._sources.people
        person = people.persons.get(id_) if people is not None else None
        return person if person is not None and may(person, Right.ASK) else None

    def _publish(self, own: Own) -> None:
        patch = own.stream.patch(self._clock.now())
        if patch is not None and self._person(own.person) is not None:
            own.push(patch, self._clock.monotonic())

    # Time

    async def _keep_time(self) -> None:
        ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            ticks += 1
            try:
                self.tick(beat=ticks % BEAT_EVERY == 0)
            except Exception:
                log.exception("tick failed")

    def tick(self, *, beat: bool = False) -> None:
        """Snapshots that are owed, readers that never catch up, and every two seconds a sign of life."""
        at, now = self._clock.now(), self._clock.monotonic()
        for own in list(self._own.values()):
            if self._person(own.person) is None:
                continue  # the door sees him off
            own.give_due(at, now)
            for outbox in own.outboxes:
                if outbox.hopeless(now):
                    outbox.receiver.cut()
            if beat:
                own.push(own.stream.beat(at, {}, None), now)

    async def _keep_reading(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            for _ in range(min(BREACHES_PER_S, len(self._unread))):
                person = next(iter(self._unread))
                del self._unread[person]
                try:
                    await self.read_breaches(person)
                except FloorError as error:
                    log.warning("breaches not read", person=person, reason=str(error))

    async def read_breaches(self, person: int) -> None:
        """His breaches of today, as they are on record now."""
        own, alarms = self._own.get(person), self._sources.alarms
        if own is None or alarms is None:
            return
        found = {}
        for key in own.keys:
            for breach in await alarms.breaches(self._measures.day_begin, agent=key):
                words = None if self._sources.wording is None else self._sources.wording(breach.rule)
                name = {"en": breach.rule, "zh": breach.rule} if words is None else words.name
                found[breach.id] = asked.view_own_breach(breach, name)
        for id_ in [one for one in own.stream.floor["breaches"] if one not in found]:
            own.stream.put(("breaches", id_, None))
        for id_, shown in found.items():
            own.stream.put(("breaches", id_, shown))
        self._publish(own)


def _person_of(stream: str) -> int:
    return int(stream.removeprefix("mine:"))
