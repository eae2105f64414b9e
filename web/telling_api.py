"""The test button: a message over everything one can be reached by, with a verdict for each way."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.model import Verdict
from alerts.ports import Trials
from floor.people.model import SignedIn
from floor.people.rights import Right
from web.answers import json
from web.gate import needs
from web.operation import JSON, Operation


class TellingApi:
    """Whoever tries it, tries it on himself: nobody else's phone rings."""

    def __init__(self, trials: Trials) -> None:
        self._trials = trials

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/v1/messages/test", needs(Right.TEST_MESSAGES)(self.test), methods=["POST"])]

    async def test(self, _request: Request, who: SignedIn) -> Response:
        """Answered when every way has its verdict; a phone has to ring first."""
        verdicts = await self._trials.trial(who.person)
        return json({"ways": [_shown(verdict) for verdict in verdicts]})


def _shown(verdict: Verdict) -> dict[str, object]:
    return {"kind": verdict.recipient.kind, "told": verdict.error is None, "error": verdict.error, "s": verdict.took_s}


OPERATIONS = (
    Operation(
        "/api/v1/messages/test", "Send a test to everything one can be reached by; waits for each verdict.",
        Right.TEST_MESSAGES, JSON,
        {"type": "object", "properties": {"ways": {"type": "array", "items": {"type": "object"}}}},
        (), (), "POST",
    ),
)  # fmt: skip
