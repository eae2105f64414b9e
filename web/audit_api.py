"""The audit for those who may read it: entries as JSON, the page, and the file, which is an entry itself."""

from __future__ import annotations

import json as plain_json
import secrets
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.audit.model import Doer, Entry, Stage
from floor.audit.ports import Audit, AuditUnwritableError
from floor.audit.sheet import rows, told
from floor.day import Day
from floor.errors import FloorError
from floor.people.model import SignedIn
from floor.people.rights import Right, may
from floor.ports import Clock
from floor.sheets import as_csv
from web.answers import json, refusal
from web.gate import needs
from web.operation import JSON, TEXT, Operation, ref

MOST = 2000
MOST_EXPORTED = 200_000
MOST_REASON = 500
LATEST, MOST_NUMBER = "latest", 2**53
"""Asked for instead of a number, and the number that no entry will reach."""
FORMS = {"csv": "text/csv; charset=utf-8", "json": JSON}
NO_REASON = "say why it is taken away: reason, at most 500 characters"
UNRECORDED = "it cannot be put on record just now, so it is not done"

Address = Callable[[Request], str]
"""Whence somebody asks."""


class Witness:
    """Puts on record what somebody looks at or takes away, before he gets it (R-SEC-2, -3)."""

    def __init__(self, audit: Audit, address: Address, clock: Clock) -> None:
        self._audit, self._address, self._clock = audit, address, clock

    async def note(self, request: Request, who: SignedIn, act: str, reason: str, **more: Any) -> None:
        """``pbx``, ``agent``, ``queue`` and ``call`` have columns of their own; raises 503 when nothing takes it."""
        columns = {name: str(more.pop(name)) for name in ("pbx", "agent", "queue", "call") if name in more}
        person = who.person
        by = Doer(person.name, person.id, person.role, self._address(request))
        entry = Entry(
            secrets.token_hex(16), act, Stage.ANSWERED, self._clock.now(), by, reason=reason, more=more, **columns
        )
        try:
            await self._audit.write(entry)
        except AuditUnwritableError:
            raise HTTPException(503, UNRECORDED) from None


async def taken(witness: Witness | None, request: Request, who: SignedIn, what: str, form: str, **more: Any) -> None:
    """On record that he takes a file away, before he gets it (R-SEC-3); ``?reason=`` says why, where he says it."""
    if witness is not None:
        reason = request.query_params.get("reason", "")[:MOST_REASON]
        await witness.note(request, who, "export", reason, what=what, form=form, **more)


class AuditApi:
    """Reading is for those who have the right; taking away wants a reason besides."""

    def __init__(self, audit: Audit, witness: Witness, clock: Clock, day_begin: Callable[[], float], day: Day) -> None:
        self._audit, self._witness, self._clock, self._day_begin, self._day = audit, witness, clock, day_begin, day

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/v1/audit", needs(Right.SEE_AUDIT)(self.look)),
            Route("/api/v1/audit/export", needs(Right.SEE_AUDIT)(self.export)),
        ]

    async def look(self, request: Request, _: SignedIn) -> Response:
        asked = self._asked(request)
        if (before := _before(request)) is not None:
            asked["before"] = before
        limit = int(_number(request, "limit", 500.0))
        limit = max(1, min(limit, MOST))
        found = await self._read(limit=limit, **asked)
        following = found[-1][0] if len(found) == limit else None
        entries = [told(number, entry) for number, entry in found]
        return json({"now": self._clock.now(), "entries": entries, "next": following})

    async def export(self, request: Request, who: SignedIn) -> Response:
        """As a file; who took it, why, and how many entries, is on record first."""
        if not may(who.person, Right.EXPORT):
            return refusal(403, f"this needs the right {Right.EXPORT}")
        form, reason = request.query_params.get("format", "csv"), request.query_params.get("reason", "").strip()
        if form not in FORMS:
            raise HTTPException(400, f"format is one of {', '.join(FORMS)}")
        if not reason or len(reason) > MOST_REASON or not reason.isprintable():
            return refusal(422, NO_REASON)
        asked = self._asked(request)
        found = await self._all(asked)
        filters = {name: value for name, value in asked.items() if value not in ("", None, 0)}
        await self._witness.note(
            request, who, "export", reason, what="audit", form=form, rows=len(found), filters=filters
        )
        body = as_csv(rows(found), self._day.tz()) if form == "csv" else _as_json(found)
        headers = {"content-disposition": f'attachment; filename="audit.{form}"'}
        return Response(body, media_type=FORMS[form], headers=headers)

    async def _all(self, asked: dict[str, Any]) -> list[tuple[int, Entry]]:
        found: list[tuple[int, Entry]] = []
        while len(found) < MOST_EXPORTED:
            some = await self._read(limit=MOST, **asked)
            found += some
            if len(some) < MOST:
                return found
            asked = {**asked, "after": some[-1][0]}
        raise HTTPException(413, f"more than {MOST_EXPORTED} entries; ask for a shorter time")

    async def _read(self, **asked: Any) -> list[tuple[int, Entry]]:
        try:
            return list(await self._audit.read(**asked))
        except FloorError as error:
            raise HTTPException(503, str(error)) from None

    def _asked(self, request: Request) -> dict[str, Any]:
        query = request.query_params
        person = _number(request, "person", None)
        return {
            "since": _number(request, "since", self._day_begin()),
            "until": _number(request, "until", self._clock.now() + 1),
            "act": query.get("act", ""),
            "agent": query.get("agent", ""),
            "person": None if person is None else int(person),
            "after": int(_number(request, "after", 0.0)),
        }


def _before(request: Request) -> int | None:
    """Newest first, and from where on; ``None``: oldest first."""
    if request.query_params.get("before") == LATEST:
        return MOST_NUMBER
    before = _number(request, "before", None)
    return None if before is None else int(before)


def _as_json(found: list[tuple[int, Entry]]) -> str:
    return plain_json.dumps({"entries": [told(number, entry) for number, entry in found]}, ensure_ascii=False, indent=1)


def _number(request: Request, name: str, default: float | None) -> Any:
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    try:
        number = float(text)
    except ValueError:
        raise HTTPException(400, f"{name} is no number") from None
    if not abs(number) < 1e15:
        raise HTTPException(400, f"{name} is no number")
    return number


_FILTERS = (
    ("since", "seconds since the epoch; today"),
    ("until", "seconds since the epoch; now"),
    ("act", "a word, such as listen, hang_up, unmask, export"),
    ("agent", "member name"),
    ("person", "id of who did it"),
    ("after", "entries with higher numbers only"),
)
OPERATIONS = (
    Operation(
        "/api/v1/audit", "What people did to the floor and looked at, oldest first; with `before` newest first.",
        Right.SEE_AUDIT, JSON, ref("AuditAnswer"),
        (*_FILTERS, ("before", "entries with lower numbers only; or `latest`"), ("limit", "500, at most 2000")),
        ((400, "a filter cannot be read"), (503, "the record does not answer")),
    ),
    Operation(
        "/api/v1/audit/export", "The same as a file; needs export, too, and is an entry itself.", Right.SEE_AUDIT,
        FORMS["csv"], TEXT, (*_FILTERS, ("format", "csv or json"), ("reason", "why it is taken away")),
        ((400, "a filter cannot be read"), (413, "too many entries"), (422, "no reason"), (503, "not recorded")),
    ),
)  # fmt: skip
