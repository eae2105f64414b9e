"""The gate: the one way a route says what it needs of whoever asks.

A neighbour adds a page and an endpoint like this, and a row for each to his ``OPERATIONS`` (:mod:`web.operation`)::

    from web.gate import needs

    class Drills:
        def routes(self) -> list[BaseRoute]:
            return [
                Route("/drills", needs(Right.RUN_DRILL)(self.page)),
                Route("/api/v1/drills", needs(Right.RUN_DRILL)(self.start), methods=["POST"]),
            ]

        async def page(self, request: Request, who: SignedIn) -> Response:
            return self._pages.signed(request, who, "drills.html", drills=…)

        async def start(self, request: Request, who: SignedIn) -> Response:
            asked = await json_body(request, StartDrill)  # web.bodies: parsed, of bounded size
            return json({"id": …})  # web.answers

    OPERATIONS = (
        Operation("/drills", "The drills.", Right.RUN_DRILL, HTML, TEXT),
        Operation("/api/v1/drills", "Start a drill.", Right.RUN_DRILL, JSON, ref("Drill"), method="POST"),
    )

Where a program with an API key may do the same, :func:`needs_or_key` gives the handler ``None`` for it, and the row
says ``or_key=True``.

Who is not signed in is sent to the sign-in page and back; a program gets 401, who may not 403, who is locked 423. What
changes something must come from our own page and carry the token: header ``X-Floor-Token``, or the form's field
``token``. Which groups and queues somebody may see is asked apart (:class:`floor.people.ports.People`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from hmac import compare_digest
from typing import Literal
from urllib.parse import urlencode

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from floor.people.model import SignedIn
from floor.people.ports import Accounts
from floor.people.rights import Right, may
from web.access import Access
from web.answers import key_of, refusal
from web.bodies import form
from web.contexts import NOT_FROM_HERE, NOT_YOURS, Tongue
from web.cookies import Cookies
from web.origins import SAFE, from_here

Need = Right | Literal["signed in", "even locked"]
"""``even locked``: what somebody may do whose sign-in is locked, which is unlocking and leaving."""
Answer = Callable[[Request], Awaitable[Response]]
Judged = Callable[[Request, SignedIn], Awaitable[Response]]
JudgedOrKeyed = Callable[[Request, SignedIn | None], Awaitable[Response]]

TOKEN_HEADER = "x-floor-token"  # noqa: S105 - a name, no secret
TOKEN_FIELD = "token"  # noqa: S105

FOREIGN = "this may only be asked for by our own pages"
UNKNOWN = "sign in first"
LOCKED = "locked: unlock it with your password"
UNTOKENED = "the token of this sign-in is missing or another's; load the page again"

log = structlog.get_logger()


class Refused(HTTPException):
    """A page that is not for whoever asks; ``words``: why, by language."""

    def __init__(self, status: int, detail: str, words: Mapping[Tongue, str]) -> None:
        super().__init__(status, detail)
        self.words = words


class Gate:
    """Judges every request of the routes that :func:`needs` guards; one per application, at ``app.state.gate``."""

    def __init__(self, accounts: Accounts, cookies: Cookies, access: Access) -> None:
        self.accounts, self.cookies, self._access = accounts, cookies, access

    async def who(self, request: Request) -> SignedIn | None:
        """Who this browser is signed in as; asked anew at every request."""
        secret = self.cookies.secret(request.headers.getlist("cookie"))
        who = await self.accounts.signed_in(secret) if secret else None
        return who if who is not None and who.person.active else None

    def from_here(self, request: Request) -> bool:
        """Whether no foreign page is behind this request."""
        return from_here(request.headers, https=self.cookies.https)

    def keyed(self, request: Request) -> bool:
        """Whether an API key that stands came along; an open door is none, for it knows nobody."""
        grant = self._access.api(key_of(request))
        return bool(grant) and grant.key_id is not None

    async def admit(self, request: Request, need: Need) -> SignedIn | Response:
        """Who asks, or what he is told instead."""
        changes = request.method not in SAFE
        if (changes or _of_programs(request)) and not self.from_here(request):
            return _refused(request, 403, FOREIGN)
        who = await self.who(request)
        if who is None:
            return _refused(request, 401, UNKNOWN, "/sign-in")
        if who.locked and need != "even locked":
            return _refused(request, 423, LOCKED, "/lock")
        if isinstance(need, Right) and not may(who.person, need):
            log.info("refused", person=who.person.id, right=need.value, path=request.url.path)
            return _refused(request, 403, f"this needs the right {need}")
        if changes and not await _tokened(request, who):
            return _refused(request, 403, UNTOKENED)
        return who


def needs(need: Need, *, active: bool | None = None) -> Callable[[Judged], Answer]:
    """Guard a handler ``(request, who) -> response``.

    ``active``: whether this request shows that somebody is there, and so puts off the idle lock (R-SEC-6); by default
    pages and changes do, and what a page asks for by itself does not.
    """

    def guard(handler: Judged) -> Answer:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            gate = _gate(request)
            who = await gate.admit(request, need)
            if isinstance(who, Response):
                return who
            counts = not _of_programs(request) or request.method not in SAFE if active is None else active
            if counts and not who.locked:
                await gate.accounts.active(who.id)
            response = await handler(request, who)
            response.headers.setdefault("cache-control", "no-store")
            return response

        return _marked(answer, need)

    return guard


def needs_or_key(right: Right) -> Callable[[JudgedOrKeyed], Answer]:
    """The same for what a program with an API key may do too: its handler is given ``None`` for it."""

    def guard(handler: JudgedOrKeyed) -> Answer:
        guarded = needs(right)(handler)

        @wraps(handler)
        async def answer(request: Request) -> Response:
            if _gate(request).keyed(request):
                return await handler(request, None)
            return await guarded(request)

        return _marked(answer, right, or_key=True)

    return guard


def _gate(request: Request) -> Gate:
    """Without accounts nobody can sign in, and there is nothing behind the gate."""
    gate: Gate | None = getattr(request.app.state, "gate", None)
    if gate is None:
        raise HTTPException(404)
    return gate


def _marked(answer: Answer, need: Need, *, or_key: bool = False) -> Answer:
    """So that a test can compare every route with the table of operations."""
    answer.need, answer.or_key = need, or_key  # type: ignore[attr-defined]  # functions carry what is put on them
    return answer


def need_of(endpoint: object) -> tuple[Need | None, bool]:
    """(what a route's endpoint needs, whether a key does too); ``None``: it is not guarded by :func:`needs`."""
    return getattr(endpoint, "need", None), getattr(endpoint, "or_key", False)


def _of_programs(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _refused(request: Request, status: int, words: str, instead: str = "") -> Response:
    """Programs get a sentence; people the page that helps, or (by the application) one that says why not."""
    if _of_programs(request):
        return refusal(status, words)
    if not instead:
        raise Refused(status, words, NOT_FROM_HERE if words in (FOREIGN, UNTOKENED) else NOT_YOURS)
    if request.method not in SAFE:
        return RedirectResponse(instead, 303, headers={"cache-control": "no-store"})
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{instead}?{urlencode({'next': path})}", 303, headers={"cache-control": "no-store"})


async def _tokened(request: Request, who: SignedIn) -> bool:
    token = request.headers.get(TOKEN_HEADER)
    if token is None:
        token = (await form(request)).get(TOKEN_FIELD, "")
    return compare_digest(token.encode(errors="replace"), who.csrf.encode())
