"""The HTTP application: every route, and what is true of every answer (headers, compression, errors)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Protocol

import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from floor.errors import FloorError
from web.access import Access
from web.answers import refusal
from web.api import Api
from web.assets import Assets
from web.bodies import bounded
from web.contexts import words_for
from web.gate import Gate, Refused
from web.operation import HTML
from web.operations import OPERATIONS
from web.pages import Pages

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
}
UNAVAILABLE = 503
"""A part of ours says in a sentence that it cannot (the database is away): the log gets it, people try again."""
PROBES = frozenset({"/healthz", "/readyz"})
"""Probes call by any name or address, and learn nothing."""

log = structlog.get_logger()


class Guard:
    """Answers only under names it trusts, and sends the security headers with everything."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        host = Request(scope).headers.get("host")
        if scope["path"] in PROBES or self._access.trusts_host(host):
            return await self._app(scope, bounded(scope, receive), sealed)
        return await refusal(421, words_for(421, "en"))(scope, receive, sealed)


class Room(Protocol):
    """A part of the pages that is there only when what it shows is running."""

    def routes(self) -> Sequence[BaseRoute]: ...


def build_app(
    api: Api, pages: Pages, assets: Assets, access: Access, gate: Gate | None = None, rooms: Sequence[Room] = ()
) -> Starlette:
    """The application. ``/ws`` stands here only for those who ask for it without asking for a websocket; without a
    gate nobody can sign in, and what needs that is not there."""
    app = Starlette(
        routes=[
            Route("/", pages.start),
            Route("/board/{board}", pages.board),
            *api.routes(),
            *(route for room in rooms for route in room.routes()),
            Route("/static/{digest}/{path:path}", assets.serve),
            Route("/ws", _upgrade_required),
        ],
        middleware=[Middleware(Guard, access=access), Middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)],
        exception_handlers=dict.fromkeys((HTTPException, FloorError, Exception), _refuser(pages)),
    )
    app.state.gate = gate
    return app


async def _upgrade_required(_: Request) -> Response:
    return PlainTextResponse("the stream is a websocket; see /api\n", 426, headers={"upgrade": "websocket"})


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return UNAVAILABLE if isinstance(error, FloorError) else 500


def _refuser(pages: Pages) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Programs get a JSON sentence, people a page; neither gets a detail."""
    spoken_to_programs = {o.path for o in OPERATIONS if o.answer != HTML}

    async def refuse(request: Request, error: Exception) -> Response:
        status = _status(error)
        if status == UNAVAILABLE:
            log.warning("not answered", path=request.url.path, reason=str(error))
        path = request.url.path
        if path in spoken_to_programs or path.startswith(("/api/", "/static/")):
            said = isinstance(error, HTTPException) and error.detail != HTTPStatus(status).phrase
            return refusal(status, str(getattr(error, "detail", "")) if said else words_for(status, "en"))
        return pages.refusal(request, status, error.words if isinstance(error, Refused) else None)

    return refuse
