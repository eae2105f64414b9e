"""What is sent about calls, and what is said of it before; never about another call than was meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.command.model import HangUp, PickCaller, TakeOver, Transfer
from floor.people.model import Role
from floor.state.model import AgentState, CallKind, Leg, LegStage
from tests.command.floor import NOW, PHONE, agent, busy_floor, caller, channel, house, member, unreachable
from tests.command.test_judge import judged, refusal
from tests.command.test_members import sent

ANNS, CALLERS = "PJSIP/1001-00000002", "PJSIP/trunk-00000001"


async def test_hang_up() -> None:
    """His own leg by its whole name; how long, where and what is counted is said before, in both languages."""
    plan, told = await sent(HangUp("pbx", "Ann", "1.0"))
    assert told == [("hang_up", "pbx", ANNS)]
    assert plan.words["en"] == (
        "Ends Ann's call of 3:12 in support; the caller is cut off. The figures count it as ended by the caller."
    )
    assert "3:12" in plan.words["zh"]
    assert (plan.agent, plan.queue, plan.call) == ("Ann", "support", "1.0")
    assert plan.more == {"channel": "8.2", "party": "1.1"}


@pytest.mark.parametrize("call", ["", "7.7", "2.2", "3.3"])
def test_only_the_call_that_was_meant(call: str) -> None:
    """A call that is over, another's or none: refused, whatever he talks on now."""
    assert refusal(HangUp("pbx", "Ann", call)) == (409, "that call is over; Ann has another one")
    assert refusal(HangUp("pbx", "Bob", call)) == (409, "Bob talks to nobody just now")


async def test_transfer_to_a_number() -> None:
    """The caller's own channel goes to the context that is set; what it is called elsewhere is not guessed."""
    plan, told = await sent(Transfer("pbx", "Ann", "1.0", "number:7002"))
    assert told == [("redirect", "pbx", CALLERS, "internal", "7002")]
    assert "until the caller hangs up" in plan.words["en"]
    plan, _ = await sent(Transfer("pbx", "Ann", "1.0", "number:13812345678"))
    assert plan.more["to"] == "number:138******78"
    assert refusal(Transfer("pbx", "Ann", "1.0", "number:1"), transfer_context="")[0] == 409


@pytest.mark.parametrize("to", ["", "7002", "number:", "number:s", "number:1,2", "number:1\r\nAction: x", "queue:x"])
def test_targets_are_judged(to: str) -> None:
    assert refusal(Transfer("pbx", "Ann", "1.0", to))[0] == 422


async def test_transfer_to_an_agent() -> None:
    """His phone rings, and then the caller is there; not to whom has a call, nor to whom has him already."""
    plan, told = await sent(Transfer("pbx", "Ann", "1.0", "agent:Bob"))
    assert told == [("bridge", "pbx", "PJSIP/1002", CALLERS, "timeout_s=30.0")]
    assert plan.words["en"].startswith("Bob's phone rings; when it is lifted, the caller of Ann's call")
    assert refusal(Transfer("pbx", "Ann", "1.0", "agent:Ann"))[0] == 409
    assert refusal(Transfer("pbx", "Ann", "1.0", "agent:Cho"))[0] == 404
    view = busy_floor()
    view.put(unreachable("PJSIP/1002"))
    assert refusal(Transfer("pbx", "Ann", "1.0", "agent:Bob"), view=view)[0] == 409


async def test_take_over() -> None:
    """One's own phone in his place; not from one's own phone, and not without one."""
    plan, told = await sent(TakeOver("pbx", "Ann", "8.2"))
    assert told == [("bridge", "pbx", PHONE, CALLERS, "timeout_s=30.0")]
    assert "Until then nothing changes" in plan.words["en"]
    assert refusal(TakeOver("pbx", "Ann", "1.0"), own_phone=lambda _person, _pbx: "PJSIP/1001")[0] == 409
    assert refusal(TakeOver("pbx", "Ann", "1.0"), own_phone=lambda _person, _pbx: None)[0] == 409


def test_ones_own_phone_must_be_free() -> None:
    """The exchange would refuse to ring it, and nobody would hear of that."""
    view = busy_floor()
    view.put(channel("5.5", f"{PHONE}-00000005", "5.5"), channel("5.6", "PJSIP/80011-00000005", "5.6"))
    assert refusal(TakeOver("pbx", "Ann", "1.0"), view=view) == (409, f"your phone {PHONE} has a call; end it first")
    view.channels.pop(("pbx", "5.5"))
    assert judged(TakeOver("pbx", "Ann", "1.0"), Role.LEADER) is None


async def test_pick() -> None:
    """Who waits longest, or the one who is named; to oneself or to an agent."""
    plan, told = await sent(PickCaller("pbx", "support"))
    assert told == [("bridge", "pbx", PHONE, "PJSIP/trunk-00000003", "timeout_s=30.0")]
    assert "has waited 1:12 in support" in plan.words["en"]
    assert "given up" in plan.words["en"]
    assert plan.more["caller"] == "2.2"
    _, told = await sent(PickCaller("pbx", "support", "Bob", "3.3"))
    assert told == [("bridge", "pbx", "PJSIP/1002", "PJSIP/trunk-00000004", "timeout_s=30.0")]
    assert refusal(PickCaller("pbx", "support", "Ann")) == (409, "Ann has a call already")
    assert refusal(PickCaller("pbx", "support", "", "1.1")) == (409, "this caller does not wait any more")
    view = busy_floor()
    view.callers.clear()
    assert refusal(PickCaller("pbx", "support"), view=view) == (409, "nobody waits in support")


def test_whose_other_end_is_not_known() -> None:
    """Nobody is moved on a guess."""
    view = busy_floor()
    view.channels.pop(("pbx", "1.1"))
    assert refusal(TakeOver("pbx", "Ann", "1.0"), view=view)[0] == 409


async def test_the_other_end_by_the_bridge() -> None:
    """A call of no queue: whoever is alone with him in the bridge; with a third in it, nobody."""
    view = busy_floor()
    leg = Leg("8.2", LegStage.UP, CallKind.DIRECT, NOW - 9)
    view.put(
        agent("Ann", member("Ann", "support", "PJSIP/1001"), state=AgentState.TALKING, legs=(leg,)),
        channel("8.2", ANNS, "5.5", bridge="b"),
        channel("5.5", "PJSIP/trunk-00000009", "5.5", bridge="b"),
        channel("6.6", "PJSIP/spy-00000009", "6.6", bridge="b", listens=True),
    )
    plan, told = await sent(TakeOver("pbx", "Ann", "5.5"), view=view)
    assert told[0][3] == "PJSIP/trunk-00000009"
    assert "figures" not in plan.words["en"]
    view.put(channel("7.7", "PJSIP/third-00000009", "5.5", bridge="b"))
    assert refusal(TakeOver("pbx", "Ann", "5.5"), view=view)[0] == 409


async def test_the_longest_waiting_is_of_this_queue() -> None:
    """Not of another one, however long he waits there."""
    view = busy_floor()
    elsewhere = caller("9.9", NOW - 999)

    view.put(replace(elsewhere, queue="sales"), channel("9.9", "PJSIP/trunk-00000099", "9.9"))
    plan, _ = await sent(PickCaller("pbx", "support"), view=view)
    assert plan.more["caller"] == "2.2"
    assert house(view).floor is view
