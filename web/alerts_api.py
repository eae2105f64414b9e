"""Alerts and breaches for the desk and for programs of signed-in people: look, take in hand, end, silence, excuse."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, TypeVar

from msgspec import Meta, Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.model import Alert, Breach, Delivery, Silence, Subject, Transition
from alerts.ports import Alarms
from floor.errors import FloorError
from floor.people.model import SignedIn
from floor.people.rights import Right
from floor.ports import Clock
from web.answers import json, refusal
from web.bodies import json_body
from web.desk import DeskAudience, Desks
from web.gate import needs
from web.operation import JSON, Operation, Schema, ref
from web.ports import FloorStore
from web.record import view_breach

DAY_S = 86400.0
LOOK_BACK_S = 31 * DAY_S
MAX_LISTED = 1000
MAX_SILENCE_MIN = 24 * 60
NO_ALERT = "there is no such alert in your groups and queues"
NO_BREACH = "there is no such breach in your groups and queues"
NO_SILENCE = "there is no such silence"

Words = Annotated[str, Meta(max_length=1000)]
Reason = Annotated[str, Meta(min_length=1, max_length=1000)]
T = TypeVar("T")


class Taken(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody takes it in hand; what he means to do, if he says so."""

    reason: Words = ""


class Caused(Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is over, or why it is none."""

    reason: Reason


class Hushed(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many minutes messages are held back, and why; ``rule``: of this rule whatever it is about."""

    reason: Reason
    minutes: Annotated[int, Meta(ge=1, le=MAX_SILENCE_MIN)] = 15
    rule: bool = False


class AlertsApi:
    """Scope is asked at every request, by the same eyes as the desk's stream; what is out of scope is not there."""

    def __init__(
        self,
        alarms: Alarms,
        desks: Desks,
        store: FloorStore,
        clock: Clock,
        day_begin: Callable[[], float],
        incident_type: Callable[[Alert], str | None] | None = None,
    ) -> None:
        """``incident_type``: what kind of incident an alert points to."""
        self._alarms, self._desks, self._store, self._clock = alarms, desks, store, clock
        self._day_begin, self._incident_type = day_begin, incident_type

    def routes(self) -> list[BaseRoute]:
        post = ["POST"]
        return [
            Route("/api/v1/alerts", needs(Right.SEE_FLOOR)(self.list)),
            Route("/api/v1/alerts/{alert}", needs(Right.SEE_FLOOR)(self.get)),
            Route("/api/v1/alerts/{alert}/acknowledge", needs(Right.ACKNOWLEDGE)(self.acknowledge), methods=post),
            Route("/api/v1/alerts/{alert}/resolve", needs(Right.ACKNOWLEDGE)(self.resolve), methods=post),
            Route("/api/v1/alerts/{alert}/silence", needs(Right.SILENCE)(self.silence), methods=post),
            Route("/api/v1/silences", needs(Right.SEE_FLOOR)(self.silences)),
            Route("/api/v1/silences/{silence}/lift", needs(Right.SILENCE)(self.unsilence), methods=post),
            Route("/api/v1/breaches", needs(Right.SEE_FLOOR)(self.breaches)),
            Route("/api/v1/breaches/{breach}/excuse", needs(Right.EXCUSE)(self.excuse), methods=post),
        ]

    # Looking

    async def list(self, request: Request, who: SignedIn) -> Response:
        """Those that live, or with ``since`` those of a stretch of time, the latest first."""
        eyes = self._desks.audience(who.person.id)
        floor = self._store.snapshot()
        since = _number(request, "since", None)
        if since is None:
            found = list(self._alarms.live.values())
        else:
            until, limit = _number(request, "until", None), int(_number(request, "limit", 200.0) or 0)
            found = list(await self._alarms.history(since, until, max(1, min(limit, MAX_LISTED))))
        shown = {alert.id: eyes.view(alert, floor) for alert in found if eyes.sees(alert, floor)}
        return json({"now": self._clock.now(), "alerts": shown})

    async def get(self, request: Request, who: SignedIn) -> Response:
        """Everything about one: all its facts, its life, what was told to whom, and what it explains."""
        eyes, alert = await self._found(request, who)
        floor = self._store.snapshot()
        explained = [one for one in self._alarms.live.values() if one.parent == alert.id and eyes.sees(one, floor)]
        return json(
            {
                "now": self._clock.now(),
                "id": alert.id,
                "alert": eyes.view(alert, floor),
                "resolved_at": alert.resolved_at,
                "worst": alert.worst,
                "parent": alert.parent,
                "evidence": alert.evidence,
                "incident_type": None if self._incident_type is None else self._incident_type(alert),
                "explains": {one.id: eyes.view(one, floor) for one in explained},
                "transitions": [view_transition(one) for one in await self._alarms.transitions(alert.id)],
                "deliveries": [view_delivery(one) for one in await self._alarms.deliveries(alert.id)],
            }
        )

    async def _found(self, request: Request, who: SignedIn) -> tuple[DeskAudience, Alert]:
        """The alert of the path, alive or of the last month, if it is in scope; else 404."""
        id_ = request.path_params["alert"]
        eyes = self._desks.audience(who.person.id)
        alert = self._alarms.live.get(id_)
        if alert is None:
            past = await self._alarms.history(self._clock.now() - LOOK_BACK_S, None, 10 * MAX_LISTED)
            alert = next((one for one in past if one.id == id_), None)
        if alert is None or not eyes.sees(alert, self._store.snapshot()):
            raise HTTPException(404, NO_ALERT)
        return eyes, alert

    # Doing

    async def acknowledge(self, request: Request, who: SignedIn) -> Response:
        eyes, alert = await self._found(request, who)
        asked = await _body(request, Taken, Taken())
        return self._shown(eyes, await _done(self._alarms.acknowledge(alert.id, who.person, asked.reason)))

    async def resolve(self, request: Request, who: SignedIn) -> Response:
        eyes, alert = await self._found(request, who)
        asked = await json_body(request, Caused)
        return self._shown(eyes, await _done(self._alarms.resolve(alert.id, who.person, asked.reason)))

    async def silence(self, request: Request, who: SignedIn) -> Response:
        """Of this rule and subject, or of the rule whatever it is about."""
        _, alert = await self._found(request, who)
        asked = await json_body(request, Hushed)
        subject = None if asked.rule else alert.subject.id
        until = self._clock.now() + asked.minutes * 60.0
        made = await _done(self._alarms.silence(alert.rule, subject, until, who.person, asked.reason))
        return json({"silence": self._silence(made)})

    async def silences(self, _: Request, who: SignedIn) -> Response:
        found = [self._silence(one) for one in await self._his_silences(who)]
        return json({"now": self._clock.now(), "silences": found})

    async def _his_silences(self, who: SignedIn) -> Sequence[Silence]:
        """Those of rules as a whole, and those of what is in his scope."""
        eyes, floor = self._desks.audience(who.person.id), self._store.snapshot()
        return [
            one
            for one in await self._alarms.silences()
            if one.subject is None or eyes.sees_of(Subject.of_id(one.subject), floor)
        ]

    async def unsilence(self, request: Request, who: SignedIn) -> Response:
        id_ = request.path_params["silence"]
        if id_ not in {one.id for one in await self._his_silences(who)}:
            return refusal(404, NO_SILENCE)
        await _done(self._alarms.unsilence(id_, who.person))
        return json({"lifted": id_})

    def _silence(self, silence: Silence) -> Mapping[str, object]:
        name = None if silence.rule is None else self._desks.rule_name(silence.rule)
        return {**view_silence(silence), "name": name}

    def _shown(self, eyes: DeskAudience, alert: Alert) -> Response:
        return json({"id": alert.id, "alert": eyes.view(alert, self._store.snapshot())})

    # Breaches

    async def breaches(self, request: Request, who: SignedIn) -> Response:
        """Of today unless ``since`` says otherwise; of one agent, or one rule."""
        began = self._day_begin()
        since = _number(request, "since", began)
        pbx, _, name = request.query_params.get("agent", "").partition("/")
        agent = (pbx, name) if name else None
        rule = request.query_params.get("rule")
        found = await self._alarms.breaches(since or 0.0, _number(request, "until", None), agent=agent, rule=rule)
        eyes = self._desks.audience(who.person.id)
        shown = [self._breach(one) for one in found if self._may_see(eyes, one)]
        return json({"now": self._clock.now(), "day_began_at": began, "breaches": shown[-MAX_LISTED:]})

    async def excuse(self, request: Request, who: SignedIn) -> Response:
        """With a reason; it stays, as excused (R-SEC-15)."""
        asked = await json_body(request, Caused)
        eyes = self._desks.audience(who.person.id)
        recent = await self._alarms.breaches(self._clock.now() - LOOK_BACK_S)
        found = next((one for one in recent if one.id == request.path_params["breach"]), None)
        if found is None or not self._may_see(eyes, found):
            return refusal(404, NO_BREACH)
        return json(self._breach(await _done(self._alarms.excuse(found.id, who.person, asked.reason))))

    def _may_see(self, eyes: DeskAudience, breach: Breach) -> bool:
        return eyes.sees_breach(breach, self._store.snapshot())

    def _breach(self, breach: Breach) -> dict[str, object]:
        return view_breach(breach, self._desks.words(breach.rule)) | {
            "subject": breach.subject.name,
            "kind": breach.subject.kind,
            "pbx": breach.subject.pbx or None,
            "agent": breach.agent,
            "group": breach.group,
        }


def view_transition(step: Transition) -> Mapping[str, object]:
    """One step of an alert's life."""
    return {
        "at": step.at, "before": step.before, "after": step.after, "event": step.event, "actor": step.actor,
        "value": step.value, "reason": step.reason,
    }  # fmt: skip


def view_delivery(delivery: Delivery) -> Mapping[str, object]:
    """What became of a message; addresses are nobody's business here."""
    message = delivery.message
    return {
        "at": message.at, "occasion": message.occasion, "to": message.recipient.name, "kind": message.recipient.kind,
        "state": delivery.state, "attempts": delivery.attempts, "sent_at": delivery.sent_at, "error": delivery.error,
    }  # fmt: skip


def view_silence(silence: Silence) -> Mapping[str, object]:
    """Messages held back: whose, why, until when."""
    return {
        "id": silence.id, "rule": silence.rule, "subject": silence.subject, "author": silence.author,
        "reason": silence.reason, "began_at": silence.began_at, "until": silence.until,
    }  # fmt: skip


async def _done(command: Awaitable[T]) -> T:
    """What cannot be done (any more) is a conflict, told in the sentence it came with."""
    try:
        return await command
    except FloorError as error:
        raise HTTPException(409, str(error)) from None


async def _body(request: Request, kind: type[T], default: T) -> T:
    """No body at all is no mistake."""
    return await json_body(request, kind) if await request.body() else default


def _number(request: Request, name: str, default: float | None) -> float | None:
    """A number of the query; raises 400 when it is none."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        number = float(text)
    except ValueError:
        raise HTTPException(400, f"{name} is no number") from None
    if not abs(number) < 1e12:
        raise HTTPException(400, f"{name} is no moment")
    return number


def _holding(**parts: Schema) -> Schema:
    return {"type": "object", "properties": parts}


_ROWS: Schema = {"type": "array", "items": {"type": "object"}}
_BY_ID: Schema = {"type": "object", "additionalProperties": ref("Alert")}
_LIST = _holding(now={"type": "number"}, alerts=_BY_ID)
_SHOWN = _holding(id={"type": "string"}, alert=ref("Alert"))
_DETAIL = _holding(alert=ref("Alert"), evidence=_ROWS, transitions=_ROWS, deliveries=_ROWS, explains=_BY_ID)
_SILENCES = _holding(silences=_ROWS)
_BREACHES = _holding(breaches={"type": "array", "items": ref("Breach")})
_ALERT = (("alert", "id of the alert"),)
_GONE = (404, NO_ALERT)
_LATE = (409, "it cannot be done any more; the sentence says why")
_WHY = (("reason", "why; at most 1,000 characters"),)

OPERATIONS = (
    Operation(
        "/api/v1/alerts", "Alerts of one's groups and queues: those that live, or those since a moment.",
        Right.SEE_FLOOR, JSON, _LIST,
        (("since", "raised since; without it only what lives"), ("until", "and before"), ("limit", "at most, 1000")),
    ),
    Operation(
        "/api/v1/alerts/{alert}", "One alert with its facts, transitions, deliveries, and what it explains.",
        Right.SEE_FLOOR, JSON, _DETAIL, _ALERT, (_GONE,),
    ),
    Operation(
        "/api/v1/alerts/{alert}/acknowledge", "Take it in hand: escalation stops.", Right.ACKNOWLEDGE, JSON,
        _SHOWN, _ALERT, (_GONE, _LATE), "POST", (("reason", "what one means to do; may be empty"),),
    ),
    Operation(
        "/api/v1/alerts/{alert}/resolve", "End it by hand, with its cause.", Right.ACKNOWLEDGE, JSON,
        _SHOWN, _ALERT, (_GONE, _LATE), "POST", _WHY,
    ),
    Operation(
        "/api/v1/alerts/{alert}/silence", "Hold back its messages for a while; it stays on the screens.",
        Right.SILENCE, JSON, _holding(silence={"type": "object"}), _ALERT, (_GONE, _LATE), "POST",
        (*_WHY, ("minutes", "1…1440, 15 unless told"), ("rule", "true: whatever the rule is about")),
    ),
    Operation(
        "/api/v1/silences", "What is held back at present, of one's groups and queues and of whole rules.",
        Right.SEE_FLOOR, JSON, _SILENCES,
    ),
    Operation(
        "/api/v1/silences/{silence}/lift", "Let its messages out again.", Right.SILENCE, JSON, {"type": "object"},
        (("silence", "its id"),), ((404, NO_SILENCE),), "POST",
    ),
    Operation(
        "/api/v1/breaches", "Recorded breaches of one's groups and queues, of today unless told.",
        Right.SEE_FLOOR, JSON, _BREACHES,
        (("since", "begun since"), ("until", "and before"), ("agent", "exchange/member"), ("rule", "id of the rule")),
    ),
    Operation(
        "/api/v1/breaches/{breach}/excuse", "Excuse a breach; it stays, as excused.", Right.EXCUSE, JSON,
        ref("Breach"), (("breach", "id of the breach"),), ((404, NO_BREACH), _LATE), "POST", _WHY,
    ),
)  # fmt: skip
