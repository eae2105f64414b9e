"""Commands over HTTP: by right, judged by the commander, in both languages, and no field says more than it should."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from floor.audit.model import Doer, Entry, Stage
from floor.command.model import KINDS, CallAgent, Command, Done, HangUp, Pause, PickCaller, Transfer
from floor.command.placed import PlacedCall
from floor.command.ports import NotAllowedError
from floor.command.refusals import refused
from floor.people.model import Role, SignedIn
from floor.people.rights import RIGHTS, Right
from tests.support.people import PeopleDouble, person
from tests.web.conftest import House, Open
from tests.web.visitor import Visitor, visiting
from web.command_api import BODIES, OPERATIONS

STAFF = tuple(person(role) for role in Role if role is not Role.OUTSIDE)
INJECTED = "x\r\nAction: Command\r\nCommand: core stop now"
WORDS = {"en": "Ends the call.", "zh": "挂断通话。"}
WHOLE: dict[str, dict[str, Any]] = {
    "pause": {"agent": "Ann", "reason": "meal"},
    "unpause": {"agent": "Ann"},
    "log_on": {"agent": "Ann", "queue": "support"},
    "log_off": {"agent": "Ann"},
    "penalty": {"agent": "Ann", "queue": "support", "penalty": 3},
    "call_agent": {"agent": "Ann"},
    "hang_up": {"agent": "Ann", "call": "1.1"},
    "transfer": {"agent": "Ann", "call": "1.1", "to": "agent:Bob"},
    "take_over": {"agent": "Ann", "call": "1.1"},
    "pick": {"queue": "support"},
}


DONE = Done(True, "Channel Hungup", "t1")


@dataclass
class CommanderDouble:
    """Does what it is told, and keeps it; ``error`` is raised instead."""

    done: list[tuple[Command, bool, str, str]] = field(default_factory=list)
    foreseen: list[Command] = field(default_factory=list)
    answer: Done = DONE
    error: NotAllowedError | None = None
    call: PlacedCall = PlacedCall(Entry("t1", "pick", Stage.ASKED, 1.0, Doer("Lin", 1)))  # noqa: RUF009 - frozen

    def foresee(self, who: SignedIn, command: Command) -> Mapping[str, str]:
        if self.error is not None:
            raise self.error
        self.foreseen.append(command)
        return WORDS

    def phone_of(self, who: SignedIn, pbx: str) -> str | None:
        return f"PJSIP/{who.person.id}" if pbx == "pbx1" else None

    def reasons(self) -> Mapping[str, Sequence[str]]:
        return {"away": ("meal",), "work": ("acw",)}

    def placed(self, who: SignedIn, thread: str) -> PlacedCall:
        if (who.person.role, thread) != (Role.LEADER, "t1"):
            raise refused("no_command")
        return self.call

    async def do(
        self, who: SignedIn, command: Command, *, confirmed: bool = False, note: str = "", address: str = ""
    ) -> Done:
        self.foresee(who, command)
        self.done.append((command, confirmed, note, address))
        return self.answer


@dataclass
class Scene:
    commander: CommanderDouble
    visitor: Visitor
    house: House

    async def send(self, kind: str, **more: Any) -> Any:
        return await self.visitor.send(f"/api/v1/commands/{kind}", {"pbx": "pbx1", **WHOLE[kind], **more})


@pytest.fixture
async def scene(open_house: Open) -> AsyncIterator[Scene]:
    commander = CommanderDouble()
    house = await open_house(staff=STAFF, parts={"commander": commander, "people": PeopleDouble(STAFF)})
    async with visiting(house) as visitor:
        yield Scene(commander, visitor, house)


def test_every_kind_has_a_body() -> None:
    """And the table of this test knows them all."""
    assert BODIES.keys() == KINDS.keys()
    assert {kind.act for kind in KINDS.values()} == WHOLE.keys()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OUTSIDE])
async def test_rights(scene: Scene, role: Role) -> None:
    """Each kind and its look ahead by its right; who has it not reaches nobody."""
    await scene.visitor.sign_in(role.value)
    for kind in KINDS.values():
        allowed = kind.right in RIGHTS[role]
        before = len(scene.commander.foreseen)
        for path in (f"/api/v1/commands/{kind.act}", f"/api/v1/commands/{kind.act}/foresee"):
            answer = await scene.visitor.send(path, {"pbx": "pbx1", **WHOLE[kind.act]})
            assert answer.status_code == (200 if allowed else 403), path
        assert (len(scene.commander.foreseen) > before) is allowed


async def test_done(scene: Scene) -> None:
    """What is asked for reaches the commander whole, with whence it came; his word comes back."""
    await scene.visitor.sign_in("leader")
    answer = await scene.send("hang_up", confirmed=True, note="abusive")
    assert scene.commander.done == [(HangUp("pbx1", "Ann", "1.1"), True, "abusive", "127.0.0.1")]
    assert answer.json() == {
        "ok": True, "said": "Channel Hungup", "thread": "t1", "placed": False,
        "words": {"en": "The exchange has taken it.", "zh": "交换机已受理。"},
    }  # fmt: skip
    await scene.send("pick", agent="Bob", caller="2.2")
    await scene.send("pause", queue="support")
    await scene.send("call_agent")
    await scene.send("transfer")
    assert [command for command, *_ in scene.commander.done[1:]] == [
        PickCaller("pbx1", "support", "Bob", "2.2"),
        Pause("pbx1", "Ann", "meal", "support"),
        CallAgent("pbx1", "Ann"),
        Transfer("pbx1", "Ann", "1.1", "agent:Bob"),
    ]


async def test_refused_and_lost(scene: Scene) -> None:
    """502 with the exchange's words; a lost answer says that it may have been done."""
    await scene.visitor.sign_in("leader")
    scene.commander.answer = Done(False, "Permission denied", "t2")
    answer = await scene.send("hang_up", confirmed=True)
    assert answer.status_code == 502
    assert answer.json()["error"] == "The exchange would not: Permission denied"
    scene.commander.answer = Done(False, "no answer in 5 s", "t3", lost=True)
    answer = await scene.send("hang_up", confirmed=True)
    assert (answer.status_code, answer.json()["lost"], answer.json()["thread"]) == (502, True, "t3")
    assert "perhaps it was done" in answer.json()["error"]


async def test_not_allowed(scene: Scene) -> None:
    """The commander's own status and words; with what would happen, where it wants to be confirmed."""
    await scene.visitor.sign_in("leader")
    scene.commander.error = NotAllowedError(409, "this wants to be confirmed", "需要确认", WORDS)
    answer = await scene.send("hang_up")
    assert (answer.status_code, answer.json()["foresee"]) == (409, WORDS)
    scene.commander.error = NotAllowedError(404, "there is no such agent of yours", "没有该座席")
    answer = await scene.visitor.send("/api/v1/commands/hang_up/foresee", {"pbx": "pbx1", **WHOLE["hang_up"]})
    assert (answer.status_code, answer.json()["words"]["zh"]) == (404, "没有该座席")
    assert "foresee" not in answer.json()


async def test_foreseen(scene: Scene) -> None:
    """In words, and nothing is done."""
    await scene.visitor.sign_in("leader")
    answer = await scene.visitor.send("/api/v1/commands/hang_up/foresee", {"pbx": "pbx1", **WHOLE["hang_up"]})
    assert answer.json() == {"words": WORDS, "dangerous": True}
    assert scene.commander.done == []


@pytest.mark.parametrize("role", ["leader", "coach"])
async def test_offered(scene: Scene, role: str) -> None:
    """What one may command, the floor's reasons, and which phone of one's own would ring."""
    await scene.visitor.sign_in(role)
    offered = (await scene.visitor.get("/api/v1/commands")).json()
    assert set(offered["kinds"]) == (set(WHOLE) if role == "leader" else set())
    assert offered["reasons"] == {"away": ["meal"], "work": ["acw"]}
    if role == "leader":
        assert offered["phones"]["pbx1"].startswith("PJSIP/")
        assert offered["kinds"]["hang_up"] == {"dangerous": True}


@pytest.mark.parametrize("kind", WHOLE)
async def test_bodies(scene: Scene, kind: str) -> None:
    """A field missing, unknown, of another kind or too long: 400, and nobody is asked."""
    await scene.visitor.sign_in("leader")
    wrong: list[Any] = [{}, [], {"pbx": "pbx1"} if kind != "pick" else {"pbx": "pbx1", "queue": ""}]
    whole = {"pbx": "pbx1", **WHOLE[kind]}
    wrong += [{**whole, "more": 1}, {**whole, "pbx": "x" * 300}, {**whole, "pbx": None}, {**whole, "confirmed": "yes"}]
    wrong += [{**whole, name: ["x"]} for name in whole]
    for body in wrong:
        answer = await scene.visitor.send(f"/api/v1/commands/{kind}", body)
        assert answer.status_code == 400, body
    assert scene.commander.done == []


@pytest.mark.parametrize("kind", WHOLE)
async def test_injected_fields_are_values(scene: Scene, kind: str) -> None:
    """A line break in any field stays one value of this field: it is for the commander and the exchange's side to
    refuse, who are tested for it (tests/command, tests/asterisk_link/test_orders.py)."""
    await scene.visitor.sign_in("leader")
    for name in {"pbx", *WHOLE[kind]} - {"penalty"}:
        answer = await scene.send(kind, **{name: INJECTED})
        assert answer.status_code == 200
        command = scene.commander.done[-1][0]
        assert getattr(command, name) == INJECTED
        others = {one: getattr(command, one) for one in WHOLE[kind] if one != name}
        assert others == {one: value for one, value in WHOLE[kind].items() if one != name}


def test_every_route_has_its_row() -> None:
    """With the right it needs."""
    rows = {operation.path: operation.needs for operation in OPERATIONS}
    for kind in KINDS.values():
        assert rows[f"/api/v1/commands/{kind.act}"] == rows[f"/api/v1/commands/{kind.act}/foresee"] == kind.right
    assert rows["/api/v1/commands"] == Right.SEE_FLOOR


async def test_what_became_of_the_phone(scene: Scene) -> None:
    """Nothing while it rings, then the sentence; of another's command as little as of none."""
    await scene.visitor.sign_in("leader")
    scene.commander.answer = replace(DONE, placed=True)
    assert (await scene.send("pick", confirmed=True)).json()["placed"] is True
    path = "/api/v1/commands/placed/t1"
    assert (await scene.visitor.get(path)).json() == {"act": "pick", "reached": None, "words": {}}
    scene.commander.call = replace(scene.commander.call, reached="unanswered")
    told = (await scene.visitor.get(path)).json()
    assert (told["reached"], set(told["words"])) == ("unanswered", {"en", "zh"})
    assert (await scene.visitor.get("/api/v1/commands/placed/t2")).status_code == 404
    await scene.visitor.sign_in("chief")
    assert (await scene.visitor.get(path)).status_code == 404
