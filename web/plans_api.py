"""``/api/v1/plans``: plans with versions, approvals and read marks (docs/api.md)."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.refusals import InvalidError
from alerts.response_ports import Readiness
from floor.people.model import SignedIn
from floor.people.rights import Right
from floor.ports import Clock
from web.answers import json
from web.bodies import json_body
from web.gate import needs
from web.operation import JSON, Operation, Schema, ref
from web.told import ALSO, number_of, told


class Version(Struct, frozen=True, forbid_unknown_fields=True):
    version: int


class Review(Struct, frozen=True, forbid_unknown_fields=True):
    what: str
    why: str


class PlansApi:
    """Every answer about plans."""

    def __init__(self, readiness: Readiness, clock: Clock) -> None:
        self._plans, self._clock = readiness.plans, clock

    def routes(self) -> list[BaseRoute]:
        see, one = needs(Right.SEE_FLOOR), "/api/v1/plans/{plan}"
        return [
            Route("/api/v1/plans", see(told(self.list))),
            Route(one, see(told(self.get)), methods=["GET"]),
            Route(one, needs(Right.WRITE_PLAN)(told(self.write)), methods=["POST"]),
            Route(f"{one}/versions", see(told(self.versions))),
            Route(f"{one}/readers", see(told(self.readers))),
            Route(f"{one}/approve", needs(Right.APPROVE_PLAN)(told(self.approve)), methods=["POST"]),
            Route(f"{one}/read", needs(Right.SEE_OWN)(told(self.read)), methods=["POST"]),
            Route(f"{one}/review", needs(Right.WRITE_PLAN)(told(self.review)), methods=["POST"]),
        ]

    async def list(self, _: Request, __: SignedIn) -> Response:
        plans = self._plans
        return json(
            {
                "now": self._clock.now(),
                "plans": await plans.list(),
                "coverage": await plans.coverage(),
                "due": await plans.due(),
            }
        )

    async def get(self, request: Request, _: SignedIn) -> Response:
        version = number_of(request, "version", 0.0)
        return json(to_builtins(await self._plans.get(_id(request), int(version) or None)))

    async def versions(self, request: Request, _: SignedIn) -> Response:
        return json({"versions": await self._plans.versions(_id(request))})

    async def readers(self, request: Request, _: SignedIn) -> Response:
        return json({"readers": await self._plans.readers(_id(request))})

    async def write(self, request: Request, who: SignedIn) -> Response:
        body: dict[str, Any] = await json_body(request, dict[str, Any])
        note = body.pop("note", "")
        if not isinstance(note, str):
            raise InvalidError("note: a text is needed", ["note"])
        return json(to_builtins(await self._plans.write(_id(request), who.person, body, note)))

    async def approve(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Version)
        return json(to_builtins(await self._plans.approve(_id(request), who.person, asked.version)))

    async def read(self, request: Request, who: SignedIn) -> Response:
        await self._plans.mark_read(_id(request), who.person, (await json_body(request, Version)).version)
        return json({})

    async def review(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Review)
        await self._plans.review(_id(request), who.person, asked.what, asked.why)
        return json({})


def _id(request: Request) -> str:
    return str(request.path_params["plan"])


ID = (("plan", "id of a plan"),)
OBJECT: Schema = {"type": "object"}
PARTS = (
    ("type", "fire, illness …"), ("title", "its name"), ("purpose", "what it is for"),
    ("situations", "where it applies"), ("conditions", "when it starts"), ("starters", "roles that may start it"),
    ("steps", "what is done, in order"), ("target", "what is to be reached"), ("sentence", "to read out"),
    ("customers", "what customers are told"), ("fields", "what a report must hold"), ("audience", "roles to know it"),
    ("outage", "what a simulated drill plays"), ("note", "what was changed, and why"),
)  # fmt: skip

OPERATIONS = (
    Operation("/api/v1/plans", "Plans, which types they cover, and what is due.", Right.SEE_FLOOR, JSON, OBJECT),
    Operation(
        "/api/v1/plans/{plan}", "The newest version of a plan, or the one asked for.", Right.SEE_FLOOR, JSON,
        ref("Plan"), (*ID, ("version", "number of a version")), ALSO[:1],
    ),
    Operation(
        "/api/v1/plans/{plan}", "Write a new version; an unknown id makes a new plan.", Right.WRITE_PLAN, JSON,
        ref("Plan"), ID, ALSO[2:], "POST", PARTS,
    ),
    Operation(
        "/api/v1/plans/{plan}/versions", "All versions, newest first.", Right.SEE_FLOOR, JSON, OBJECT, ID, ALSO[:1],
    ),
    Operation(
        "/api/v1/plans/{plan}/readers", "Who must know it, and who has read it.", Right.SEE_FLOOR, JSON, OBJECT, ID,
        ALSO[:1],
    ),
    Operation(
        "/api/v1/plans/{plan}/approve", "Approve a version; refused with the parts that are missing (R-PLN-1).",
        Right.APPROVE_PLAN, JSON, ref("PlanState"), ID, ALSO, "POST", (("version", "number of a version"),),
    ),
    Operation(
        "/api/v1/plans/{plan}/read", "I have read and understood this version.", Right.SEE_OWN, JSON, OBJECT, ID,
        ALSO[:1], "POST", (("version", "number of a version"),),
    ),
    Operation(
        "/api/v1/plans/{plan}/review", "It was looked through (R-PLN-10).", Right.WRITE_PLAN, JSON, OBJECT, ID, ALSO,
        "POST", (("what", "what was found"), ("why", "why it stays or changes")),
    ),
)  # fmt: skip
