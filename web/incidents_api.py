"""``/api/v1/incidents``: the record of what the floor goes through, and what may be done about it (docs/api.md)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType, to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.model import Entry, Incident, Text
from alerts.refusals import InvalidError
from alerts.response_ports import Readiness
from floor.people.model import SignedIn
from floor.people.rights import Right, may
from floor.ports import Clock
from web.alarms import rule_name
from web.answers import json
from web.audit_api import Witness, taken
from web.bodies import json_body
from web.gate import needs
from web.operation import JSON, Operation, Schema, ref
from web.ports import Wording
from web.told import ALSO, file, number_of, told

MONTH_S = 31 * 86400.0


class Opened(Struct, frozen=True, forbid_unknown_fields=True):
    type: str
    description: str
    occurred_at: float | None = None
    place: str = ""
    alert: str | None = None


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    reason: str


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    text: str


class Correction(Struct, frozen=True, forbid_unknown_fields=True):
    entry: int
    text: str


class Amendment(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not given stays as it is; ``recovered_at: null`` takes the recovery back."""

    type: str | UnsetType = UNSET
    occurred_at: float | UnsetType = UNSET
    description: str | UnsetType = UNSET
    resolution: str | UnsetType = UNSET
    recovered_at: float | UnsetType | None = UNSET
    recorder: str | UnsetType = UNSET
    details: dict[str, str] | UnsetType = UNSET


class Scope(Struct, frozen=True, forbid_unknown_fields=True):
    scope: str


class StepDone(Struct, frozen=True, forbid_unknown_fields=True):
    step: str
    note: str = ""


class Recovery(Struct, frozen=True, forbid_unknown_fields=True):
    at: float | None = None


RULE = re.compile(r"\bR-[A-Z]{3}-\d+(?:-[a-z]+)?\b")
"""The id of a rule, as it stands in a text."""


class CalledBack(Struct, frozen=True, forbid_unknown_fields=True):
    pbx: str
    queue: str
    uniqueid: str
    result: str


class IncidentsApi:
    """Every answer about incidents."""

    def __init__(
        self, readiness: Readiness, clock: Clock, wording: Wording | None = None, witness: Witness | None = None
    ) -> None:
        """``witness``: puts on record who saw numbers and took files away (R-SEC-3)."""
        self._drills, self._wording, self._witness = readiness.drills, wording, witness
        self._incidents, self._aftermath, self._clock = readiness.incidents, readiness.aftermath, clock

    def routes(self) -> list[BaseRoute]:
        see, record = needs(Right.SEE_FLOOR), needs(Right.RECORD_INCIDENT)
        export, scope = needs(Right.EXPORT), needs(Right.DECIDE_SCOPE)
        one = "/api/v1/incidents/{incident}"
        return [
            Route("/api/v1/incidents", see(told(self.list)), methods=["GET"]),
            Route("/api/v1/incidents", record(told(self.open)), methods=["POST"]),
            Route("/api/v1/faults", export(told(self.faults))),
            Route(one, see(told(self.get))),
            Route(f"{one}/versions", see(told(self.versions))),
            Route(f"{one}/impact", see(told(self.impact))),
            Route(f"{one}/callbacks", record(told(self.callbacks)), methods=["GET"]),
            Route(f"{one}/callbacks", record(told(self.call_back)), methods=["POST"]),
            Route(f"{one}/export", export(told(self.export))),
            Route(f"{one}/confirm", record(told(self.confirm)), methods=["POST"]),
            Route(f"{one}/dismiss", record(told(self.dismiss)), methods=["POST"]),
            Route(f"{one}/note", record(told(self.note)), methods=["POST"]),
            Route(f"{one}/correct", record(told(self.correct)), methods=["POST"]),
            Route(f"{one}/amend", record(told(self.amend)), methods=["POST"]),
            Route(f"{one}/scope", scope(told(self.scope)), methods=["POST"]),
            Route(f"{one}/step", record(told(self.step)), methods=["POST"]),
            Route(f"{one}/recover", record(told(self.recover)), methods=["POST"]),
            Route(f"{one}/close", record(told(self.close)), methods=["POST"]),
        ]

    # Reading

    async def list(self, request: Request, _: SignedIn) -> Response:
        if request.query_params.get("live"):
            found = sorted(self._incidents.live.values(), key=lambda one: one.opened_at, reverse=True)
        else:
            found = [*await self._incidents.list(number_of(request, "since", 0.0))]
        return json({"now": self._clock.now(), "incidents": found})

    async def get(self, request: Request, _: SignedIn) -> Response:
        incident, entries = await self._incidents.get(_id(request))
        plan, steps, sentence = await self._incidents.steps(incident.id)
        return json(
            {
                "now": self._clock.now(),
                "incident": incident,
                "entries": entries,
                "missing": self._incidents.missing(incident),
                "times": self._incidents.times(incident),
                "plan": plan,
                "steps": steps,
                "sentence": sentence,
                "evaluation": self._drills.evaluation(incident.id),
                "rules": self._rules(incident, entries),
            }
        )

    def _rules(self, incident: Incident, entries: Sequence[Entry]) -> dict[str, Text]:
        """What the rules that its record names are called."""
        told = [incident.description, *(line.text.get("en", "") for line in entries)]
        named = {rule for text in told for rule in RULE.findall(text)}
        return {rule: rule_name(rule, self._wording) for rule in sorted(named)}

    async def versions(self, request: Request, _: SignedIn) -> Response:
        return json({"versions": await self._incidents.versions(_id(request))})

    async def impact(self, request: Request, _: SignedIn) -> Response:
        """Numbers only: whom it hit stands in the callbacks."""
        found: dict[str, Any] = to_builtins(await self._aftermath.impact(_id(request)))
        del found["callbacks"]
        return json(found)

    async def callbacks(self, request: Request, who: SignedIn) -> Response:
        found = await self._aftermath.callbacks(_id(request), who.person)
        if found and self._witness is not None and may(who.person, Right.SEE_NUMBERS):
            await self._witness.note(request, who, "unmask", "", incident=_id(request), rows=len(found))
        return json({"callbacks": found})

    async def export(self, request: Request, who: SignedIn) -> Response:
        form = request.query_params.get("format", "csv")
        content = await self._aftermath.export(_id(request), form, who.person)
        numbers = may(who.person, Right.SEE_NUMBERS)
        await taken(self._witness, request, who, "incident", form, incident=_id(request), numbers=numbers)
        return file(content, f"incident-{_id(request)}", form)

    async def faults(self, request: Request, who: SignedIn) -> Response:
        now = self._clock.now()
        by, form = request.query_params.get("by", "month"), request.query_params.get("format", "json")
        since, until = number_of(request, "since", now - 12 * MONTH_S), number_of(request, "until", now)
        if form not in ("csv", "json"):
            raise InvalidError("format: csv or json", ["format"])
        if form == "csv":
            content = await self._aftermath.faults_csv(by, since, until)
            await taken(self._witness, request, who, "faults", form, by=by)
            return file(content, f"faults-{by}", form)
        return json({"rows": await self._aftermath.faults(by, since, until)})

    # Doing

    async def open(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Opened)
        return _one(
            await self._incidents.open(
                asked.type,
                who.person,
                asked.description,
                occurred_at=asked.occurred_at,
                place=asked.place,
                alert=asked.alert,
            ),
            201,
        )

    async def confirm(self, request: Request, who: SignedIn) -> Response:
        return _one(await self._incidents.confirm(_id(request), who.person))

    async def dismiss(self, request: Request, who: SignedIn) -> Response:
        return _one(await self._incidents.dismiss(_id(request), who.person, (await json_body(request, Reason)).reason))

    async def note(self, request: Request, who: SignedIn) -> Response:
        return _one(await self._incidents.note(_id(request), who.person, (await json_body(request, Note)).text), 201)

    async def correct(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Correction)
        return _one(await self._incidents.correct(_id(request), who.person, asked.entry, asked.text), 201)

    async def amend(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Amendment)
        given = {name: getattr(asked, name) for name in asked.__struct_fields__}
        changes = {name: value for name, value in given.items() if value is not UNSET}
        return _one(await self._incidents.amend(_id(request), who.person, changes))

    async def scope(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, Scope)
        return _one(await self._incidents.decide_scope(_id(request), who.person, asked.scope))

    async def step(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, StepDone)
        return _one(await self._incidents.do_step(_id(request), who.person, asked.step, asked.note), 201)

    async def recover(self, request: Request, who: SignedIn) -> Response:
        at = (await json_body(request, Recovery)).at if await request.body() else None
        return _one(await self._incidents.recover(_id(request), who.person, at))

    async def close(self, request: Request, who: SignedIn) -> Response:
        return _one(await self._incidents.close(_id(request), who.person))

    async def call_back(self, request: Request, who: SignedIn) -> Response:
        asked = await json_body(request, CalledBack)
        visit = (asked.pbx, asked.queue, asked.uniqueid)
        return _one(await self._aftermath.call_back(_id(request), who.person, visit, asked.result))


def _id(request: Request) -> str:
    return str(request.path_params["incident"])


def _one(thing: Incident | Entry | object, status: int = 200) -> Response:
    return json(to_builtins(thing), status)


ID = (("incident", "id of an incident"),)
FORM = ("format", "csv or json")


def _does(
    verb: str, summary: str, *takes: tuple[str, str], right: Right = Right.RECORD_INCIDENT, schema: Schema | None = None
) -> Operation:
    path = f"/api/v1/incidents/{{incident}}/{verb}"
    return Operation(path, summary, right, JSON, schema or ref("Incident"), ID, ALSO, "POST", takes)


def _tells(verb: str, summary: str, schema: Schema, right: Right = Right.SEE_FLOOR) -> Operation:
    return Operation(f"/api/v1/incidents/{{incident}}/{verb}", summary, right, JSON, schema, ID, ALSO[:1])


OBJECT: Schema = {"type": "object"}

OPERATIONS = (
    Operation(
        "/api/v1/incidents", "Incidents, newest first.", Right.SEE_FLOOR, JSON, OBJECT,
        (("since", "opened at or after this moment"), ("live", "1: only those that are not closed")), ALSO[2:],
    ),
    Operation(
        "/api/v1/incidents", "Open an incident.", Right.RECORD_INCIDENT, JSON, ref("Incident"), (), ALSO[2:], "POST",
        (("type", "fire, illness …"), ("description", "what happened"), ("occurred_at", "when; now, if not given"),
         ("place", "where"), ("alert", "id of the alert it is opened from")),
    ),
    Operation(
        "/api/v1/faults", "Fault statistics by week or month (P-9).", Right.EXPORT, JSON, OBJECT,
        (("by", "week or month"), ("since", "a moment; a year ago, if not given"), ("until", "a moment"), FORM),
        ALSO[2:],
    ),
    Operation(
        "/api/v1/incidents/{incident}", "One incident: record, timeline, missing fields, times, steps of its plan.",
        Right.SEE_FLOOR, JSON, OBJECT, ID, ALSO[:1],
    ),
    _tells("versions", "The record as it was after each change.", OBJECT),
    _tells("impact", "What it did to callers and agents, computed from the stored floor.", OBJECT),
    _tells("callbacks", "Callers whom it cost an answer; numbers as far as one may see them.", OBJECT,
           Right.RECORD_INCIDENT),
    _does("callbacks", "Note what came of calling somebody back.", ("pbx", "exchange of the visit"),
          ("queue", "its queue"), ("uniqueid", "its call"), ("result", "reached, not_reached or not_wanted"),
          schema=ref("Callback")),
    Operation(
        "/api/v1/incidents/{incident}/export", "The whole record as a file.", Right.EXPORT, JSON, OBJECT, (*ID, FORM),
        ALSO,
    ),
    _does("confirm", "A suspected incident is one."),
    _does("dismiss", "A suspected incident is none.", ("reason", "why")),
    _does("note", "Add a line to the timeline.", ("text", "what to note"), schema=ref("Entry")),
    _does("correct", "Correct a line: the old one stays, the new one names it.", ("entry", "id of the line"),
          ("text", "what is right"), schema=ref("Entry")),
    _does("amend", "Amend fields of the record; old values stay in the timeline.", ("type", "another type"),
          ("occurred_at", "when it began"), ("description", "what happened"), ("resolution", "how it was solved"),
          ("recovered_at", "when it was over; null: it is not"), ("recorder", "who keeps the record"),
          ("details", "extra fields by name")),
    _does("scope", "Decide how far it reaches (R-EMG-10).", ("scope", "terminal, site, carrier, company, unknown"),
          right=Right.DECIDE_SCOPE),
    _does("step", "A step of the plan is done.", ("step", "id of the step"), ("note", "a remark"), schema=ref("Entry")),
    _does("recover", "It is over.", ("at", "since when; now, if not given")),
    _does("close", "Close the record; refused with what is missing (R-EMG-8)."),
)  # fmt: skip
