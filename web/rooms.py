"""The rooms of the pages: which are open depends on the parts of the product that run."""

from __future__ import annotations

from dataclasses import dataclass, field

from floor.day import Day
from floor.people.ports import Accounts, People
from floor.ports import Clock
from floor.settings import Settings
from web.access import Access
from web.alarms import Sources
from web.alerts_api import AlertsApi
from web.app import Room
from web.audit_api import AuditApi, Witness
from web.boards import Boards
from web.calls_api import CallsApi
from web.command_api import CommandApi
from web.company import Company
from web.cookies import Cookies
from web.desk import Desks
from web.door import Door
from web.drills_api import DrillsApi
from web.emergencies_api import EmergenciesApi
from web.gate import Gate
from web.hub import Hub
from web.incidents_api import IncidentsApi
from web.listening_api import ListeningApi
from web.listening_stream import ListeningStreams
from web.me import Me
from web.mine import Mines
from web.naming import Names
from web.notices_api import asked_rooms
from web.numbers_api import NumbersApi
from web.oidc import Provider
from web.pages import Pages
from web.parts import Parts
from web.password import Password
from web.plans_api import PlansApi
from web.ports import FloorStore, Measures
from web.record import Records
from web.replay import Replays
from web.reports_api import ReportsApi
from web.signin import SignIn
from web.telling_api import TellingApi
from web.tickets import Tickets
from web.workplace import Workplace


@dataclass(slots=True)
class Rooms:
    """Opens them, each once; what a room needs to be run is kept beside."""

    settings: Settings
    store: FloorStore
    measures: Measures
    clock: Clock
    build: str
    parts: Parts
    sources: Sources
    boards: Boards
    access: Access
    hub: Hub
    tickets: Tickets
    cookies: Cookies
    door: Door
    pages: Pages
    gate: Gate | None = None
    """Where people sign in, if anybody can."""
    replays: Replays | None = None
    mines: Mines | None = None
    opened: list[Room] = field(default_factory=list)

    def open(self) -> None:
        """All that the parts allow."""
        if self.parts.days is not None:
            self.opened.append(ReportsApi(self.parts.days, self.access, self.settings))
        if self.parts.accounts is not None:
            self._open_to_staff(self.parts.accounts)

    def _open_to_staff(self, accounts: Accounts) -> None:
        self.gate = gate = Gate(accounts, self.cookies, self.access)
        sign_in = self._sign_in(gate)
        witness = None if self.parts.audit is None else Witness(self.parts.audit, sign_in.address, self.clock)
        if self.parts.people is not None:
            self._desk(self.parts.people, sign_in, witness)
        self._replay()
        self._listening()
        if self.parts.trials is not None:
            self.opened.append(TellingApi(self.parts.trials))
        self._response(witness)
        records = Records(self.store, self.measures, self.sources, accounts, self.parts.past, self.clock.now)
        self.opened.append(Me(self.pages, records, self.parts.alarms, self._day()))

    def _day(self) -> Day:
        return Day(self.settings.time_zone, self.settings.day_starts)

    def _day_begin(self) -> float:
        return self.measures.day_begin

    def _sign_in(self, gate: Gate) -> SignIn:
        oidc = self.settings.people.oidc
        proxies = frozenset(self.settings.pages.proxies)
        sign_in = SignIn(gate, self.pages, self.tickets, proxies, company=oidc.issuer is not None)
        self.opened += [sign_in, Password(gate, self.pages)]
        if oidc.issuer is not None:
            self.opened.append(Company(gate, self.pages, sign_in, Provider(oidc, self.clock)))
        return sign_in

    def _desk(self, people: People, sign_in: SignIn, witness: Witness | None) -> None:
        """What people work with who know each other: the desk, requests and notices, the audit, commands."""
        parts = self.parts
        desks = Desks(people, self.settings, self.access.salt, self.boards.scores, self.sources)
        self.door.desk = desks.door(self.hub, self.clock)
        self.opened.append(CallsApi(self.store, desks, parts.calls, self.clock))
        if parts.alarms is not None:
            suggested = None if parts.readiness is None else parts.readiness.incidents.suggested
            alarms = AlertsApi(parts.alarms, desks, self.store, self.clock, self._day_begin, suggested)
            self.opened.append(alarms)
        self._requests(people, sign_in)
        if parts.audit is not None and witness is not None:
            self.opened.append(AuditApi(parts.audit, witness, self.clock, self._day_begin, self._day()))
            self.opened.append(NumbersApi(self.store, people, witness))
        if parts.commander is not None:
            pbxs = [pbx.name for pbx in self.settings.pbx]
            self.opened.append(CommandApi(parts.commander, pbxs, sign_in.address))
        self.opened.append(Workplace(self.pages, self._running()))

    def _running(self) -> list[str]:
        """The parts that pages of the workplace speak of."""
        parts = self.parts
        running: dict[str, object] = {"alerts": parts.alarms, "cases": parts.readiness, "requests": parts.requests}
        running |= {"audit": parts.audit, "commands": parts.commander, "listening": parts.listenings}
        return [name for name, part in running.items() if part is not None]

    def _requests(self, people: People, sign_in: SignIn) -> None:
        """What agents ask for and are told, with the streams of their own pages."""
        requests, notices = self.parts.requests, self.parts.notices
        if requests is None or notices is None:
            return
        self.opened += asked_rooms(requests, notices, people, self.boards.by_id, sign_in.address, self.clock)
        self.mines = Mines(
            self.store,
            self.sources,
            requests,
            notices,
            Names.of(self.settings, self.access.salt),
            self.build,
            self.measures,
            self.clock,
            self.hub.traffic,
            approval=self.settings.requests.leave_approval,
            notify=self.settings.listening.notify_agent,
        )
        self.door.mine = self.mines.client

    def _replay(self) -> None:
        if self.parts.archive is None:
            return
        self.replays = Replays(self.parts.archive, self.pages, self.settings, self.access.salt, self.build, self.clock)
        self.door.replay = self.replays.client
        self.opened.append(self.replays)

    def _listening(self) -> None:
        if self.parts.listenings is None:
            return
        self.door.listen = ListeningStreams(self.parts.listenings, self.clock, self.hub.traffic).client
        proxies = frozenset(self.settings.pages.proxies)
        self.opened.append(ListeningApi(self.parts.listenings, self.clock, proxies))

    def _response(self, witness: Witness | None) -> None:
        """Incidents, emergencies, plans and drills."""
        readiness = self.parts.readiness
        if readiness is None:
            return
        self.opened += [
            IncidentsApi(readiness, self.clock, self.parts.wording, witness),
            EmergenciesApi(readiness, self.settings.incidents.fire_call),
            PlansApi(readiness, self.clock),
            DrillsApi(readiness, self.clock, witness),
        ]
