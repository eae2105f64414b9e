"""The description of the HTTP face for machines: OpenAPI 3.1, with schemas taken from the types on the wire."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from alerts.model import Entry, Incident
from alerts.plan_model import (
    Callback,
    Drill,
    DrillReport,
    Evacuation,
    Evaluation,
    Improvement,
    Plan,
    PlanState,
)
from floor.state.figures import NAMES, Figures, indicators, service_levels
from web import listening_wire, wire
from web.operation import HTML, JSON, TEXT, Operation, Schema, ref
from web.operations import OPERATIONS


def _map(of: Schema) -> Schema:
    return {"type": "object", "additionalProperties": of}


def _figures_schema() -> Schema:
    ratio: Schema = {"type": ["number", "null"], "description": "null: nothing to divide"}
    sums: Schema = {name: {"type": "number"} for name in NAMES}
    levels: Schema = {"type": "object", "properties": dict.fromkeys(service_levels(Figures()), ratio)}
    named = dict.fromkeys(indicators(Figures()), ratio)
    return {"type": "object", "properties": {**sums, "sl": levels, **named}}


def _schemas() -> Schema:
    entities = (
        *(wire.Pbx, wire.Queue, wire.Agent, wire.Caller, wire.Trunk, wire.Notice, wire.Alert, wire.Request, wire.Board),
        *(Incident, Entry, Callback, Evacuation, Plan, PlanState, Drill, DrillReport, Evaluation, Improvement),
    )
    _, components = msgspec.json.schema_components(entities, ref_template="#/components/schemas/{name}")
    row = {"allOf": [ref("Figures"), {"type": "object", "properties": {"pbx": TEXT, "name": TEXT}}]}
    kinds = {
        "pbxs": "Pbx",
        "queues": "Queue",
        "agents": "Agent",
        "callers": "Caller",
        "trunks": "Trunk",
        "alerts": "Alert",
        "requests": "Request",
    }
    moment = {"type": "number", "description": "seconds since the epoch"}
    listening = msgspec.json.schema_components([listening_wire.Shown], ref_template="#/components/schemas/{name}")[1]
    return components | {
        "Listening": listening["Shown"],
        "Figures": _figures_schema(),
        "Point": _map({"type": "number"}),
        "Floor": {
            "type": "object",
            "properties": {kind: _map(ref(name)) for kind, name in kinds.items()}
            | {
                "figures": _map(_map(ref("Figures"))),
                "history": _map({"type": "array", "items": ref("Point")}),
                "notices": _map(ref("Notice")),
            },
        },
        "FloorAnswer": {
            "type": "object",
            "properties": {
                "v": {"type": "integer"},
                "revision": {"type": "integer"},
                "now": moment,
                "build": TEXT,
                "board": ref("Board"),
                "floor": ref("Floor"),
            },
        },
        "Today": {
            "type": "object",
            "properties": {
                "now": moment,
                "day_began_at": moment,
                "formula": {"enum": ["A", "B", "C", "D", "E"]},
                "answer_s": {"type": "integer"},
                "gaps": _map({"type": "array", "items": {"type": "array", "items": {"type": ["number", "null"]}}}),
                "total": ref("Figures"),
                "queues": {"type": "array", "items": row},
                "agents": {"type": "array", "items": row},
            },
        },
        "Health": {"type": "object", "properties": {"status": TEXT, "links": _map({"type": "integer"})}},
        "Session": {
            "type": "object",
            "properties": {
                "locked": {"type": "boolean"},
                "person": {"type": "object"},
                "rights": {"type": "array", "items": TEXT},
                "token": TEXT,
            },
        },
        "Ticket": {"type": "object", "properties": {"ticket": TEXT}},
        "Record": {
            "type": "object",
            "properties": {
                "now": moment,
                "day_began_at": moment,
                "person": {"type": "object"},
                "agents": {"type": "array", "items": {"type": "object"}},
                "breaches": {"type": "array", "items": ref("Breach")},
            },
        },
        "Call": {
            "type": "object",
            "properties": {
                "now": moment,
                "pbx": TEXT,
                "call": TEXT,
                "live": {"type": "boolean"},
                "legs": {"type": "array", "items": {"type": "object"}},
                "visits": {"type": "array", "items": {"type": "object"}},
                "timeline": {"type": "array", "items": {"type": "object"}},
            },
        },
        "Breach": {
            "type": "object",
            "properties": {
                "id": TEXT,
                "rule": TEXT,
                "name": _map(TEXT),
                "severity": TEXT,
                "began_at": moment,
                "dispute": {"type": ["string", "null"]},
                "excuse": {"type": ["string", "null"]},
            },
        },
        "Offered": {
            "type": "object",
            "properties": {
                "kinds": _map({"type": "object", "properties": {"dangerous": {"type": "boolean"}}}),
                "reasons": _map({"type": "array", "items": TEXT}),
                "phones": _map({"type": ["string", "null"]}),
            },
        },
        "Foreseen": {"type": "object", "properties": {"words": _map(TEXT), "dangerous": {"type": "boolean"}}},
        "Done": {
            "type": "object",
            "properties": {"ok": {"type": "boolean"}, "said": TEXT, "thread": TEXT, "words": _map(TEXT)},
        },
        "CallerNumber": {
            "type": "object",
            "properties": {"id": TEXT, "number": {"type": ["string", "null"]}, "name": {"type": ["string", "null"]}},
        },
        "Audit": {
            "type": "object",
            "properties": {
                **dict.fromkeys(("thread", "act", "stage", "pbx", "agent", "queue", "call", "reason", "said"), TEXT),
                "number": {"type": "integer"},
                "at": moment,
                "by": {"type": "object"},
                "more": {"type": "object"},
            },
        },
        "AuditAnswer": {
            "type": "object",
            "properties": {
                "now": moment,
                "entries": {"type": "array", "items": ref("Audit")},
                "next": {"type": ["integer", "null"]},
            },
        },
        "Error": {"type": "object", "properties": {"error": TEXT}},
    }


def _security(operation: Operation) -> list[Schema]:
    keys: list[Schema] = [{"bearer": []}, {"key": []}] if operation.keyed or operation.or_key else []
    person: Schema = {"cookie": []} if operation.method == "GET" else {"cookie": [], "token": []}
    return [*keys, person] if operation.personal else keys


def _body(operation: Operation) -> Schema:
    if not operation.takes:
        return {}
    kind = "application/x-www-form-urlencoded" if operation.answer == HTML else JSON
    fields = {name: {"description": meaning} for name, meaning in operation.takes}
    return {"requestBody": {"content": {kind: {"schema": {"type": "object", "properties": fields}}}}}


def _paths(operations: Iterable[Operation]) -> Schema:
    paths: Schema = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return paths


def _described(operation: Operation) -> Schema:
    good: Schema = {"description": "as described", "content": {operation.answer: {"schema": operation.schema}}}
    return {
        "summary": operation.summary,
        "security": _security(operation),
        **_body(operation),
        "parameters": [
            {
                "name": name,
                "in": "path" if f"{{{name}}}" in operation.path else "query",
                "required": f"{{{name}}}" in operation.path,
                "description": meaning,
                "schema": TEXT,
            }
            for name, meaning in operation.parameters
        ],
        "responses": {"200": good, **{str(status): {"description": when} for status, when in operation.also}},
    }


def openapi(version: str, operations: Iterable[Operation] = OPERATIONS) -> Schema:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Floorwatch",
            "version": version,
            "description": "The live floor of a call center. Times are seconds since the epoch; "
            "what is absent or null is not known, never zero.",
        },
        "paths": _paths(operations),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "key": {"type": "apiKey", "in": "query", "name": "key"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "floor"},
                "token": {"type": "apiKey", "in": "header", "name": "X-Floor-Token"},
            },
        },
    }
