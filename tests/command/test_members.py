"""What is sent about an agent's place in queues, and what is said of it before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from floor.command.judge import judge
from floor.command.model import CallAgent, Command, LogOff, LogOn, Pause, SetPenalty, Unpause
from floor.command.plan import Plan
from floor.people.model import Role
from tests.command.floor import LIN, PHONE, Board, agent, busy_floor, house, member, paused, unreachable
from tests.command.test_judge import refusal

CHIEF = Role.CHIEF


async def sent(command: Command, **more: Any) -> tuple[Plan, list[tuple[Any, ...]]]:
    """The plan, and what reaches the exchange."""

    plan = judge(replace(LIN, role=CHIEF), command, house(**more))
    board = Board()
    for order in plan.orders:
        await order(board)  # type: ignore[arg-type]
    return plan, board.told


async def test_pause() -> None:
    """Everywhere in one action, or in one queue; once per phone."""
    plan, told = await sent(Pause("pbx", "Bob", "meal"))
    assert told == [("pause", "pbx", "PJSIP/1002", True, "reason=meal")]
    assert plan.words["en"] == "Pauses Bob in all his queues, reason meal; no call is offered to him from there."
    assert "Bob" in plan.words["zh"]
    _, told = await sent(Pause("pbx", "Bob", "meal", "sales"))
    assert told == [("pause", "pbx", "PJSIP/1002", True, "queue=sales", "reason=meal")]


async def test_ready() -> None:
    """Who is paused becomes ready; who is not is told so."""
    view = busy_floor()
    view.put(agent("Bob", paused(member("Bob", "support", "PJSIP/1002"))))
    _, told = await sent(Unpause("pbx", "Bob"), view=view)
    assert told == [("pause", "pbx", "PJSIP/1002", False)]
    assert refusal(Unpause("pbx", "Ann")) == (409, "Ann is not paused")
    assert refusal(Pause("pbx", "Bob", "meal"), view=view)[0] == 409
    assert (await sent(Pause("pbx", "Bob", "acw"), view=view))[1]  # another reason is another pause


@pytest.mark.parametrize("reason", ["", "lunch", "meal\r\nAction: x"])
def test_only_the_floors_reasons(reason: str) -> None:
    assert refusal(Pause("pbx", "Bob", reason)) == (422, "the reason must be one of: meal, break, acw")


async def test_log_on() -> None:
    """At his phone of now, else where he sat last; nowhere known: said so."""
    _, told = await sent(LogOn("pbx", "Ann", "sales", 2))
    assert told == [("add_member", "pbx", "sales", "PJSIP/1001", "name=Ann", "penalty=2")]
    view = busy_floor()
    view.put(agent("Bob"))
    assert refusal(LogOn("pbx", "Bob", "support"), view=view)[0] == 409
    last = member("Bob", "support", "Local/1002@agents")
    _, told = await sent(LogOn("pbx", "Bob", "support"), view=view, last_seat=lambda _pbx, _name: last)
    assert told == [("add_member", "pbx", "support", "Local/1002@agents", "name=Bob")]
    assert refusal(LogOn("pbx", "Ann", "support")) == (409, "Ann is a member of support already")


async def test_log_off() -> None:
    """Out of what lets him go; a fixed member stays, and it is said."""
    plan, told = await sent(LogOff("pbx", "Bob"))
    assert told == [("remove_member", "pbx", "support", "PJSIP/1002")]
    assert plan.words["en"].endswith("He stays a fixed member of sales.")
    assert refusal(LogOff("pbx", "Bob", "sales"), CHIEF)[0] == 409
    view = busy_floor()
    view.put(agent("Bob"))
    assert refusal(LogOff("pbx", "Bob"), view=view) == (409, "Bob is logged in to no queue")


async def test_penalty() -> None:
    """From what to what is said and on record."""
    plan, told = await sent(SetPenalty("pbx", "Ann", "support", 7))
    assert told == [("set_penalty", "pbx", "support", "PJSIP/1001", 7)]
    assert (plan.more["before"], plan.more["after"]) == (0, 7)
    assert "from 0 to 7" in plan.words["en"]
    assert refusal(SetPenalty("pbx", "Ann", "support", -1))[0] == 422
    assert refusal(SetPenalty("pbx", "Ann", "support", 10**9))[0] == 422
    assert refusal(SetPenalty("pbx", "Ann", "sales", 1), CHIEF) == (409, "Ann is no member of sales")


async def test_call() -> None:
    """One's own phone, then his; not when that is the same one, is missing, or is out of reach."""
    plan, told = await sent(CallAgent("pbx", "Bob"))
    assert told == [("dial", "pbx", PHONE, "PJSIP/1002", "timeout_s=30.0")]
    assert PHONE in plan.words["en"]
    assert refusal(CallAgent("pbx", "Bob"), own_phone=lambda _person, _pbx: None)[0] == 409
    assert refusal(CallAgent("pbx", "Bob"), own_phone=lambda _person, _pbx: "PJSIP/1002")[0] == 409
    view = busy_floor()
    view.put(unreachable("PJSIP/1002"))
    assert refusal(CallAgent("pbx", "Bob"), view=view) == (409, "the phone PJSIP/1002 cannot be reached just now")
