"""``/api/v1/drills``, evaluations, improvements (docs/api.md). A program with an API key may start and end drills."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.response_ports import Readiness
from floor.people.model import SignedIn
from floor.people.rights import Right
from floor.ports import Clock
from web.answers import json
from web.audit_api import Witness, taken
from web.bodies import json_body
from web.gate import needs, needs_or_key
from web.operation import JSON, Operation, Schema, ref
from web.told import ALSO, file, number_of, told


class Started(Struct, frozen=True, forbid_unknown_fields=True):
    plan: str
    kind: str = "simulated"
    outage: str | None = None
    participants: tuple[str, ...] = ()
    lasts_s: float = 300.0


class StepDone(Struct, frozen=True, forbid_unknown_fields=True):
    step: str
    note: str = ""


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    text: str


class Stopped(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str = ""


class Evaluated(Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    verdict: str
    went_well: str = ""
    went_badly: str = ""
    lessons: str = ""


class Improving(Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    text: str
    owner: str
    due_at: float | None = None


class Improved(Struct, frozen=True, forbid_unknown_fields=True):
    how: str


class DrillsApi:
    """Every answer about drills and what was learnt from them."""

    def __init__(self, readiness: Readiness, clock: Clock, witness: Witness | None = None) -> None:
        """``witness``: puts on record who took files away (R-SEC-3)."""
        self._drills, self._clock, self._witness = readiness.drills, clock, witness

    def routes(self) -> list[BaseRoute]:
        see, run = needs_or_key(Right.SEE_FLOOR), needs_or_key(Right.RUN_DRILL)
        in_person, record = needs(Right.RUN_DRILL), needs(Right.RECORD_INCIDENT)
        one = "/api/v1/drills/{drill}"
        return [
            Route("/api/v1/drills", see(told(self.list)), methods=["GET"]),
            Route("/api/v1/drills", run(told(self.start)), methods=["POST"]),
            Route(one, see(told(self.report))),
            Route(f"{one}/step", in_person(told(self.step)), methods=["POST"]),
            Route(f"{one}/note", in_person(told(self.note)), methods=["POST"]),
            Route(f"{one}/stop", run(told(self.stop)), methods=["POST"]),
            Route("/api/v1/evaluations", record(told(self.evaluate)), methods=["POST"]),
            Route("/api/v1/improvements", needs(Right.SEE_FLOOR)(told(self.improvements)), methods=["GET"]),
            Route("/api/v1/improvements", record(told(self.improve)), methods=["POST"]),
            Route("/api/v1/improvements/{improvement}/done", record(told(self.improved)), methods=["POST"]),
        ]

    async def list(self, request: Request, _: SignedIn | None) -> Response:
        return json(
            {
                "now": self._clock.now(),
                "running": self._drills.running,
                "drills": await self._drills.list(number_of(request, "since", 0.0)),
                "outages": self._drills.outages,
            }
        )

    async def start(self, request: Request, who: SignedIn | None) -> Response:
        asked = await json_body(request, Started)
        drill = await self._drills.start(
            asked.plan,
            asked.kind,
            _actor(who),
            outage=asked.outage,
            participants=asked.participants,
            lasts_s=asked.lasts_s,
        )
        return json(to_builtins(drill), 201)

    async def report(self, request: Request, who: SignedIn | None) -> Response:
        form = request.query_params.get("format")
        if form is not None:
            content = await self._drills.export(_id(request), form)
            if who is not None:
                await taken(self._witness, request, who, "drill", form, drill=_id(request))
            return file(content, f"drill-{_id(request)}", form)
        return json(to_builtins(await self._drills.report(_id(request))))

    async def step(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, StepDone)
        return json(to_builtins(await self._drills.do_step(_id(request), _actor(who), asked.step, asked.note)))

    async def note(self, request: Request, who: SignedIn) -> Response:
        await self._drills.note(_id(request), _actor(who), (await json_body(request, Note)).text)
        return json({})

    async def stop(self, request: Request, who: SignedIn | None) -> Response:
        reason = (await json_body(request, Stopped)).reason if await request.body() else ""
        return json(to_builtins(await self._drills.stop(_id(request), _actor(who), reason)))

    async def evaluate(self, request: Request, who: SignedIn) -> Response:
        form: dict[str, Any] = to_builtins(await json_body(request, Evaluated))
        return json(to_builtins(await self._drills.evaluate(form.pop("about"), who.person, form)), 201)

    async def improvements(self, request: Request, _: SignedIn) -> Response:
        pending = bool(request.query_params.get("pending"))
        return json({"improvements": await self._drills.improvements(pending=pending)})

    async def improve(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Improving)
        made = await self._drills.improve(asked.about, who.person, asked.text, asked.owner, asked.due_at)
        return json(to_builtins(made), 201)

    async def improved(self, request: Request, who: SignedIn) -> Response:
        how = (await json_body(request, Improved)).how
        id_ = str(request.path_params["improvement"])
        return json(to_builtins(await self._drills.improved(id_, who.person, how)))


def _id(request: Request) -> str:
    return str(request.path_params["drill"])


def _actor(who: SignedIn | None) -> str:
    if who is None:
        return "API"
    return f"{who.person.name} ({who.person.number})" if who.person.number else who.person.name


ID = (("drill", "id of a drill"),)
OBJECT: Schema = {"type": "object"}

OPERATIONS = (
    Operation(
        "/api/v1/drills", "Drills, the one that runs, and the outages that can be played.", Right.SEE_FLOOR, JSON,
        OBJECT, (("since", "begun at or after this moment"),), ALSO[2:], or_key=True,
    ),
    Operation(
        "/api/v1/drills", "Start a drill; only one at a time.", Right.RUN_DRILL, JSON, ref("Drill"), (), ALSO, "POST",
        (("plan", "id of a plan"), ("kind", "tabletop, simulated or live"), ("outage", "what is played"),
         ("participants", "names"), ("lasts_s", "how long the outage lasts")), True,
    ),
    Operation(
        "/api/v1/drills/{drill}", "A drill's report: steps against targets, measures, deviations, evaluation.",
        Right.SEE_FLOOR, JSON, ref("DrillReport"), (*ID, ("format", "csv or json: as a file")), ALSO, or_key=True,
    ),
    Operation(
        "/api/v1/drills/{drill}/step", "A step of the plan is done.", Right.RUN_DRILL, JSON, ref("DrillReport"), ID,
        ALSO, "POST", (("step", "id of the step"), ("note", "a remark")),
    ),
    Operation(
        "/api/v1/drills/{drill}/note", "Add a line to the drill's log.", Right.RUN_DRILL, JSON, OBJECT, ID, ALSO,
        "POST", (("text", "what to note"),),
    ),
    Operation(
        "/api/v1/drills/{drill}/stop", "End it: carried through, or with a reason broken off.", Right.RUN_DRILL, JSON,
        ref("Drill"), ID, ALSO, "POST", (("reason", "why it is broken off"),), True,
    ),
    Operation(
        "/api/v1/evaluations", "How effective the plan was, in a drill or in earnest (R-PLN-5).",
        Right.RECORD_INCIDENT, JSON, ref("Evaluation"), (), ALSO, "POST",
        (("about", "id of a drill or an incident"), ("verdict", "effective, partly or ineffective"),
         ("went_well", "what went well"), ("went_badly", "what did not"), ("lessons", "what follows")),
    ),
    Operation(
        "/api/v1/improvements", "What is to be improved, the earliest due first.", Right.SEE_FLOOR, JSON, OBJECT,
        (("pending", "1: only what is not done"),),
    ),
    Operation(
        "/api/v1/improvements", "Something to be improved, with an owner and a date (R-PLN-6).",
        Right.RECORD_INCIDENT, JSON, ref("Improvement"), (), ALSO, "POST",
        (("about", "id of a drill or an incident"), ("text", "what"), ("owner", "who"),
         ("due_at", "until when; in 30 days, if not given")),
    ),
    Operation(
        "/api/v1/improvements/{improvement}/done", "It is improved.", Right.RECORD_INCIDENT, JSON, ref("Improvement"),
        (("improvement", "id of an improvement"),), ALSO, "POST", (("how", "how"),),
    ),
)  # fmt: skip
