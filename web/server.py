"""Pages, API and stream on one port: put together, started in order, stopped in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.applications import Starlette

from floor.ports import Clock
from floor.settings import Settings
from floor.state.model import Key
from floor.tasks import Tasks
from web.access import Access
from web.admission import Admission
from web.alarms import Sources
from web.api import Api
from web.app import build_app
from web.assets import Assets
from web.boards import Boards
from web.cookies import Cookies
from web.door import Door
from web.errors import AddressInUse, WebError
from web.hub import Hub
from web.keys import KeyFile
from web.metrics import FloorCollector, Metrics
from web.pages import STATIC, TEMPLATES, Pages
from web.parts import Parts
from web.ports import FloorStore, LinkHealth, Measures, RuleClock
from web.rooms import Rooms
from web.tickets import Tickets
from web.traffic import Traffic

ALONE = Parts()
"""Nothing runs beside the floor: there are boards only."""
KEYS_EVERY_S = 1.0
"""How soon a key revoked by the command line closes its streams."""

log = structlog.get_logger()


def serving(app: Starlette, at_once: int, **more: Any) -> uvicorn.Config:
    """How every server of ours serves: it logs no request, tells nobody what it is, and ends within seconds."""
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,  # request lines carry keys
        server_header=False,
        proxy_headers=False,
        limit_concurrency=at_once,
        timeout_graceful_shutdown=2,
        **more,
    )


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
    """Everything people and programs see.

    ``build`` is the product's version, to which the digest of the pages' files is added; ``parts``: what runs beside
    the floor.
    """

    _http: HttpServer | None = None
    _serving: asyncio.Task[None] | None = None

    def __init__(
        self,
        settings: Settings,
        store: FloorStore,
        measures: Measures,
        health: LinkHealth,
        clock: Clock,
        build: str | None = None,
        *,
        parts: Parts = ALONE,
        templates: Path = TEMPLATES,
        static: Path = STATIC,
    ) -> None:
        self._host, self._port = settings.host, settings.port
        assets = Assets.load(static, templates)
        self.build = f"{build or version('floorwatch')}+{assets.digest}"
        self.access = Access(KeyFile(settings.data_dir), settings.host, clock)
        sources = parts.sources()
        boards = Boards(settings, measures, self.access.salt, sources)
        self.hub = hub_of(store, measures, health, clock, self.build, boards, sources)
        self.tickets, cookies = Tickets(clock), Cookies(https=settings.pages.https)
        admission = None if parts.accounts is None else Admission(parts.accounts, cookies, self.tickets)
        self.door = Door(self.hub, self.access, frozenset(boards.by_id), clock, admission)
        figures = metrics_of(store, measures, health, self.hub, self.build, parts, sources)
        api = Api(
            settings=settings, store=store, measures=measures, hub=self.hub, boards=boards, access=self.access,
            exposition=figures, clock=clock, build=self.build, wellbeing=parts.wellbeing,
        )  # fmt: skip
        lock_s, staffed = settings.people.idle_lock_s, parts.accounts is not None
        pages = Pages(boards, self.access, assets, self.build, templates, lock_s, staffed=staffed)
        self._rooms = Rooms(
            settings=settings, store=store, measures=measures, clock=clock, build=self.build, parts=parts,
            sources=sources, boards=boards, access=self.access, hub=self.hub, tickets=self.tickets, cookies=cookies,
            door=self.door, pages=pages,
        )  # fmt: skip
        self._rooms.open()
        self.app = build_app(api, pages, assets, self.access, self._rooms.gate, self._rooms.opened)
        self._tasks = Tasks(self._died)

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
        try:
            await self._serve(listener)
        except BaseException:
            listener.close()
            raise

    async def _serve(self, listener: socket.socket) -> None:
        self._port = listener.getsockname()[1]
        self._http = HttpServer(self._config())
        self.hub.start()
        if self._rooms.mines is not None:
            self._rooms.mines.start()
        self._tasks.start("web.keys", self._enforce_keys())
        self._serving = self._tasks.start("web.http", self._http.serve(sockets=[listener]))
        await self._http.begun
        if not self.access.open and not self.access.list():
            log.warning("nobody can see a board yet: make a key", host=self._host)

    def _config(self) -> uvicorn.Config:
        # The limit is HTTP's; streams have one of their own.
        return serving(self.app, at_once=1000, ws=self.door.connection_class(), timeout_keep_alive=30)

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
        if self._rooms.replays is not None:
            await self._rooms.replays.close()
        await asyncio.wait([self._serving], timeout=5)
        await self._tasks.stop()
        await self.hub.stop()
        if self._rooms.mines is not None:
            await self._rooms.mines.stop()
        self._http = self._serving = None


def hub_of(
    store: FloorStore,
    measures: Measures,
    health: LinkHealth,
    clock: Clock,
    build: str,
    boards: Boards,
    sources: Sources,
) -> Hub:
    """The hub of these boards, with a count of all that is sent."""
    return Hub(
        store=store,
        measures=measures,
        health=health,
        clock=clock,
        audiences=boards.audiences,
        build=build,
        traffic=Traffic(),
        sources=sources,
        scores=boards.scores,
    )


def metrics_of(
    store: FloorStore,
    measures: Measures,
    health: LinkHealth,
    hub: Hub,
    build: str,
    parts: Parts,
    sources: Sources,
) -> Metrics:
    """What monitoring may know of all that."""
    trouble, wellbeing = parts.trouble, parts.wellbeing
    return Metrics(FloorCollector(store, measures, health, hub, build, trouble, wellbeing, lambda: sources.live))


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
