"""The pages people work with: desk, incidents, emergency, plans, drills. Shells; what they show comes as JSON."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.people.model import SignedIn
from floor.people.rights import RIGHTS, Right
from web.gate import Judged, needs
from web.operation import HTML, TEXT, Operation
from web.pages import Pages


@dataclass(frozen=True, slots=True)
class Place:
    """A page: its address, the right it needs, the module that fills it, and what part of the product it needs."""

    path: str
    right: Right
    module: str
    part: str
    summary: str


PLACES = (
    Place("/desk", Right.SEE_FLOOR, "desk", "alerts", "The supervisors' desk: alerts, agents and queues, live."),
    Place("/incidents", Right.SEE_FLOOR, "incidents", "cases", "Incidents, and fault statistics."),
    Place("/incidents/{id}", Right.SEE_FLOOR, "incident", "cases", "One incident: record, timeline, impact."),
    Place("/forms", Right.REPORT_EMERGENCY, "forms", "cases", "Blank forms to print for when computers are down."),
    Place("/emergency", Right.REPORT_EMERGENCY, "emergency", "cases", "Report an emergency: whom to call."),
    Place("/seat", Right.ASK, "seat", "requests", "The agent's own page: help, leave, reasons, notices."),
    Place("/audit", Right.SEE_AUDIT, "audit", "audit", "Who listened, commanded, looked at numbers and took away."),
    Place("/plans", Right.SEE_FLOOR, "plans", "cases", "Plans: coverage, approvals, what is due."),
    Place("/plans/{id}", Right.SEE_FLOOR, "plan", "cases", "One plan with its parts, versions and readers."),
    Place("/drills", Right.SEE_FLOOR, "drills", "cases", "Drills: start one, and all that were held."),
    Place("/drills/{id}", Right.SEE_FLOOR, "drill", "cases", "One drill: steps, log, evaluation, report."),
)


class Workplace:
    """The pages whose part of the product is running; each is told which parts are, and asks for nothing else."""

    def __init__(self, pages: Pages, parts: Collection[str]) -> None:
        self._pages, self._parts = pages, sorted(parts)
        self._places = [place for place in PLACES if place.part in parts]

    def routes(self) -> list[BaseRoute]:
        return [Route(place.path, needs(place.right)(self._page(place))) for place in self._places]

    def _page(self, place: Place) -> Judged:
        async def page(request: Request, who: SignedIn) -> Response:
            rights = sorted(RIGHTS[who.person.role])
            about = request.path_params.get("id", "")
            what = {"module": place.module, "rights": rights, "parts": self._parts, "about": about}
            return self._pages.signed(request, who, "work.html", **what)

        return page


OPERATIONS = tuple(
    Operation(
        place.path, place.summary, place.right, HTML, TEXT,
        (("id", "which one"),) if "{id}" in place.path else (),
    )
    for place in PLACES
)  # fmt: skip
