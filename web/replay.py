"""Past minutes on the board: opened by somebody with the right, each with a floor, a clock and a hub of its own.

What is shown is a board, so nobody's number is on it; who may see a replay is asked again at every message.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import structlog
from msgspec import Meta, Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from websockets.asyncio.server import ServerConnection

from floor.errors import FloorError
from floor.people.model import SignedIn
from floor.people.rights import Right, may
from floor.ports import Clock
from floor.settings import Settings
from floor.tasks import Tasks
from web.access import Grant
from web.answers import json, refusal
from web.boards import Boards
from web.bodies import json_body
from web.gate import needs
from web.hub import Hub
from web.operation import HTML, JSON, TEXT, Operation, Schema
from web.pages import Pages
from web.ports import FloorStore, Measures
from web.session import Session
from web.traffic import Traffic

MOST = 4
"""Replays at once on one server: each is a whole floor."""
IDLE_S = 600.0
"""A replay nobody looks at is put away after this long."""
SPEEDS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)

log = structlog.get_logger()


class PastFloor(Protocol):
    """A floor that stands at a past moment."""

    @property
    def store(self) -> FloorStore: ...
    @property
    def measures(self) -> Measures: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def at(self) -> float: ...
    @property
    def since(self) -> float: ...

    async def play(self, speed: float) -> None: ...

    def close(self) -> None: ...


class Archive(Protocol):
    """Where past floors come from."""

    def begins_at(self) -> float | None: ...

    async def open(self, at: float) -> PastFloor: ...


class NoHealth:
    """On a tape there is no link to be ill: what was heard is on it."""

    def heard_ago(self, pbx: str) -> float | None:  # noqa: ARG002
        return 0.0

    def events(self, pbx: str) -> int:  # noqa: ARG002
        return 0

    def queue_size(self, pbx: str) -> int:  # noqa: ARG002
        return 0

    def lag_s(self, pbx: str) -> float | None:  # noqa: ARG002
        return None


@dataclass(eq=False, slots=True)
class Replay:
    """One open past minute."""

    id: str
    person: int
    past: PastFloor
    hub: Hub
    boards: Boards
    used_at: float
    tasks: Tasks = field(default_factory=Tasks)

    async def close(self) -> None:
        await self.tasks.stop()
        await self.hub.stop()
        self.past.close()


class ReplaySession(Session):
    """Somebody who looks at a replay; every message asks whether he still may."""

    def deliver(self, message: bytes) -> None:
        if self.signed_in is None or not may(self.signed_in.person, Right.REPLAY):
            self.cut()
            return
        super().deliver(message)


class OpenReplay(Struct, frozen=True, forbid_unknown_fields=True):
    """Which minute; ``speed`` 0 stands still."""

    at: Annotated[float, Meta(gt=0, lt=1e11)]
    speed: float = 1.0


class Replays:
    """The replays that are open, and the page to open one."""

    def __init__(
        self, archive: Archive, pages: Pages, settings: Settings, salt: bytes, build: str, clock: Clock
    ) -> None:
        self._archive, self._pages, self._settings = archive, pages, settings
        self._salt, self._build, self._clock = salt, build, clock
        self._open: dict[str, Replay] = {}
        self._one_at_a_time = asyncio.Lock()

    def routes(self) -> list[BaseRoute]:
        allowed = needs(Right.REPLAY)
        return [
            Route("/replay", allowed(self.page)),
            Route("/replay/{replay}", allowed(self.board)),
            Route("/api/v1/replays", allowed(self.opened), methods=["POST"]),
            Route("/api/v1/replays/{replay}", allowed(self.closed), methods=["DELETE"]),
        ]

    async def page(self, request: Request, who: SignedIn) -> Response:
        """Where a moment is chosen."""
        begins_at = await asyncio.to_thread(self._archive.begins_at)
        boards = [board.id for board in (self._settings.board or ())] or ["default"]
        return self._pages.signed(
            request, who, "replay.html", begins_at=begins_at, now=self._clock.now(), boards=boards, speeds=SPEEDS
        )

    async def board(self, request: Request, who: SignedIn) -> Response:
        """A board of an open replay."""
        replay = self._mine(request, who)
        board = replay.boards.by_id.get(request.query_params.get("board", "")) or next(
            iter(replay.boards.by_id.values())
        )
        return self._pages.replay(request, who, board, replay.id)

    async def opened(self, request: Request, who: SignedIn) -> Response:
        """Open one; a person has one at a time."""
        asked = await json_body(request, OpenReplay)
        if asked.speed not in SPEEDS:
            raise HTTPException(400)
        async with self._one_at_a_time:
            await self._make_room(who)
            if len(self._open) >= MOST:
                return refusal(503, f"{MOST} replays are open already; close one, or wait until one is put away")
            try:
                past = await self._archive.open(asked.at)
            except FloorError as error:
                return refusal(404, str(error))
            replay = self._begin(past, who, asked.speed)
        log.info("replay opened", person=who.person.id, at=asked.at)
        return json({"id": replay.id, "at": past.at, "since": past.since}, 201)

    def _begin(self, past: PastFloor, who: SignedIn, speed: float) -> Replay:
        boards = Boards(self._settings, past.measures, self._salt)
        hub = Hub(
            store=past.store,
            measures=past.measures,
            health=NoHealth(),
            clock=past.clock,
            audiences=boards.audiences,
            build=self._build,
            traffic=Traffic(),
            scores=boards.scores,
        )
        replay = Replay(secrets.token_urlsafe(16), who.person.id, past, hub, boards, self._clock.monotonic())
        hub.start()
        if speed:
            replay.tasks.start("replay", past.play(speed))
        self._open[replay.id] = replay
        return replay

    async def closed(self, request: Request, who: SignedIn) -> Response:
        """Put one away."""
        replay = self._mine(request, who)
        del self._open[replay.id]
        await replay.close()
        return json({"closed": replay.id})

    def client(self, connection: ServerConnection, grant: Grant, id_: str, board: str) -> Session | None:
        """The reader of ``/ws?replay=ID&board=ID``; ``None``: there is none of his."""
        replay = self._open.get(id_)
        if replay is None or grant.signed_in is None or grant.signed_in.person.id != replay.person:
            return None
        replay.used_at = self._clock.monotonic()
        board = board if board in replay.boards.by_id else next(iter(replay.boards.by_id))
        return ReplaySession(connection, replay.hub, board, grant, replay.past.clock)

    def _mine(self, request: Request, who: SignedIn) -> Replay:
        """Another's replay is as if there were none."""
        replay = self._open.get(request.path_params["replay"])
        if replay is None or replay.person != who.person.id:
            raise HTTPException(404)
        return replay

    async def _make_room(self, who: SignedIn) -> None:
        now = self._clock.monotonic()
        for replay in list(self._open.values()):
            watched = any(replay.hub.clients.values())
            if watched:
                replay.used_at = now
            if replay.person == who.person.id or (not watched and now - replay.used_at > IDLE_S):
                del self._open[replay.id]
                await replay.close()

    async def close(self) -> None:
        """Put all away."""
        for replay in list(self._open.values()):
            del self._open[replay.id]
            await replay.close()


REPLAY: Schema = {
    "type": "object",
    "properties": {"id": TEXT, "at": {"type": "number"}, "since": {"type": "number"}},
}
OPERATIONS = (
    Operation("/replay", "Choose a past minute to be shown again, as a page.", Right.REPLAY, HTML, TEXT),
    Operation(
        "/replay/{replay}", "A board of an open replay of one's own.", Right.REPLAY, HTML, TEXT,
        (("replay", "id of the replay"), ("board", "id of the board")),
        ((404, "there is no such replay of one's own"),),
    ),
    Operation(
        "/api/v1/replays", "Show a past minute; a person has one replay at a time.", Right.REPLAY, JSON, REPLAY, (),
        ((404, "this minute is on no tape"), (503, "too many are open")), "POST",
        (("at", "seconds since the epoch"), ("speed", "0, 0.5, 1, 2, 5 or 10 times as fast")),
    ),
    Operation(
        "/api/v1/replays/{replay}", "Put a replay away.", Right.REPLAY, JSON, REPLAY, (("replay", "id of the replay"),),
        ((404, "there is no such replay of one's own"),), "DELETE",
    ),
)  # fmt: skip
