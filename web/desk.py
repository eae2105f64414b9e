"""The desk's audience: what one person may see of the floor, by name, asked anew at every message (R-SEC-2)."""

from __future__ import annotations

from msgspec import Raw, structs
from websockets.asyncio.server import ServerConnection

from alerts.model import Alert, Breach, Message, Severity, Subject, Text
from floor.people.model import Person
from floor.people.ports import People
from floor.people.rights import Right, may
from floor.ports import Clock
from floor.requests.model import Request
from floor.settings import BoardSettings, Settings
from floor.state.model import Agent, Caller, Queue
from web import alarms, asked, views, wire
from web.access import Grant
from web.alarms import Sources
from web.audience import Audience, Shown
from web.door import Desk
from web.heard import heard_by
from web.hub import Hub
from web.naming import Names
from web.ports import FloorView, RuleWords
from web.scores import Scores
from web.session import Session

DESK = BoardSettings(id="desk", title={"en": "Desk", "zh": "班长台"}, theme="auto", agents="name")
EVIDENCE = 8
"""Facts that travel with an alert; the rest is fetched with it."""

Scope = tuple[bool, frozenset[str], frozenset[str]]


class DeskAudience(Audience):
    """A supervisor's view. He is looked up at each question: what he may see can change while he looks."""

    least = Severity.INFO
    follows_record = True

    def __init__(
        self, person: int, people: People, settings: Settings, names: Names, scores: Scores, sources: Sources
    ) -> None:
        super().__init__(DESK, settings, names, scores, sources=sources)
        self._id, self._people = person, people
        self._scope: Scope | None = None
        self._floor: FloorView | None = None

    @property
    def person(self) -> Person | None:
        """He as he is now, if he may see a floor at all."""
        person = self._people.persons.get(self._id)
        return person if person is not None and may(person, Right.SEE_FLOOR) else None

    def stands(self) -> bool:
        return self.person is not None

    def rescoped(self) -> bool:
        return self._scope_now() != self._scope

    def _scope_now(self) -> Scope | None:
        person = self.person
        if person is None:
            return None
        return may(person, Right.SEE_SITE), frozenset(person.groups), frozenset(person.queues)

    def select(self, floor: FloorView) -> bool:
        self._scope = self._scope_now()
        self._floor = floor  # its mappings are alive
        return super().select(floor)

    def _agent(self, agent: Agent) -> Raw | wire.Agent | None:
        floor, person = self._floor, self.person
        if person is None or floor is None or not self._people.sees_agent(person, agent.pbx, agent.name):
            return None
        heard = heard_by(agent, self.sources.listenings, person, notice=self._settings.listening.notify_agent)
        if heard:
            return structs.replace(views.with_call(self._view(agent), agent, floor), heard_by=heard)
        return self._scores.once(("desk", *agent.key), lambda: views.with_call(self._view(agent), agent, floor))

    def _caller(self, caller: Caller) -> wire.Caller | None:
        shown = super()._caller(caller)
        return None if shown is None else views.with_number(shown, caller)

    def _wants(self, queue: Queue) -> bool:
        person = self.person
        return person is not None and self._people.sees_queue(person, *queue.key) and super()._wants(queue)

    def sees_agent(self, agent: Agent) -> bool:
        person = self.person
        return person is not None and self._people.sees_agent(person, agent.pbx, agent.name)

    def sees_queue(self, pbx: str, queue: str) -> bool:
        person = self.person
        return person is not None and self._people.sees_queue(person, pbx, queue)

    def sees_group(self, group: str) -> bool:
        person = self.person
        return person is not None and (may(person, Right.SEE_SITE) or group in person.groups)

    def sees_pbx(self, pbx: str) -> bool:  # noqa: ARG002 - exchanges and trunks carry everybody's calls
        return self.stands()

    @property
    def limited(self) -> bool:
        person = self.person
        return person is None or not may(person, Right.SEE_SITE)

    @property
    def sums_queues(self) -> bool:
        return self.limited

    def sees(self, alert: Alert, floor: FloorView) -> bool:
        """Whether the alert is his business; also one that is over, or explained by another."""
        return self.stands() and alarms.sees_subject(alert, floor, self)

    def sees_of(self, subject: Subject, floor: FloorView) -> bool:
        """Whether this subject is his business."""
        return self.stands() and alarms.sees_subject(subject, floor, self)

    def sees_breach(self, breach: Breach, floor: FloorView) -> bool:
        """Whether a recorded breach is his business."""
        return self.stands() and alarms.sees_subject(breach, floor, self)

    def hears(self, message: Message, floor: FloorView) -> bool:
        """Whether it is for him: addressed to him, or to everybody who sees the alert."""
        if message.recipient.person is not None:
            return self.stands() and message.recipient.person == self._id
        alert = self.sources.live.get(message.alert or "")
        return alert is not None and self.sees(alert, floor)

    def alert(self, alert: Alert, floor: FloorView) -> Shown:
        """An alert under its own id, with the facts that prove it."""
        if not alarms.concerns(alert, least=self.least) or not self.sees(alert, floor):
            return "alerts", alert.id, None
        return "alerts", alert.id, self.view(alert, floor)

    def view(self, alert: Alert, floor: FloorView) -> wire.Alert:
        """How it looks to him."""
        label = alarms.subject_label(alert, floor, self._names, "name")
        owner = alarms.owner_label(alert, self._people, "name")
        facts = tuple(dict(fact) for fact in alert.evidence[-EVIDENCE:])
        return alarms.view_alert(alert, label, owner, self.sources.wording, facts, alert.level)

    def request(self, request: Request) -> Shown:
        """What an agent of his asks for, if he may know of such requests."""
        known = self.sources.requests
        if known is None or request.id not in known.shown or not self.stands() or not known.sees(self._id, request):
            return "requests", request.id, None
        mine = request.by.person == self._id
        return "requests", request.id, asked.view_request(request, known, mine=mine)

    def posted(self) -> dict[str, wire.Notice]:
        """All notices, with who posted them, where they stand and how many have read them."""
        known, person = self.sources.notices, self.person
        if known is None or person is None:
            return {}
        site = may(person, Right.SEE_SITE)
        return {
            one.id: asked.view_notice_of(one, known, mine=site or one.by.id == self._id)
            for one in known.standing.values()
        }


class Desks:
    """Gives out audiences: one per person, which all his windows share."""

    def __init__(self, people: People, settings: Settings, salt: bytes, scores: Scores, sources: Sources) -> None:
        self._people, self._settings, self._scores, self._sources = people, settings, scores, sources
        self._names = Names.of(settings, salt)

    def audience(self, person: int) -> DeskAudience:
        """What this person sees, for a stream or for one look."""
        return DeskAudience(person, self._people, self._settings, self._names, self._scores, self._sources)

    def words(self, rule: str) -> RuleWords | None:
        """What there is to say of a rule."""
        return None if self._sources.wording is None else self._sources.wording(rule)

    def rule_name(self, rule: str) -> Text:
        """What a rule is called; its id where it has no words."""
        words = self.words(rule)
        return {"en": rule, "zh": rule} if words is None else dict(words.name)

    def door(self, hub: Hub, clock: Clock) -> Desk:
        """Makes the clients of ``/ws?desk=1``."""

        def client(connection: ServerConnection, grant: Grant) -> Session:
            if grant.signed_in is None:
                raise ValueError("the desk is for people who are signed in")
            stream = self.stream(grant.signed_in.person.id)
            hub.admit(stream, self.audience(grant.signed_in.person.id))
            return Session(connection, hub, stream, grant, clock)

        return client

    @staticmethod
    def stream(person: int) -> str:
        """Name of his stream at the hub; no board has one like it."""
        return f"desk:{person}"
