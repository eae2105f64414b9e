"""``/api/v1/listenings``: who listens to whom; beginning, changing and stopping one's own (docs/api.md).

What somebody may is judged in :mod:`floor.listening`: the gate asks only whether he listens at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.listening.model import Mode, Purpose, Way
from floor.listening.ports import Listenings, NotAdmittedError
from floor.people.model import SignedIn
from floor.people.rights import Right
from floor.ports import Clock
from web.answers import json
from web.bodies import json_body
from web.gate import needs
from web.listening_wire import view
from web.operation import JSON, Operation, Schema, ref
from web.origins import address_of

Word = Annotated[str, Meta(max_length=300)]


class Begin(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom, how and why."""

    pbx: Word
    agent: Word
    mode: Mode
    purpose: Purpose
    way: Way = Way.BROWSER
    follow: bool = False
    call: Word = ""
    note: Annotated[str, Meta(max_length=2000)] = ""


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    mode: Mode


class Stay(Struct, frozen=True, forbid_unknown_fields=True):
    follow: bool


def admitted(
    handler: Callable[[Request, SignedIn], Awaitable[Response]],
) -> Callable[[Request, SignedIn], Awaitable[Response]]:
    """A handler whose refusals become answers, in both languages."""

    @wraps(handler)
    async def answer(request: Request, who: SignedIn) -> Response:
        try:
            return await handler(request, who)
        except NotAdmittedError as error:
            return json({"error": str(error), "words": error.words}, error.status)

    return answer


class ListeningApi:
    """Every answer about listening."""

    def __init__(self, listenings: Listenings, clock: Clock, proxies: frozenset[str]) -> None:
        self._listenings, self._clock, self._proxies = listenings, clock, proxies

    def routes(self) -> list[BaseRoute]:
        listens = needs(Right.LISTEN)
        all_, one = "/api/v1/listenings", "/api/v1/listenings/{listening}"
        return [
            Route(all_, listens(self.list), methods=["GET"]),
            Route(all_, listens(admitted(self.begin)), methods=["POST"]),
            Route(f"{one}/mode", listens(admitted(self.change)), methods=["POST"]),
            Route(f"{one}/follow", listens(admitted(self.stay)), methods=["POST"]),
            Route(f"{one}/stop", listens(admitted(self.stop)), methods=["POST"]),
        ]

    async def list(self, _: Request, who: SignedIn) -> Response:
        offers = self._listenings.offers(who)
        return json(
            {
                "now": self._clock.now(),
                "may": {"modes": list(offers.modes), "purposes": list(offers.purposes)},
                "ways": {pbx: list(ways) for pbx, ways in offers.ways.items()},
                "phones": dict(offers.phones),
                "listenings": [view(one, who.person) for one in self._listenings.under_way(who)],
            }
        )

    async def begin(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Begin)
        begun = await self._listenings.begin(
            who,
            asked.pbx,
            asked.agent,
            mode=asked.mode,
            purpose=asked.purpose,
            way=asked.way,
            follow=asked.follow,
            note=asked.note,
            call=asked.call,
            address=address_of(request, self._proxies),
        )
        return json(_fields(view(begun, who.person)), 201)

    async def change(self, request: Request, who: SignedIn) -> Response:
        mode = (await json_body(request, Change)).mode
        changed = await self._listenings.change(who, str(request.path_params["listening"]), mode)
        return json(_fields(view(changed, who.person)))

    async def stay(self, request: Request, who: SignedIn) -> Response:
        follow = (await json_body(request, Stay)).follow
        stayed = await self._listenings.stay(who, str(request.path_params["listening"]), follow)
        return json(_fields(view(stayed, who.person)))

    async def stop(self, request: Request, who: SignedIn) -> Response:
        stopped = await self._listenings.stop(who, str(request.path_params["listening"]))
        return json(_fields(view(stopped, who.person)))


def _fields(shown: Struct) -> dict[str, object]:
    return {name: getattr(shown, name) for name in shown.__struct_fields__}


ID = (("listening", "id of a listening"),)
ALSO = (
    (404, "no such agent or listening of one's own"),
    (409, "not now: no call, another call, too many listen, the exchange cannot"),
    (502, "the exchange would not, and its words"),
    (503, "it cannot be put on record, so it is not done"),
)
LISTENINGS: Schema = {
    "type": "object",
    "properties": {
        "now": {"type": "number"},
        "may": {"type": "object"},
        "ways": {"type": "object"},
        "phones": {"type": "object"},
        "listenings": {"type": "array", "items": ref("Listening")},
    },
}

OPERATIONS = (
    Operation(
        "/api/v1/listenings", "What one may listen to and how; one's own listenings, and all of one's scope where one "
        "may see the audit.", Right.LISTEN, JSON, LISTENINGS,
    ),
    Operation(
        "/api/v1/listenings", "Listen to the call an agent has now (R-SEC-1, R-SUP-5).", Right.LISTEN, JSON,
        ref("Listening"), (), (*ALSO, (422, "the note cannot be read"), (429, "too often")), "POST",
        (("pbx", "exchange"), ("agent", "member name"), ("mode", "listen, whisper or barge, each with its own right"),
         ("purpose", "qa, coaching, help or incident"), ("way", "browser or phone"),
         ("follow", "true: also the agent's next calls"), ("call", "only if it is still this call"),
         ("note", "what the audit is to know besides")),
    ),
    Operation(
        "/api/v1/listenings/{listening}/mode", "Change the mode of one's own.", Right.LISTEN, JSON, ref("Listening"),
        ID, ALSO, "POST", (("mode", "listen, whisper or barge"),),
    ),
    Operation(
        "/api/v1/listenings/{listening}/follow", "Whether one's own goes on with the agent's next calls.",
        Right.LISTEN, JSON, ref("Listening"), ID, ALSO, "POST", (("follow", "true or false"),),
    ),
    Operation(
        "/api/v1/listenings/{listening}/stop", "End one's own, or any of one's scope where one may see the audit.",
        Right.LISTEN, JSON, ref("Listening"), ID, ALSO, "POST",
    ),
)  # fmt: skip
