"""Pages, API and stream on one port: put together, started in order, stopped in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import structlog
import uvicorn

from alerts.ports import Alarms, Trials
from alerts.response_ports import Readiness
from floor.audit.ports import Audit
from floor.command.ports import Commander
from floor.day import Day
from floor.listening.ports import Listenings
from floor.people.ports import Accounts, People
from floor.ports import Clock
from floor.requests.ports import Notices, Requests
from floor.settings import Settings
from floor.state.model import Key
from floor.tasks import Tasks
from web.access import Access
from web.admission import Admission
from web.alarms import Sources
from web.alerts_api import AlertsApi
from web.api import Api
from web.app import Room, build_app
from web.assets import Assets
from web.audit_api import AuditApi, Witness
from web.boards import Boards
from web.calls_api import CallsApi, CallsOnRecord
from web.command_api import CommandApi
from web.company import Company
from web.cookies import Cookies
from web.desk import Desks
from web.door import Door
from web.drills_api import DrillsApi
from web.emergencies_api import EmergenciesApi
from web.errors import AddressInUse, WebError
from web.gate import Gate
from web.hub import Hub
from web.incidents_api import IncidentsApi
from web.keys import KeyFile
from web.listening_api import ListeningApi
from web.listening_stream import ListeningStreams
from web.me import Me
from web.metrics import FloorCollector, Metrics
from web.mine import Mines
from web.naming import Names
from web.notices_api import asked_rooms
from web.numbers_api import NumbersApi
from web.oidc import Provider
from web.pages import STATIC, TEMPLATES, Pages
from web.password import Password
from web.plans_api import PlansApi
from web.ports import (
    Announcements,
    Clocks,
    FloorStore,
    LinkHealth,
    Measures,
    Messages,
    News,
    Past,
    RuleClock,
    Trouble,
    Wellbeing,
    Wording,
)
from web.record import Records
from web.replay import Archive, Replays
from web.reports_api import Days, ReportsApi
from web.signin import SignIn
from web.telling_api import TellingApi
from web.tickets import Tickets
from web.traffic import Traffic
from web.workplace import Workplace

KEYS_EVERY_S = 1.0
"""How soon a key revoked by the command line closes its streams."""

log = structlog.get_logger()


class HttpServer(uvicorn.Server):
    """uvicorn without its signal handlers, which tells when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set_result(None)


class Web:
    """Everything people and programs see. Without ``accounts`` nobody can sign in: there are boards only.

    ``build`` is the product's version, to which the digest of the pages' files is added; ``trouble`` tells how the
    record on disk is doing.
    """

    def __init__(  # noqa: PLR0915  # wires the parts together, one after the other
        self,
        settings: Settings,
        store: FloorStore,
        measures: Measures,
        health: LinkHealth,
        clock: Clock,
        build: str | None = None,
        *,
        trouble: Callable[[], Trouble] | None = None,
        wellbeing: Callable[[], Wellbeing] | None = None,
        alarms: Alarms | None = None,
        clocks: Clocks | None = None,
        wording: Wording | None = None,
        announcements: Announcements | None = None,
        messages: Messages | None = None,
        news: News | None = None,
        people: People | None = None,
        accounts: Accounts | None = None,
        past: Past | None = None,
        calls: CallsOnRecord | None = None,
        days: Days | None = None,
        archive: Archive | None = None,
        readiness: Readiness | None = None,
        trials: Trials | None = None,
        audit: Audit | None = None,
        commander: Commander | None = None,
        requests: Requests | None = None,
        notices: Notices | None = None,
        listenings: Listenings | None = None,
        templates: Path = TEMPLATES,
        static: Path = STATIC,
    ) -> None:
        self._host, self._port = settings.host, settings.port
        assets = Assets.load(static, templates)
        self.build = f"{build or version('floorwatch')}+{assets.digest}"
        self.access = Access(KeyFile(settings.data_dir), settings.host, clock)
        sources = Sources(alarms, clocks, wording, people, announcements, messages, news, requests, notices, listenings)
        boards = Boards(settings, measures, self.access.salt, sources)
        self.hub = Hub(
            store=store,
            measures=measures,
            health=health,
            clock=clock,
            audiences=boards.audiences,
            build=self.build,
            traffic=Traffic(),
            sources=sources,
            scores=boards.scores,
        )
        self.tickets = Tickets(clock)
        cookies = Cookies(https=settings.pages.https)
        admission = None if accounts is None else Admission(accounts, cookies, self.tickets)
        self.door = Door(self.hub, self.access, frozenset(boards.by_id), clock, admission)
        api = Api(
            settings=settings,
            store=store,
            measures=measures,
            hub=self.hub,
            boards=boards,
            access=self.access,
            exposition=Metrics(
                FloorCollector(store, measures, health, self.hub, self.build, trouble, wellbeing, lambda: sources.live)
            ),
            clock=clock,
            build=self.build,
        )
        pages = Pages(
            boards,
            self.access,
            assets,
            self.build,
            templates,
            settings.people.idle_lock_s,
            staffed=accounts is not None,
        )
        rooms: list[Room] = [] if days is None else [ReportsApi(days, self.access, settings)]
        self._replays: Replays | None = None
        self._mines: Mines | None = None
        gate = None
        if accounts is not None:
            gate = Gate(accounts, cookies, self.access)
            records = Records(store, measures, sources, accounts, past, clock.now)
            proxies = frozenset(settings.pages.proxies)
            oidc = settings.people.oidc
            sign_in = SignIn(gate, pages, self.tickets, proxies, company=oidc.issuer is not None)
            rooms += [sign_in, Password(gate, pages)]
            if oidc.issuer is not None:
                rooms.append(Company(gate, pages, sign_in, Provider(oidc, clock)))
            witness = None if audit is None else Witness(audit, sign_in.address, clock)
            if people is not None:
                desks = Desks(people, settings, self.access.salt, boards.scores, sources)
                self.door.desk = desks.door(self.hub, clock)
                rooms.append(CallsApi(store, desks, calls, clock))
                if alarms is not None:
                    suggested = None if readiness is None else readiness.incidents.suggested
                    rooms.append(AlertsApi(alarms, desks, store, clock, lambda: measures.day_begin, suggested))
                running: dict[str, object] = {"alerts": alarms, "cases": readiness, "requests": requests}
                running |= {"audit": audit, "commands": commander, "listening": listenings}
                if requests is not None and notices is not None:
                    rooms += asked_rooms(requests, notices, people, boards.by_id, sign_in.address, clock)
                    self._mines = self._own_pages(settings, store, sources, measures, clock)
                if audit is not None and witness is not None:
                    day = Day(settings.time_zone, settings.day_starts)
                    rooms.append(AuditApi(audit, witness, clock, lambda: measures.day_begin, day))
                    rooms.append(NumbersApi(store, people, witness))
                if commander is not None:
                    rooms.append(CommandApi(commander, [pbx.name for pbx in settings.pbx], sign_in.address))
                rooms.append(Workplace(pages, [part for part, there in running.items() if there is not None]))
            if archive is not None:
                self._replays = Replays(archive, pages, settings, self.access.salt, self.build, clock)
                self.door.replay = self._replays.client
                rooms.append(self._replays)
            if listenings is not None:
                self.door.listen = ListeningStreams(listenings, clock, self.hub.traffic).client
                rooms.append(ListeningApi(listenings, clock, proxies))
            if trials is not None:
                rooms.append(TellingApi(trials))
            if readiness is not None:
                fire_call = settings.incidents.fire_call
                rooms += [IncidentsApi(readiness, clock, wording, witness), EmergenciesApi(readiness, fire_call)]
                rooms += [PlansApi(readiness, clock), DrillsApi(readiness, clock, witness)]
            rooms.append(Me(pages, records, alarms, Day(settings.time_zone, settings.day_starts)))
        self.app = build_app(api, pages, assets, self.access, gate, rooms)
        self._tasks = Tasks(self._died)
        self._http: HttpServer | None = None
        self._serving: asyncio.Task[None] | None = None

    def _own_pages(
        self, settings: Settings, store: FloorStore, sources: Sources, measures: Measures, clock: Clock
    ) -> Mines | None:
        """The streams of the agents' own pages, where agents can ask for something."""
        if sources.requests is None or sources.notices is None:
            return None
        mines = Mines(
            store,
            sources,
            sources.requests,
            sources.notices,
            Names.of(settings, self.access.salt),
            self.build,
            measures,
            clock,
            self.hub.traffic,
            approval=settings.requests.leave_approval,
            notify=settings.listening.notify_agent,
        )
        self.door.mine = mines.client
        return mines

    @property
    def port(self) -> int:
        """The port served on; the real one once started, also when 0 was asked for."""
        return self._port

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the start page."""
        host = "127.0.0.1" if self._host in ("", "0.0.0.0", "::") else self._host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    def hear_clock(self, agent: Key, clocks: Sequence[RuleClock] = ()) -> None:  # noqa: ARG002 - looked up when sent
        """The evaluator's word that an agent's clocks changed."""
        self.hub.hear_clock(agent)

    async def start(self) -> None:
        """Serve. Raises :class:`web.errors.AddressInUse` when the address cannot be had; then nothing runs."""
        listener = listen(self._host, self._port)
        self._port = listener.getsockname()[1]
        self._http = HttpServer(self._config())
        self.hub.start()
        if self._mines is not None:
            self._mines.start()
        self._tasks.start("web.keys", self._enforce_keys())
        self._serving = self._tasks.start("web.http", self._http.serve(sockets=[listener]))
        await self._http.begun
        if not self.access.open and not self.access.list():
            log.warning("nobody can see a board yet: make a key", host=self._host)

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self.app,
            ws=self.door.connection_class(),
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,  # request lines carry keys
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=30,
            limit_concurrency=1000,  # of HTTP; streams have a limit of their own
            timeout_graceful_shutdown=2,
        )

    def _died(self, task: str, error: BaseException) -> None:
        if self._http is not None and not self._http.begun.done():
            self._http.begun.set_exception(WebError(f"{task} ended at once: {error}"))

    async def _enforce_keys(self) -> None:
        while True:
            await asyncio.sleep(KEYS_EVERY_S)
            try:
                self.access.refresh()
                await self.door.enforce()
            except Exception:
                log.exception("keys not enforced")

    async def stop(self) -> None:
        """Stop listening, see the streams off, stop the hub; within a few seconds, whatever the clients do."""
        if self._http is None or self._serving is None:
            return
        self._http.should_exit = True
        await self.door.close()
        if self._replays is not None:
            await self._replays.close()
        await asyncio.wait([self._serving], timeout=5)
        await self._tasks.stop()
        await self.hub.stop()
        if self._mines is not None:
            await self._mines.stop()
        self._http = self._serving = None


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises :class:`AddressInUse` with a sentence that says what to do."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except OSError as error:
        raise AddressInUse(f"'{host}' is no address of this machine to serve on: {error.strerror}") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise AddressInUse(_why(host, port, error)) from None
    return listener


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken by another program; stop it, or choose another with --port"
    if error.errno == errno.EACCES:
        return f"this user may not serve on port {port}; choose one above 1023 with --port"
    return f"cannot serve on {host} port {port}: {error.strerror}"
