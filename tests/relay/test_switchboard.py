"""Commands from a node: the same words arrive, the same answers come back, and whatever is lost on the way is said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from floor.clock import SystemClock
from floor.ports import Announced, Answer, Reached, Switchboard
from floor.relay.clerk import SWITCHBOARD
from floor.relay.switchboard import announced, answer
from floor.relay.wire import MemoryWire
from tests.relay.board import PBX, Both

COMMANDS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "originate": (
        ("PJSIP/1",),
        {"application": "Playback", "data": "beep", "caller_id": "F", "timeout_s": 9.0, "variables": {"A": "b"}},
    ),
    "announce": (("PJSIP/1", ["beep"]), {"caller_id": "F", "ring_s": 9.0, "times": 1, "key_s": 5, "variables": {}}),
    "pause": (("PJSIP/1", True), {"queue": "support", "reason": "break"}),
    "set_variable": (("PJSIP/1-1", "A", "b"), {}),
    "hang_up": (("PJSIP/1-1",), {}),
    "redirect": (("PJSIP/1-1", "floor", "100"), {}),
    "bridge": (("PJSIP/1", "PJSIP/2-1"), {"caller_id": "F", "timeout_s": 9.0}),
    "dial": (("PJSIP/1", "PJSIP/2"), {"caller_id": "F", "timeout_s": 9.0}),
    "add_member": (("support", "PJSIP/1"), {"name": "Ann", "state_interface": "", "penalty": 2}),
    "remove_member": (("support", "PJSIP/1"), {}),
    "set_penalty": (("support", "PJSIP/1", 3), {}),
}  # fmt: skip


@pytest.fixture
async def both() -> AsyncIterator[Both]:
    wire = MemoryWire(SystemClock())
    async with Both(wire, wire) as made:
        yield made


@pytest.mark.parametrize("name", SWITCHBOARD)
async def test_a_command_arrives_as_it_was_given(both: Both, name: str) -> None:
    """Every argument under its own name; what the exchange says comes back as it is."""
    given, named = COMMANDS[name]
    said = await getattr(both.board, name)(PBX, *given, **named)
    ((told, (pbx,), fields),) = both.told.got
    assert (told, pbx) == (name, PBX)
    assert sorted(map(repr, fields.values())) == sorted(map(repr, (*given, *named.values())))
    assert {key: fields[key] for key in named} == named
    assert said == (both.told.announced if name == "announce" else both.told.answer)


def test_it_is_a_switchboard(both: Both) -> None:
    """Of the same form as the one beside the links."""
    board: Switchboard = both.board
    assert board is both.board


@pytest.mark.parametrize("said", [Answer(False, "no such channel"), Answer(False, "no answer", lost=True)])
async def test_what_the_exchange_refuses_or_does_not_answer(both: Both, said: Answer) -> None:
    """Comes back as such."""
    both.told.answer = said
    assert await both.board.hang_up(PBX, "PJSIP/1-1") == said


BROKEN = "PJSIP/1\r\nAction: Command"
HOSTILE: list[Callable[[Both], Awaitable[Answer]]] = [
    lambda both: both.board.hang_up(PBX, BROKEN),
    lambda both: both.board.dial(PBX, BROKEN, "PJSIP/2"),
    lambda both: both.board.dial(PBX, "PJSIP/1", "PJSIP/2", timeout_s=float("inf")),
    lambda both: both.board.add_member(PBX, "support", "PJSIP/1", penalty=-1),
    lambda both: both.board.originate(PBX, "PJSIP/1", application="Playback", variables={"A": BROKEN}),
]


@pytest.mark.parametrize("order", HOSTILE)
async def test_what_may_not_be_said_is_not_sent(both: Both, order: Callable[[Both], Awaitable[Answer]]) -> None:
    """A sentence names the field."""
    said = await order(both)
    assert (said.ok, said.lost) == (False, False)
    assert "field" in said.message
    assert both.told.got == []


async def test_an_exchange_that_nobody_holds(both: Both) -> None:
    """Said at once, for nothing was sent; a call that could not be placed did not reach anybody."""
    said = await both.board.hang_up("elsewhere", "PJSIP/1-1")
    assert said == Answer(False, "nobody is connected to this exchange at present, so the order was not sent")
    assert (await both.board.announce("elsewhere", "PJSIP/1", ["beep"])).reached is Reached.FAILED


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"ok": 1, "message": ["x"]}, Answer(False, "")),
        ({}, Answer(False, "")),
        ({"ok": True, "message": "a\nb", "lost": "yes"}, Answer(True, "a b")),
    ],
)
def test_answers_of_any_shape(said: dict[str, Any], meant: Answer) -> None:
    """Only a plain yes is a yes."""
    assert answer(said) == meant


def test_ends_of_any_shape() -> None:
    """A way for a call to end that we do not know is not known; a key is one key."""
    assert announced({"reached": "vanished", "key": "12", "said": 3}) == Announced(Reached.UNKNOWN)
    assert announced({"reached": "busy", "key": None, "said": "b"}) == Announced(Reached.BUSY, None, "b")
