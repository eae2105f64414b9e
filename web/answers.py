"""Programs: the key they bring, JSON answers that nobody may keep, and what went wrong in a sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from web import protocol
from web.access import Access, Grant, Verdict


def key_of(request: Request) -> str | None:
    """The key of a request: ``Authorization: Bearer KEY``, or ``?key=KEY``."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    if kind.casefold() == "bearer" and key:
        return key.strip()
    return request.query_params.get("key")


Answer = Callable[[Request], Awaitable[Response]]


def keyed(access: Access, answer: Answer) -> Answer:
    """The same answer for the bearer of an API key only."""

    async def judged(request: Request) -> Response:
        grant = access.api(key_of(request))
        return await answer(request) if grant else refused(grant)

    return judged


def refused(grant: Grant) -> Response:
    """Why a key does not do."""
    return refusal(401 if grant.verdict is Verdict.MISSING else 403, grant.verdict)


def json(content: Mapping[str, object], status: int = 200) -> Response:
    """A JSON answer nobody may keep."""
    headers = {"cache-control": "no-store"}
    return Response(protocol.encode(content), status, media_type="application/json", headers=headers)


def refusal(status: int, words: str) -> Response:
    """What went wrong, in a sentence."""
    return json({"error": words}, status)
