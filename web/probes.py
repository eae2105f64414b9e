"""What a process without pages answers to whoever watches it: that it lives, whether it sees, and figures of both."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from prometheus_client.core import Metric
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from floor.ports import Clock
from floor.tasks import Tasks
from web import metrics
from web.access import Access
from web.answers import json, keyed
from web.api import ready
from web.app import Guard
from web.errors import AddressInUse
from web.keys import KeyFile
from web.metrics import Metrics, WatchedCollector, count, gauge
from web.ports import FloorStore, LinkHealth, Trouble
from web.server import HttpServer, listen, serving

STOP_S = 5.0


class Telling(Protocol):
    """How the telling of others goes (:class:`floor.relay.publisher.Publisher`)."""

    published: int
    away: str | None
    """Why the relay cannot be written to."""
    put_aside: set[str]
    """Exchanges for which another one writes."""


class Watching(Protocol):
    """A collector, as far as it is asked."""

    @property
    def store(self) -> FloorStore: ...
    @property
    def health(self) -> LinkHealth: ...
    @property
    def publisher(self) -> Telling: ...

    def trouble(self) -> Trouble:
        """What is wrong with its record."""


class ToldCollector(WatchedCollector):
    """Exchanges and record, and how they are told to the nodes."""

    def __init__(self, watching: Watching, build: str) -> None:
        super().__init__(watching.store, watching.health, build, watching.trouble)
        self._telling = watching.publisher

    def collect(self) -> Iterator[Metric]:
        yield from super().collect()
        telling, aside = self._telling, self._telling.put_aside
        yield count("floor_relay_published", "Facts that the relay has taken.", [], [((), telling.published)])
        yield gauge("floor_relay_away", "1 while the relay takes nothing.", [], [((), float(bool(telling.away)))])
        yield gauge("floor_relay_put_aside", "Exchanges for which another one writes.", [], [((), float(len(aside)))])


class Probes:
    """Serves them, by the same rules for keys as pages."""

    def __init__(self, watching: Watching, host: str, port: int, data_dir: Path, clock: Clock) -> None:
        """``data_dir`` holds the keys."""
        self._watching, self._host, self.port = watching, host, port
        self._access = Access(KeyFile(data_dir), host, clock)
        self._metrics = Metrics(ToldCollector(watching, version("floorwatch")))
        self._tasks = Tasks()
        self._http: HttpServer | None = None

    async def start(self) -> None:
        """Serve.

        :raises WebError: the address cannot be had.
        """
        try:
            listener = listen(self._host, self.port)
        except AddressInUse as error:
            raise AddressInUse(str(error).replace("--port", "relay.health_port")) from None
        self.port = listener.getsockname()[1]
        self._http = HttpServer(serving(self._app(), at_once=50))
        self._serving = self._tasks.start("probes", self._http.serve(sockets=[listener]))
        await self._http.begun

    def _app(self) -> Starlette:
        routes = [
            Route("/healthz", self._healthz),
            Route("/readyz", self._readyz),
            Route("/metrics", self._keyed),
        ]
        return Starlette(routes=routes, middleware=[Middleware(Guard, access=self._access)])

    async def _healthz(self, _: Request) -> Response:
        return json({"status": "ok"})

    async def _readyz(self, _: Request) -> Response:
        """Ready: it sees an exchange, and the relay takes what it tells."""
        away = {"relay": "away"} if self._watching.publisher.away else {}
        return ready(self._watching.store.snapshot(), **away)

    async def _keyed(self, request: Request) -> Response:
        self._access.refresh()  # the command line makes and revokes them at any time
        return await keyed(self._access, self._told)(request)

    async def _told(self, _: Request) -> Response:
        return Response(self._metrics.render(), headers={"content-type": metrics.CONTENT_TYPE})

    async def stop(self) -> None:
        """Answer nobody any more."""
        if self._http is not None:
            self._http.should_exit = True
            await asyncio.wait([self._serving], timeout=STOP_S)
            await self._tasks.stop()
            self._http = None
