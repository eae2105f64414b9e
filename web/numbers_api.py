"""A caller's number for those who have the right: one at a time, with a reason, each look on record (R-SEC-2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.people.model import Person, SignedIn
from floor.people.ports import People
from floor.people.rights import Right
from floor.state.conversation import masked
from floor.state.model import Caller
from web.answers import json, refusal
from web.audit_api import MOST_REASON, Witness
from web.gate import needs
from web.operation import JSON, Operation, ref
from web.ports import FloorStore

NO_CALLER = "there is no such caller in your groups and queues"
NO_REASON = "say why you look: reason, at most 500 characters"


class NumbersApi:
    """Pages show numbers masked; this is the one way to see one."""

    def __init__(self, store: FloorStore, people: People, witness: Witness) -> None:
        self._store, self._people, self._witness = store, people, witness

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/v1/callers/{path:path}/number", needs(Right.SEE_NUMBERS)(self.look))]

    async def look(self, request: Request, who: SignedIn) -> Response:
        reason = request.query_params.get("reason", "").strip()
        if not reason or len(reason) > MOST_REASON or not reason.isprintable():
            return refusal(422, NO_REASON)
        caller = self._found(request.path_params["path"])
        if caller is None or not self._sees(who.person, caller):
            return refusal(404, NO_CALLER)
        await self._witness.note(
            request, who, "unmask", reason, pbx=caller.pbx, agent=caller.agent or "", queue=caller.queue,
            call=caller.linkedid or caller.uniqueid, caller=caller.uniqueid, masked=masked(caller.number),
        )  # fmt: skip
        return json({"id": "/".join(caller.key), "number": caller.number, "name": caller.name})

    def _found(self, id_: str) -> Caller | None:
        """``pbx/queue/uniqueid``: a queue's name may hold slashes, the others hold none."""
        pbx, _, rest = id_.partition("/")
        queue, _, uniqueid = rest.rpartition("/")
        return self._store.snapshot().callers.get((pbx, queue, uniqueid))

    def _sees(self, person: Person, caller: Caller) -> bool:
        if self._people.sees_queue(person, caller.pbx, caller.queue):
            return True
        return caller.agent is not None and self._people.sees_agent(person, caller.pbx, caller.agent)


OPERATIONS = (
    Operation(
        "/api/v1/callers/{path}/number", "A caller's number, unmasked; the look is on record.", Right.SEE_NUMBERS,
        JSON, ref("CallerNumber"), (("path", "id of a CALLER: exchange/queue/uniqueid"), ("reason", "why")),
        ((404, "no such caller of his"), (422, "no reason"), (503, "it cannot be recorded")),
    ),
)  # fmt: skip
