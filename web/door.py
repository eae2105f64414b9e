"""The door of the stream: takes over connections that ask to become websockets, and decides who comes in.

uvicorn builds its ``ws`` class with (config, server_state, app_state) and feeds it the raw request. Ours is the native
connection of websockets, so pages and stream share host, port and certificate, and sending needs no task per client.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from urllib.parse import parse_qs

import structlog
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from floor.people.rights import Right
from floor.ports import Clock
from floor.tasks import Tasks
from web import framing, protocol
from web.access import Access, Grant, Verdict
from web.admission import NEEDED, Admission, Farewell
from web.hub import Hub
from web.origins import same_origin
from web.session import Session, see_off

PATH = "/ws"
MAX_CLIENTS = 5000
"""More are turned away with 503: memory is finite, and a floor has fewer screens."""
OPEN_S = 10.0
PING_S = 20.0
"""A client is pinged so often, and cut off (1011) when it has not answered for as long again."""
PERSONAL = frozenset({"replay", "mine", "listen"})
"""Besides the desk: streams of somebody who is signed in."""

log = structlog.get_logger()
_quiet = logging.getLogger("web.websockets")
_quiet.setLevel(logging.WARNING)
"""Below this level websockets writes request lines, and with them keys, into the log."""


class StreamProtocol(ServerProtocol):
    """Says 4400, as our protocol does, when a frame is too big."""

    def fail(self, code: CloseCode | int, reason: str = "") -> None:
        if code == CloseCode.MESSAGE_TOO_BIG:
            code, reason = protocol.CLOSE_UNWELCOME, "frame too big"
        super().fail(code, reason)


class Client(Protocol):
    """One client of a stream, as far as the door looks after it."""

    connection: ServerConnection
    grant: Grant
    """Of somebody who is signed in renewed every second, so that rights can be asked again at every message."""

    async def run(self) -> None:
        """Keep it level until it leaves."""


Desk = Callable[[ServerConnection, Grant], Client]
"""Makes the client of the stream ``/ws?desk=1``; ``grant.signed_in`` is who it is."""
Replay = Callable[[ServerConnection, Grant, str, str], Client | None]
"""The same of ``/ws?replay=ID&board=ID``; ``None``: there is no such replay of his."""


Listen = Callable[[ServerConnection, Grant, str], Client | None]
"""The same of ``/ws?listen=ID``, the sound of a listening; ``None``: there is no such listening of his."""


class Door:
    """All clients of all streams. It stands in for the ``Server`` that websockets' connections report to.

    ``admission`` lets people in to the ``desk``; without one of them there is none.
    """

    def __init__(
        self,
        hub: Hub,
        access: Access,
        boards: frozenset[str],
        clock: Clock,
        admission: Admission | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._hub, self._access, self._boards, self._clock = hub, access, boards, clock
        self._admission, self.desk = admission, desk
        self.replay: Replay | None = None
        self.mine: Desk | None = None
        """The same of ``/ws?mine=1``: an agent's own page."""
        self.listen: Listen | None = None
        self._secrets: dict[Client, tuple[str, Right]] = {}
        self._serving = True
        self._farewells = Tasks()
        self.sessions: set[Client] = set()
        self.handler_tasks: set[asyncio.Task[None]] = set()
        self.connections: set[ServerConnection] = set()

    # What websockets and uvicorn ask for

    def is_serving(self) -> bool:
        return self._serving

    def connection_class(self) -> type[ServerConnection]:
        """The class for uvicorn's ``ws`` setting, bound to this door."""
        door = self

        class StreamConnection(ServerConnection):
            def __init__(self, config: object, server_state: object, app_state: object) -> None:  # noqa: ARG002
                super().__init__(
                    StreamProtocol(max_size=protocol.MAX_FRAME_BYTES, logger=_quiet, extensions=[framing.Shared()]),
                    door,  # type: ignore[arg-type]  # only is_serving, handler, handler_tasks are asked of it
                    ping_interval=PING_S,
                    ping_timeout=PING_S,
                    close_timeout=2,
                )

        return StreamConnection

    async def handler(self, connection: ServerConnection) -> None:
        """One connection from its request to its end; called by websockets in a task of its own."""
        try:
            async with asyncio.timeout(OPEN_S):
                await connection.handshake(self._turn_away, server_header=None)
            if connection.protocol.state is OPEN:
                await self._receive(connection)
        except (ConnectionClosed, TimeoutError):
            pass  # it left, or never finished asking
        except Exception:
            log.exception("stream failed")
        finally:
            connection.transport.abort()
            if task := asyncio.current_task():
                self.handler_tasks.discard(task)

    def _turn_away(self, connection: ServerConnection, request: Request) -> Response | None:
        """The HTTP answer to whom we do not speak websocket with; ``None``: come in."""
        hosts, origins = request.headers.get_all("Host"), request.headers.get_all("Origin")
        if len(hosts) != 1 or len(origins) > 1:
            return connection.respond(400, "one Host and at most one Origin, please\n")
        host, origin = hosts[0], origins[0] if origins else None
        if request.path.partition("?")[0] != PATH:
            return connection.respond(404, "the stream is at /ws\n")
        if not same_origin(origin, host) or not self._access.trusts_host(host):
            self._hub.traffic.refused += 1
            return connection.respond(403, "this page may not open the stream\n")
        if len(self.sessions) >= MAX_CLIENTS:
            self._hub.traffic.refused += 1
            return connection.respond(503, "too many clients\n")
        return None

    async def _receive(self, connection: ServerConnection) -> None:
        asked = parse_qs(connection.request.path.partition("?")[2] if connection.request else "")
        if asked.get("desk") == ["1"] or not PERSONAL.isdisjoint(asked):
            await self._receive_signed_in(connection, asked)
            return
        board, key = asked.get("board", [""])[0], asked.get("key", [None])[0]
        grant = self._access.board(key, board)
        if not grant:
            self._hub.traffic.refused += 1
            await see_off(connection, protocol.CLOSE_FORBIDDEN, grant.verdict)
        elif board not in self._boards:
            self._hub.traffic.refused += 1
            await see_off(connection, protocol.CLOSE_UNKNOWN_BOARD, "there is no such board")
        else:
            await self._serve(Session(connection, self._hub, board, grant, self._clock))

    async def _receive_signed_in(self, connection: ServerConnection, asked: dict[str, list[str]]) -> None:
        if self._admission is None or connection.request is None:
            await see_off(connection, protocol.CLOSE_UNKNOWN_BOARD, "nobody can sign in here")
            return
        ticket = asked.get("ticket", [""])[0]
        secret = self._admission.secret(connection.request.headers.get_all("Cookie"))
        need = Right.ASK if "mine" in asked else Right.LISTEN if "listen" in asked else NEEDED
        who = await self._admission.admit(secret, ticket, need)
        if isinstance(who, Farewell):
            self._hub.traffic.refused += 1
            await see_off(connection, who.code, who.reason)
        else:
            client = self._client(connection, Grant(Verdict.ALLOWED, signed_in=who), asked)
            if client is None:
                await see_off(connection, protocol.CLOSE_UNKNOWN_BOARD, "there is no such stream of yours")
                return
            self._secrets[client] = secret, need
            await self._serve(client)

    def _client(self, connection: ServerConnection, grant: Grant, asked: dict[str, list[str]]) -> Client | None:
        if "mine" in asked:
            return None if self.mine is None else self.mine(connection, grant)
        if "listen" in asked:
            return None if self.listen is None else self.listen(connection, grant, asked["listen"][0])
        if "replay" not in asked:
            return None if self.desk is None else self.desk(connection, grant)
        if self.replay is None:
            return None
        return self.replay(connection, grant, asked["replay"][0], asked.get("board", [""])[0])

    async def _serve(self, client: Client) -> None:
        self.sessions.add(client)
        client.connection.start_keepalive()
        try:
            await client.run()
        finally:
            self.sessions.discard(client)
            self._secrets.pop(client, None)

    # Seeing off

    async def enforce(self) -> None:
        """Close the streams whose key no longer stands, or of whom signed out, is locked or lost the right."""
        for client in self.sessions:
            if not self._access.stands(client.grant):
                self._see_off(client, Farewell(protocol.CLOSE_FORBIDDEN, "this key was revoked"))
        if self._admission is None:
            return
        for client, (secret, need) in list(self._secrets.items()):
            judged = await self._admission.judge(secret, need)
            if isinstance(judged, Farewell):
                self._see_off(client, judged)
            else:
                client.grant = replace(client.grant, signed_in=judged)

    def _see_off(self, client: Client, farewell: Farewell) -> None:
        parting = see_off(client.connection, farewell.code, farewell.reason)
        self._farewells.start(f"web.farewell {client.connection.id}", parting)

    async def close(self) -> None:
        """Let nobody in any more, and see everybody off (1001: going away)."""
        self._serving = False
        farewells = [see_off(s.connection, CloseCode.GOING_AWAY, "the server is stopping") for s in self.sessions]
        await asyncio.gather(*farewells, return_exceptions=True)
        await self._farewells.stop()
        if self.handler_tasks:
            await asyncio.wait(self.handler_tasks, timeout=1)
