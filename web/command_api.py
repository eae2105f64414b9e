"""Commands from the desk: one route per kind with the right it needs, each with a look ahead that does nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import fields
from typing import Annotated, Any

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from floor.command.model import (
    KINDS,
    CallAgent,
    Command,
    HangUp,
    Kind,
    LogOff,
    LogOn,
    Pause,
    PickCaller,
    SetPenalty,
    TakeOver,
    Transfer,
    Unpause,
)
from floor.command.ports import Commander, NotAllowedError
from floor.people.model import SignedIn
from floor.people.rights import Right, may
from web.answers import json
from web.bodies import json_body
from web.gate import Judged, needs
from web.operation import JSON, Operation, ref

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Maybe = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=2000)]
Penalty = Annotated[int, Meta(ge=0, le=1_000_000)]
PLACED = "/api/v1/commands/placed/{thread}"
ANSWERED: dict[bool, dict[str, str]] = {
    True: {"en": "The exchange has taken it.", "zh": "交换机已受理。"},
    False: {"en": "The exchange would not: {said}", "zh": "交换机未执行：{said}"},
}
LOST = {
    "en": "No answer came ({said}): perhaps it was done nevertheless; look at the floor.",
    "zh": "未收到交换机的答复（{said}）：操作可能已生效，请查看现场状态。",
}


class Asked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every command carries; ``note``: why, for the audit."""

    pbx: Name
    note: Note = ""
    confirmed: bool = False


class OfAgent(Asked, frozen=True, kw_only=True):
    agent: Name


class OfAgentInQueues(OfAgent, frozen=True, kw_only=True):
    queue: Maybe = ""


class Paused(OfAgentInQueues, frozen=True, kw_only=True):
    reason: Name


class Placed(OfAgent, frozen=True, kw_only=True):
    queue: Name
    penalty: Penalty = 0


class Ranked(OfAgent, frozen=True, kw_only=True):
    queue: Name
    penalty: Penalty


class OfCall(OfAgent, frozen=True, kw_only=True):
    call: Name


class Sent(OfCall, frozen=True, kw_only=True):
    to: Name


class Picked(Asked, frozen=True, kw_only=True):
    queue: Name
    agent: Maybe = ""
    caller: Maybe = ""


BODIES: dict[type[Command], type[Asked]] = {
    Pause: Paused, Unpause: OfAgentInQueues, LogOn: Placed, LogOff: OfAgentInQueues, SetPenalty: Ranked,
    CallAgent: OfAgent, HangUp: OfCall, Transfer: Sent, TakeOver: OfCall, PickCaller: Picked,
}  # fmt: skip


class CommandApi:
    """Judged again by the commander, who knows the floor; the gate only knows the right."""

    def __init__(self, commander: Commander, pbxs: Collection[str], address: Callable[[Request], str]) -> None:
        """``pbxs``: the exchanges; ``address``: whence somebody asks."""
        self._commander, self._pbxs, self._address = commander, tuple(pbxs), address

    def routes(self) -> list[BaseRoute]:
        sees = needs(Right.SEE_FLOOR)
        routes: list[BaseRoute] = [
            Route("/api/v1/commands", sees(self.offered)),
            Route(PLACED, sees(self.placed)),
        ]
        for command, kind in KINDS.items():
            path, guard = f"/api/v1/commands/{kind.act}", needs(kind.right)
            routes.append(Route(path, guard(self._doing(command)), methods=["POST"]))
            routes.append(Route(f"{path}/foresee", guard(self._foreseeing(command, kind)), methods=["POST"]))
        return routes

    async def offered(self, _: Request, who: SignedIn) -> Response:
        """What he may command, with what, and which phone of his would ring."""
        kinds = {kind.act: {"dangerous": kind.dangerous} for kind in KINDS.values() if may(who.person, kind.right)}
        phones = {pbx: self._commander.phone_of(who, pbx) for pbx in self._pbxs} if kinds else {}
        return json({"kinds": kinds, "reasons": self._commander.reasons(), "phones": phones})

    async def placed(self, request: Request, who: SignedIn) -> Response:
        """What became of the phone that a command of his was to ring."""
        try:
            call = self._commander.placed(who, str(request.path_params["thread"]))
        except NotAllowedError as error:
            return refused(error)
        return json({"act": call.asked.act, "reached": call.reached, "words": dict(call.words)})

    def _doing(self, kind: type[Command]) -> Judged:
        async def do(request: Request, who: SignedIn) -> Response:
            asked = await json_body(request, BODIES[kind])
            try:
                done = await self._commander.do(
                    who, command_of(kind, asked), confirmed=asked.confirmed, note=asked.note,
                    address=self._address(request),
                )  # fmt: skip
            except NotAllowedError as error:
                return refused(error)
            sentences = LOST if done.lost else ANSWERED[done.ok]
            words = {language: text.format(said=done.said) for language, text in sentences.items()}
            body = {"ok": done.ok, "said": done.said, "thread": done.thread, "words": words, "placed": done.placed}
            return json(body if done.ok else {**body, "error": words["en"], "lost": done.lost}, 200 if done.ok else 502)

        return do

    def _foreseeing(self, command: type[Command], kind: Kind) -> Judged:
        async def foresee(request: Request, who: SignedIn) -> Response:
            asked = await json_body(request, BODIES[command])
            try:
                words = self._commander.foresee(who, command_of(command, asked))
            except NotAllowedError as error:
                return refused(error)
            return json({"words": words, "dangerous": kind.dangerous})

        return foresee


def command_of(kind: type[Command], asked: Asked) -> Command:
    """The command in a body."""
    values: dict[str, Any] = {field.name: getattr(asked, field.name) for field in fields(kind)}
    return kind(**values)


def refused(error: NotAllowedError) -> Response:
    """Why not, in both languages; with what it would do, where it only wants to be confirmed."""
    body: dict[str, object] = {"error": str(error), "words": error.words}
    return json(body if error.foresee is None else {**body, "foresee": error.foresee}, error.status)


SUMMARIES = {
    "pause": "Pause an agent, with one of the floor's reasons.",
    "unpause": "Make an agent ready.",
    "log_on": "Make an agent a member of a queue.",
    "log_off": "Take an agent out of a queue, or of all.",
    "penalty": "Set an agent's penalty in a queue.",
    "call_agent": "Ring one's own phone, then the agent's.",
    "hang_up": "End an agent's call.",
    "transfer": "Send an agent's caller to another agent or to a number.",
    "take_over": "Take an agent's caller to one's own phone.",
    "pick": "Give who waits longest to an agent, or to oneself.",
}
_MEANINGS = {
    "pbx": "exchange",
    "note": "why, for the audit",
    "confirmed": "true: a dangerous one is meant",
    "agent": "member name",
    "queue": "queue; absent: all of his",
    "reason": "one of the floor's pause reasons",
    "penalty": "the higher, the later he is called",
    "call": "the AGENT's call",
    "to": "agent:NAME or number:DIGITS",
    "caller": "uniqueid; absent: who waits longest",
}
_ALSO = (
    (400, "not what is expected here"),
    (404, "no such agent or queue of his"),
    (409, "not now; or not confirmed, then with `foresee`"),
    (422, "what was asked cannot be meant"),
    (429, "too often"),
    (502, "the exchange would not, or its answer was lost"),
    (503, "it cannot be put on record, so it was not done"),
)


def _operations() -> tuple[Operation, ...]:
    found = [
        Operation("/api/v1/commands", "What one may command here.", Right.SEE_FLOOR, JSON, ref("Offered")),
        Operation(
            PLACED, "What became of the phone that a command of one's own was to ring.", Right.SEE_FLOOR, JSON,
            ref("PlacedCall"), (("thread", "of the command's answer"),), ((404, "no such command of his"),),
        ),
    ]  # fmt: skip
    for command, kind in KINDS.items():
        takes = tuple((name, _MEANINGS[name]) for name in BODIES[command].__struct_fields__)
        path, summary = f"/api/v1/commands/{kind.act}", SUMMARIES[kind.act]
        found.append(Operation(path, summary, kind.right, JSON, ref("Done"), (), _ALSO, "POST", takes))
        ahead = f"What this would do: {summary[0].lower()}{summary[1:]}"
        found.append(
            Operation(f"{path}/foresee", ahead, kind.right, JSON, ref("Foreseen"), (), _ALSO[:4], "POST", takes)
        )
    return tuple(found)


OPERATIONS = _operations()
