"""``/me``: somebody sees all that is recorded about him, and disputes a breach (R-SEC-15)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.ports import Alarms
from floor.day import Day
from floor.people.model import SignedIn
from floor.people.rights import RIGHTS, Right, may
from web.answers import json, refusal
from web.bodies import FORM, form, json_body
from web.gate import needs
from web.operation import HTML, JSON, TEXT, Operation, ref
from web.pages import Pages
from web.record import Records
from web.signin import seen_other
from web.spoken import Spoken

MAX_DISPUTE = 2000
DISPUTED = "this is disputed already, and what was said stays"
NO_BREACH = "there is no such breach of yours"


class Dispute(Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody thinks a breach is none."""

    text: Annotated[str, Meta(min_length=1, max_length=MAX_DISPUTE)]


class Me:
    """A person's own page and its two endpoints; whose record it is nobody can choose."""

    def __init__(self, pages: Pages, records: Records, alarms: Alarms | None, day: Day) -> None:
        self._pages, self._records, self._alarms, self._day = pages, records, alarms, day

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/me", needs(Right.SEE_OWN)(self.page)),
            Route("/api/v1/me", needs(Right.SEE_OWN)(self.record)),
            Route("/api/v1/breaches/{breach}/dispute", needs(Right.DISPUTE)(self.dispute), methods=["POST"]),
        ]

    async def page(self, request: Request, who: SignedIn) -> Response:
        spoken = Spoken(self._pages.lang_of(request, who), self._day)
        record = await self._records.of(who.person)
        disputes = self._alarms is not None and may(who.person, Right.DISPUTE)
        rights = sorted(RIGHTS[who.person.role])
        more: dict[str, object] = {"rights": rights, "listens": Right.LISTEN in rights, "disputes": disputes}
        return self._pages.signed(request, who, "me.html", 200, record=record, say=spoken, **more)

    async def record(self, _: Request, who: SignedIn) -> Response:
        return json(await self._records.of(who.person))

    async def dispute(self, request: Request, who: SignedIn) -> Response:
        """A form goes back to the page, a program gets the breach. Another's breach is as if there were none."""
        id_ = request.path_params["breach"]
        mine = {breach.id: breach for breach in await self._records.breaches(who.person)}
        if self._alarms is None or id_ not in mine:
            return refusal(404, NO_BREACH)
        if mine[id_].dispute is not None:
            return refusal(409, DISPUTED)
        posted = request.headers.get("content-type", "").startswith(FORM)
        text = (await form(request)).get("text", "") if posted else (await json_body(request, Dispute)).text
        if not text.strip() or len(text) > MAX_DISPUTE:
            raise HTTPException(400)
        disputed = await self._alarms.dispute(id_, who.person, text.strip())
        if posted:
            return seen_other("/me#breaches")
        return json(self._records.view(disputed))


OPERATIONS = (
    Operation(
        "/me", "All that is recorded about whoever is signed in, as a page.", Right.SEE_OWN, HTML, TEXT,
        (("lang", "en or zh"),),
    ),
    Operation("/api/v1/me", "The same for programs.", Right.SEE_OWN, JSON, ref("Record")),
    Operation(
        "/api/v1/breaches/{breach}/dispute", "Say why a breach of one's own is none; it stays, with that.",
        Right.DISPUTE, JSON, ref("Breach"), (("breach", "id of a breach of one's own"),),
        ((400, "no text, or too long"), (404, "there is no such breach of one's own"), (409, "disputed already")),
        "POST", (("text", "why, at most 2,000 characters"),),
    ),
)  # fmt: skip
