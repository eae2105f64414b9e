"""The face for programs: the floor, the day, health, metrics and the description of all that. Read only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from floor.ports import Clock
from floor.settings import Settings
from floor.state.model import LinkState
from web import metrics, openapi, operations, protocol
from web.access import Access
from web.answers import Answer, json, key_of, keyed, refusal, refused
from web.boards import Boards
from web.hub import Hub
from web.ports import FloorStore, FloorView, Measures, Wellbeing
from web.today import view_today


def ready(floor: FloorView, **beside: object) -> Response:
    """Whether an exchange is connected and known; what is given ``beside`` stands in the way of being ready."""
    links = Counter(pbx.link.value for pbx in floor.pbxs.values())
    good = links[LinkState.UP.value] > 0 and not beside
    return json({"status": "ready" if good else "waiting", "links": links, **beside}, 200 if good else 503)


class Api:
    """Every answer for programs; all of them are computed at the moment they are asked for."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: FloorStore,
        measures: Measures,
        hub: Hub,
        boards: Boards,
        access: Access,
        exposition: metrics.Metrics,
        clock: Clock,
        build: str,
        wellbeing: Callable[[], Wellbeing] | None = None,
    ) -> None:
        self._settings, self._store, self._measures, self._boards, self._hub = settings, store, measures, boards, hub
        self._access, self._metrics, self._clock, self._build = access, exposition, clock, build
        self._wellbeing = wellbeing

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/v1/floor", self.floor),
            Route("/api/v1/today", self._keyed(self.today)),
            Route("/metrics", self._keyed(self.metrics)),
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/openapi.json", self.openapi),
            Route("/api", self.readable),
        ]

    def _keyed(self, answer: Answer) -> Answer:
        return keyed(self._access, answer)

    async def floor(self, request: Request) -> Response:
        """The picture of one moment, by the same eyes as a board's."""
        board, key = request.query_params.get("board"), key_of(request)
        grant = self._access.api(key) if board is None else self._access.board(key, board)
        if not grant:
            return refused(grant)
        audience = self._boards.audience(board)
        if audience is None:
            return refusal(404, "there is no such board")
        floor = self._store.snapshot()
        parts = await self._hub.look(audience)
        head = {"v": protocol.VERSION, "revision": floor.revision, "now": self._clock.now(), "build": self._build}
        return json({**head, "board": audience.view_board(), "floor": parts})

    async def today(self, _: Request) -> Response:
        floor = self._store.snapshot()
        return json(view_today(floor, self._measures, self._settings, self._clock.now()))

    async def metrics(self, _: Request) -> Response:
        return Response(self._metrics.render(), headers={"content-type": metrics.CONTENT_TYPE})

    async def healthz(self, _: Request) -> Response:
        """It serves; and, if so, that perhaps nobody acts on the alerts."""
        vacant = self._wellbeing is not None and self._wellbeing().vacant
        return json({"status": "ok", "alerts": "vacant"} if vacant else {"status": "ok"})

    async def readyz(self, _: Request) -> Response:
        """Ready: at least one exchange is connected and its full picture taken. Says how many, not which."""
        return ready(self._store.snapshot())

    async def openapi(self, _: Request) -> Response:
        return json(openapi.openapi(self._build))

    async def readable(self, _: Request) -> Response:
        return PlainTextResponse(operations.readable(self._build))
