"""Notices for boards and agents' pages (docs/api.md): posted, withdrawn, read (R-SUP-10, -11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request as Asked
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.people.model import SignedIn
from floor.people.ports import People
from floor.people.rights import Right, may
from floor.ports import Clock
from floor.requests.model import Notice
from floor.requests.ports import Notices, Requests
from floor.settings import BoardSettings
from web.answers import json
from web.asked import view_notice_of
from web.bodies import json_body
from web.gate import needs
from web.operation import JSON, Operation, ref
from web.requests_api import Address, RequestsApi, admitted

Ids = Annotated[tuple[Annotated[str, Meta(max_length=80)], ...], Meta(max_length=100)]


class Post(Struct, frozen=True, forbid_unknown_fields=True):
    """``boards`` empty: all; null: none."""

    text: dict[str, Annotated[str, Meta(max_length=500)]]
    level: str
    minutes: int
    boards: Ids | None = ()
    groups: Ids = ()
    pages: bool = True
    public: bool = False


class NoticesApi:
    """Posted by leaders and above, read by everybody they are meant for."""

    def __init__(
        self, notices: Notices, people: People, boards: Mapping[str, BoardSettings], address: Address, clock: Clock
    ) -> None:
        self._notices, self._people, self._boards = notices, people, boards
        self._address, self._clock = address, clock

    def routes(self) -> list[BaseRoute]:
        post, one = needs(Right.POST_NOTICE), "/api/v1/notices/{notice}"
        return [
            Route("/api/v1/notices", needs(Right.SEE_FLOOR)(admitted(self.list)), methods=["GET"]),
            Route("/api/v1/notices", post(admitted(self.post)), methods=["POST"]),
            Route(f"{one}/withdraw", post(admitted(self.withdraw)), methods=["POST"]),
            Route(f"{one}/read", needs(Right.ASK)(admitted(self.read)), methods=["POST"]),
        ]

    async def list(self, _: Asked, who: SignedIn) -> Response:
        """Those that stand, and where one may post."""
        groups = self._people.groups if may(who.person, Right.SEE_SITE) else who.person.groups
        boards = [{"id": one.id, "title": one.title, "public": one.public} for one in self._boards.values()]
        return json(
            {
                "now": self._clock.now(),
                "notices": {one.id: self._view(one, who) for one in self._notices.standing.values()},
                "boards": boards,
                "groups": list(groups),
            }
        )

    async def post(self, request: Asked, who: SignedIn) -> Response:
        given = await json_body(request, Post)
        notice = await self._notices.post(
            who,
            given.text,
            given.level,
            given.minutes,
            boards=given.boards,
            pages=given.pages,
            groups=given.groups,
            public=given.public,
            address=self._address(request),
        )
        return json({"id": notice.id, "notice": self._view(notice, who)}, 201)

    async def withdraw(self, request: Asked, who: SignedIn) -> Response:
        id_ = str(request.path_params["notice"])
        notice = await self._notices.withdraw(who, id_, address=self._address(request))
        return json({"id": notice.id, "notice": self._view(notice, who)})

    async def read(self, request: Asked, who: SignedIn) -> Response:
        await self._notices.mark_read(who, str(request.path_params["notice"]))
        return json({})

    def _view(self, notice: Notice, who: SignedIn) -> object:
        mine = may(who.person, Right.SEE_SITE) or notice.by.id == who.person.id
        return view_notice_of(notice, self._notices, mine=mine)


def asked_rooms(
    requests: Requests,
    notices: Notices,
    people: People,
    boards: Mapping[str, BoardSettings],
    address: Address,
    at: Clock,
) -> list[RequestsApi | NoticesApi]:
    """Both APIs of what is asked and told."""
    return [RequestsApi(requests, address, at), NoticesApi(notices, people, boards, address, at)]


_ONE = (("notice", "its id"),)
_GONE = (404, "there is no such notice any more")
_SHOWN = {"type": "object", "properties": {"id": {"type": "string"}, "notice": ref("Notice")}}

OPERATIONS = (
    Operation(
        "/api/v1/notices", "Notices that stand, and the boards and groups one may post to.", Right.SEE_FLOOR, JSON,
        {"type": "object", "properties": {"notices": {"type": "object", "additionalProperties": ref("Notice")}}},
    ),
    Operation(
        "/api/v1/notices", "Post a notice; it expires by itself.", Right.POST_NOTICE, JSON, _SHOWN, (),
        ((403, "another's groups"), (409, "too many stand already"), (422, "the sentence says what is missing")),
        "POST",
        (
            ("text", "by language, one is enough"), ("level", "notice, warn or critical"), ("minutes", "1…10080"),
            ("boards", "ids; empty: all; null: none"), ("groups", "whose agents' pages; empty: all"),
            ("pages", "whether agents' pages show it"), ("public", "also on boards that visitors see"),
        ),
    ),
    Operation(
        "/api/v1/notices/{notice}/withdraw", "Take it down.", Right.POST_NOTICE, JSON, _SHOWN, _ONE,
        (_GONE, (403, "another leader's")), "POST",
    ),
    Operation(
        "/api/v1/notices/{notice}/read", "One has read it.", Right.ASK, JSON, {"type": "object"}, _ONE, (_GONE,),
        "POST",
    ),
)  # fmt: skip
