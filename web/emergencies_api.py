"""``/api/v1/emergencies`` and ``/api/v1/evacuation``: reporting what happens, and leaving the floor (docs/api.md)."""

from __future__ import annotations

from msgspec import Struct, field, to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.plan_model import PlanState
from alerts.response_ports import Readiness
from floor.people.model import Person, SignedIn
from floor.people.rights import Right
from web.answers import json
from web.bodies import json_body
from web.gate import needs, needs_or_key
from web.operation import JSON, Operation, ref
from web.told import ALSO, told


class Reported(Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    place: str = ""
    details: dict[str, str] = field(default_factory=dict)


class Token(Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class EmergenciesApi:
    """Reports by anybody, evacuation by chiefs and above."""

    def __init__(self, readiness: Readiness, fire_call: str = "ask") -> None:
        """``fire_call``: ``ask`` whether it is out, or ``always`` have the fire brigade called (C-7)."""
        self._fire_call = fire_call
        self._incidents, self._plans = readiness.incidents, readiness.plans
        self._evacuation = readiness.evacuation

    def routes(self) -> list[BaseRoute]:
        report, evacuate = Right.REPORT_EMERGENCY, needs(Right.EVACUATE)
        return [
            Route("/api/v1/emergencies", needs(report)(told(self.types)), methods=["GET"]),
            Route("/api/v1/emergencies", needs_or_key(report)(told(self.report)), methods=["POST"]),
            Route("/api/v1/evacuation", needs(Right.SEE_FLOOR)(told(self.state))),
            Route("/api/v1/evacuation/prepare", evacuate(told(self.prepare)), methods=["POST"]),
            Route("/api/v1/evacuation/confirm", evacuate(told(self.confirm)), methods=["POST"]),
            Route("/api/v1/evacuation/lift", evacuate(told(self.lift)), methods=["POST"]),
        ]

    async def types(self, _: Request, __: SignedIn) -> Response:
        """What a form offers, from the plan in force for each type."""
        states = await self._plans.list()
        first = {
            state.plan.type: state for state in sorted(states, key=lambda s: s.approved_version is None, reverse=True)
        }
        return json({"types": [self._offer(state) for state in first.values()]})

    def _offer(self, state: PlanState) -> dict[str, object]:
        plan = state.plan
        return {
            "type": plan.type,
            "title": plan.title,
            "numbers": list(dict.fromkeys(step.number for step in plan.steps if step.number)),
            "calling": self._fire_call if plan.type == "fire" else None,
            "fields": plan.fields,
            "sentence": plan.sentence,
            "steps": plan.steps,
        }

    async def report(self, request: Request, who: SignedIn | None) -> Response:
        asked = await json_body(request, Reported)
        details = ({} if who is None else _caller(who.person)) | asked.details
        actor = "API" if who is None else _label(who.person)
        incident = await self._incidents.report(asked.type, actor, place=asked.place, details=details)
        _, steps, sentence = await self._incidents.steps(incident.id)
        return json({"incident": incident, "steps": steps, "sentence": sentence}, 201)

    async def state(self, _: Request, __: SignedIn) -> Response:
        return json(to_builtins(self._evacuation.state))

    async def prepare(self, _: Request, who: SignedIn) -> Response:
        token, until, members = self._evacuation.prepare(who.person)
        return json({"token": token, "until": until, "members": members})

    async def confirm(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Token)
        return json(to_builtins(await self._evacuation.confirm(who.person, asked.token)))

    async def lift(self, _: Request, who: SignedIn) -> Response:
        return json(to_builtins(await self._evacuation.lift(who.person)))


def _caller(person: Person) -> dict[str, str]:
    """Who reports is filled in for the sentence to read out (R-EMG-9)."""
    return {"name": person.name} | ({"number": person.number} if person.number else {})


def _label(person: Person) -> str:
    return f"{person.name} ({person.number})" if person.number else person.name


OPERATIONS = (
    Operation(
        "/api/v1/emergencies", "Types of emergency, with numbers to call, fields and the sentence to read out.",
        Right.REPORT_EMERGENCY, JSON, {"type": "object"},
    ),
    Operation(
        "/api/v1/emergencies", "Report an emergency: opens an incident and raises the alarm.", Right.REPORT_EMERGENCY,
        JSON, {"type": "object"}, (), ALSO[2:], "POST",
        (("type", "fire, illness …"), ("place", "where"), ("details", "fields of the report by name")), True,
    ),
    Operation(
        "/api/v1/evacuation", "Whether the floor is being left.", Right.SEE_FLOOR, JSON, ref("Evacuation"),
    ),
    Operation(
        "/api/v1/evacuation/prepare", "First step: a token, good for a minute; nothing happens yet.", Right.EVACUATE,
        JSON, {"type": "object"}, (), ALSO[1:2], "POST",
    ),
    Operation(
        "/api/v1/evacuation/confirm", "Second step: boards show the exit order, all members are paused.",
        Right.EVACUATE, JSON, ref("Evacuation"), (), ALSO[1:2], "POST", (("token", "of the first step"),),
    ),
    Operation(
        "/api/v1/evacuation/lift", "The floor is entered again.", Right.EVACUATE, JSON, ref("Evacuation"), (),
        ALSO[1:2], "POST",
    ),
)  # fmt: skip
