"""What agents ask and leaders answer (docs/api.md): help, leave, reasons for hanging up first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated

from msgspec import Meta, Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.people.model import SignedIn
from floor.people.rights import Right
from floor.ports import Clock
from floor.requests.model import About, Answer, Request
from floor.requests.ports import NotAdmittedError, Requests
from web.answers import json
from web.asked import view_request
from web.bodies import json_body
from web.gate import needs
from web.operation import JSON, Operation, ref

Words = Annotated[str, Meta(max_length=500)]
Handler = Callable[[Asked, SignedIn], Awaitable[Response]]
Address = Callable[[Asked], str]
"""Where a request comes from, as far as it can be believed."""


class AskHelp(Struct, frozen=True, forbid_unknown_fields=True):
    about: About = About.QUESTION
    text: Words = ""


class AskLeave(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=80)]
    minutes: int
    text: Words = ""


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(max_length=40)]


class Answered(Struct, frozen=True, forbid_unknown_fields=True):
    answer: Answer
    text: Words = ""


class Decided(Struct, frozen=True, forbid_unknown_fields=True):
    approved: bool
    word: Words = ""


def admitted(handler: Handler) -> Handler:
    """A handler whose refusals become answers, in the language of whoever asks."""

    @wraps(handler)
    async def answer(request: Asked, who: SignedIn) -> Response:
        try:
            return await handler(request, who)
        except NotAdmittedError as refused:
            return json({"error": str(refused), "words": refused.words}, refused.status)

    return answer


class RequestsApi:
    """Scope is asked by the requests themselves; what is out of it is not there."""

    def __init__(self, requests: Requests, address: Address, clock: Clock) -> None:
        self._requests, self._address, self._clock = requests, address, clock

    def routes(self) -> list[BaseRoute]:
        ask, post, one = needs(Right.ASK), ["POST"], "/api/v1/requests/{request}"
        answer = needs(Right.ANSWER_HELP)
        return [
            Route("/api/v1/requests", needs(Right.SEE_FLOOR)(admitted(self.list))),
            Route("/api/v1/requests/help", ask(admitted(self.help)), methods=post),
            Route("/api/v1/requests/leave", ask(admitted(self.leave)), methods=post),
            Route(f"{one}/withdraw", ask(admitted(self.withdraw)), methods=post),
            Route(f"{one}/reason", ask(admitted(self.reason)), methods=post),
            Route(f"{one}/answer", answer(admitted(self.answer)), methods=post),
            Route(f"{one}/close", answer(admitted(self.close)), methods=post),
            Route(f"{one}/decide", needs(Right.DECIDE_LEAVE)(admitted(self.decide)), methods=post),
        ]

    async def list(self, request: Asked, who: SignedIn) -> Response:
        """Those that are to be seen, or with ``since`` those on record, the latest first."""
        since = request.query_params.get("since")
        if since is None:
            shown = [one for one in self._requests.shown.values() if self._requests.sees(who.person.id, one)]
        else:
            shown = list(await self._requests.history(who, _moment(since)))
        return json(
            {
                "now": self._clock.now(),
                "requests": {one.id: self._view(one, who) for one in shown},
                "away_reasons": list(self._requests.away_reasons),
            }
        )

    async def help(self, request: Asked, who: SignedIn) -> Response:
        given = await json_body(request, AskHelp)
        address = self._address(request)
        return self._shown(await self._requests.ask_help(who, given.about, given.text, address=address), who, 201)

    async def leave(self, request: Asked, who: SignedIn) -> Response:
        given = await json_body(request, AskLeave)
        address = self._address(request)
        made = await self._requests.ask_leave(who, given.reason, given.minutes, given.text, address=address)
        return self._shown(made, who, 201)

    async def withdraw(self, request: Asked, who: SignedIn) -> Response:
        return self._shown(await self._requests.withdraw(who, _id(request), address=self._address(request)), who)

    async def reason(self, request: Asked, who: SignedIn) -> Response:
        given = await json_body(request, Reason)
        address = self._address(request)
        return self._shown(await self._requests.give_reason(who, _id(request), given.reason, address=address), who)

    async def answer(self, request: Asked, who: SignedIn) -> Response:
        given = await json_body(request, Answered)
        address = self._address(request)
        made = await self._requests.answer(who, _id(request), given.answer, given.text, address=address)
        return self._shown(made, who)

    async def close(self, request: Asked, who: SignedIn) -> Response:
        return self._shown(await self._requests.close_help(who, _id(request), address=self._address(request)), who)

    async def decide(self, request: Asked, who: SignedIn) -> Response:
        given = await json_body(request, Decided)
        address = self._address(request)
        made = await self._requests.decide(who, _id(request), given.approved, given.word, address=address)
        return self._shown(made, who)

    def _shown(self, request: Request, who: SignedIn, status: int = 200) -> Response:
        return json({"now": self._clock.now(), "id": request.id, "request": self._view(request, who)}, status)

    def _view(self, request: Request, who: SignedIn) -> object:
        return view_request(request, self._requests, mine=request.by.person == who.person.id)


def _id(request: Asked) -> str:
    return str(request.path_params["request"])


def _moment(text: str) -> float:
    try:
        moment = float(text)
    except ValueError:
        raise HTTPException(400, "since is no number") from None
    if not abs(moment) < 1e12:
        raise HTTPException(400, "since is no moment")
    return moment


_ONE = (("request", "its id"),)
_GONE = (404, "there is no such request of one's own, or of one's groups")
_LATE = (409, "it cannot be done any more; the sentence says why, in both languages as `words`")
_WRONG = (422, "something cannot be meant; the sentence says what")
_SHOWN = {"type": "object", "properties": {"id": {"type": "string"}, "request": ref("Request")}}
_BY_ID = {"type": "object", "additionalProperties": ref("Request")}

OPERATIONS = (
    Operation(
        "/api/v1/requests", "What agents of one's scope ask for, or have asked since a moment.", Right.SEE_FLOOR, JSON,
        {"type": "object", "properties": {"requests": _BY_ID}}, (("since", "with a step since; else what lives"),),
    ),
    Operation(
        "/api/v1/requests/help", "Ask one's leader for help.", Right.ASK, JSON, _SHOWN, (), (_LATE,), "POST",
        (("about", "question, abusive or technical"), ("text", "in words; may be empty")),
    ),
    Operation(
        "/api/v1/requests/leave", "Ask one's leader for leave.", Right.ASK, JSON, _SHOWN, (), (_LATE, _WRONG), "POST",
        (("reason", "one of the away reasons"), ("minutes", "1…240"), ("text", "in words; may be empty")),
    ),
    Operation(
        "/api/v1/requests/{request}/withdraw", "One needs it no more.", Right.ASK, JSON, _SHOWN, _ONE, (_GONE, _LATE),
        "POST",
    ),
    Operation(
        "/api/v1/requests/{request}/reason", "Say why one hung up first.", Right.ASK, JSON, _SHOWN, _ONE,
        (_GONE, _LATE, _WRONG), "POST", (("reason", "one of the fixed codes"),),
    ),
    Operation(
        "/api/v1/requests/{request}/answer", "Answer a request for help.", Right.ANSWER_HELP, JSON, _SHOWN, _ONE,
        (_GONE, _LATE, _WRONG), "POST", (("answer", "coming, whisper or advice"), ("text", "the advice")),
    ),
    Operation(
        "/api/v1/requests/{request}/close", "It is settled.", Right.ANSWER_HELP, JSON, _SHOWN, _ONE, (_GONE, _LATE),
        "POST",
    ),
    Operation(
        "/api/v1/requests/{request}/decide", "Approve or refuse leave.", Right.DECIDE_LEAVE, JSON, _SHOWN, _ONE,
        (_GONE, _LATE), "POST", (("approved", "true or false"), ("word", "a word with it; may be empty")),
    ),
)  # fmt: skip
