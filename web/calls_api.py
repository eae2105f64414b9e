"""``/api/v1/calls``: one call for the console, from the floor as it is and from the record."""

from __future__ import annotations

from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.people.model import SignedIn
from floor.people.rights import Right
from floor.ports import CallRecord, Clock
from floor.state.model import Agent, AgentState
from web.answers import json
from web.calls import Sees, agents_of, live_call, view_call, visits_of
from web.desk import DeskAudience, Desks
from web.gate import needs
from web.operation import JSON, Operation, ref
from web.ports import FloorStore, FloorView

NO_CALL = "there is no such call in your groups and queues"
LONGEST_ID = 150


class CallsOnRecord(Protocol):
    """What is kept of calls (:class:`floor.history.history.History`)."""

    async def call(self, pbx: str, call: str) -> CallRecord: ...


class CallsApi:
    """Whoever sees its queue or one of its agents sees the call; others' names stay away. ``None``: nothing is kept."""

    def __init__(self, store: FloorStore, desks: Desks, past: CallsOnRecord | None, clock: Clock) -> None:
        self._store, self._desks, self._past, self._clock = store, desks, past, clock

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/v1/calls/{pbx}/{call}", needs(Right.SEE_FLOOR)(self.get))]

    async def get(self, request: Request, who: SignedIn) -> Response:
        """One call by its Linkedid, or by the Uniqueid of its caller; out of scope it is not there."""
        pbx, call = request.path_params["pbx"], request.path_params["call"]
        if len(call) > LONGEST_ID:
            raise HTTPException(404, NO_CALL)
        kept = CallRecord() if self._past is None else await self._past.call(pbx, call)
        floor = self._store.snapshot()
        live = live_call(floor, pbx, call)
        if live.linkedid != call and self._past is not None:
            kept = await self._past.call(pbx, live.linkedid)
        eyes = self._desks.audience(who.person.id)
        sees = _sight(eyes, floor, pbx)
        queues = {visit.queue for visit in visits_of(kept, live)}
        if not any(eyes.sees_queue(pbx, queue) for queue in queues) and not any(map(sees, agents_of(kept, live))):
            raise HTTPException(404, NO_CALL)
        return json({"now": self._clock.now(), **view_call(pbx, live, kept, sees, _shift(floor, pbx))})


def _sight(eyes: DeskAudience, floor: FloorView, pbx: str) -> Sees:
    def sees(name: str) -> bool:
        gone = Agent(pbx, name, AgentState.LOGGED_OUT, 0.0)
        return eyes.sees_agent(floor.agents.get((pbx, name), gone))

    return sees


def _shift(floor: FloorView, pbx: str) -> float:
    """Seconds by which the exchange's clock is ahead of ours."""
    known = floor.pbxs.get(pbx)
    return (known.clock_offset_s or 0.0) if known is not None and known.timestamps else 0.0


OPERATIONS = (
    Operation(
        "/api/v1/calls/{pbx}/{call}",
        "One call: who is on it, its visits to queues, its timeline. Numbers are masked.",
        Right.SEE_FLOOR, JSON, ref("Call"),
        (("pbx", "exchange"), ("call", "its Linkedid, or the Uniqueid of its caller")),
        ((404, NO_CALL),),
    ),
)  # fmt: skip
