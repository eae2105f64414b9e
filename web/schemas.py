"""Shapes of what is answered, for the description: those of types on the wire by themselves, the others declared."""

from __future__ import annotations

import msgspec

from alerts.model import Entry, Incident
from alerts.plan_model import Callback, Drill, DrillReport, Evacuation, Evaluation, Improvement, Plan, PlanState
from floor.state.figures import NAMES, Figures, indicators, service_levels
from web import listening_wire, wire
from web.operation import TEXT, Schema, ref

TYPES = (
    *(wire.Pbx, wire.Queue, wire.Agent, wire.Caller, wire.Trunk, wire.Notice, wire.Alert, wire.Request, wire.Board),
    *(Incident, Entry, Callback, Evacuation, Plan, PlanState, Drill, DrillReport, Evaluation, Improvement),
)
KINDS = ("Pbx", "Queue", "Agent", "Caller", "Trunk", "Alert", "Request")
"""Entities of the floor; their tables are named in the plural, in small letters."""


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties}


def _map(of: Schema) -> Schema:
    return {"type": "object", "additionalProperties": of}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


ANY: Schema = {"type": "object"}
YES: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer"}
MAYBE: Schema = {"type": ["string", "null"]}
MOMENT: Schema = {"type": "number", "description": "seconds since the epoch"}
ROW: Schema = {"allOf": [ref("Figures"), _object(pbx=TEXT, name=TEXT)]}

DECLARED: Schema = {
    "Point": _map({"type": "number"}),
    "Floor": _object(
        **{f"{kind.lower()}s": _map(ref(kind)) for kind in KINDS},
        figures=_map(_map(ref("Figures"))),
        history=_map(_list(ref("Point"))),
        notices=_map(ref("Notice")),
    ),
    "FloorAnswer": _object(v=COUNT, revision=COUNT, now=MOMENT, build=TEXT, board=ref("Board"), floor=ref("Floor")),
    "Today": _object(
        now=MOMENT,
        day_began_at=MOMENT,
        formula={"enum": ["A", "B", "C", "D", "E"]},
        answer_s=COUNT,
        gaps=_map(_list(_list({"type": ["number", "null"]}))),
        total=ref("Figures"),
        queues=_list(ROW),
        agents=_list(ROW),
    ),
    "Report": _object(
        **{"from": TEXT, "to": TEXT},
        formula={"enum": ["A", "B", "C", "D", "E"]},
        answer_s=COUNT,
        gaps=_list(_object(pbx=TEXT, began_at=MOMENT, ended_at={"type": ["number", "null"]})),
        stretches=_list(
            _object(
                date=TEXT, began_at=MOMENT, ended_at=MOMENT, total=ref("Figures"), queues=_list(ROW), agents=_list(ROW)
            )
        ),
    ),
    "Health": _object(status=TEXT, links=_map(COUNT), alerts=TEXT),
    "Session": _object(locked=YES, person=ANY, rights=_list(TEXT), token=TEXT),
    "Ticket": _object(ticket=TEXT),
    "Record": _object(now=MOMENT, day_began_at=MOMENT, person=ANY, agents=_list(ANY), breaches=_list(ref("Breach"))),
    "Call": _object(now=MOMENT, pbx=TEXT, call=TEXT, live=YES, legs=_list(ANY), visits=_list(ANY), timeline=_list(ANY)),
    "Breach": _object(id=TEXT, rule=TEXT, name=_map(TEXT), severity=TEXT, began_at=MOMENT, dispute=MAYBE, excuse=MAYBE),
    "Offered": _object(kinds=_map(_object(dangerous=YES)), reasons=_map(_list(TEXT)), phones=_map(MAYBE)),
    "Foreseen": _object(words=_map(TEXT), dangerous=YES),
    "Done": _object(ok=YES, said=TEXT, thread=TEXT, words=_map(TEXT), placed=YES),
    "PlacedCall": _object(act=TEXT, reached=MAYBE, words=_map(TEXT)),
    "CallerNumber": _object(id=TEXT, number=MAYBE, name=MAYBE),
    "Audit": _object(
        **dict.fromkeys(("thread", "act", "stage", "pbx", "agent", "queue", "call", "reason", "said"), TEXT),
        number=COUNT,
        at=MOMENT,
        by=ANY,
        more=ANY,
    ),
    "AuditAnswer": _object(now=MOMENT, entries=_list(ref("Audit")), next={"type": ["integer", "null"]}),
    "Error": _object(error=TEXT),
}
"""Answers that are put together from several sources, by name."""


def schemas() -> Schema:
    """All of them, by name."""
    where = "#/components/schemas/{name}"
    _, typed = msgspec.json.schema_components(TYPES, ref_template=where)
    _, heard = msgspec.json.schema_components([listening_wire.Shown], ref_template=where)
    return typed | DECLARED | {"Listening": heard["Shown"], "Figures": _figures()}


def _figures() -> Schema:
    ratio: Schema = {"type": ["number", "null"], "description": "null: nothing to divide"}
    sums: Schema = {name: {"type": "number"} for name in NAMES}
    levels: Schema = {"type": "object", "properties": dict.fromkeys(service_levels(Figures()), ratio)}
    named = dict.fromkeys(indicators(Figures()), ratio)
    return _object(**sums, sl=levels, **named)
