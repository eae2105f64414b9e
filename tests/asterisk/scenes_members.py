"""Agents who come, go, pause, and sit in different ways behind a queue."""

from __future__ import annotations

from tests.asterisk.cast import Needs, scenario
from tests.asterisk.stage import Stage

LOCAL = "Local/{number}@agents/n"
# As FreePBX sets its agents up: through the dialplan to the phone, state taken from the phone.
THROUGH = "Local/{number}@internal/n"
OPTIMISED = "Local/{number}@internal"


@scenario(Needs(agents=0, others=1, callers=0, no_members=True))
async def member_comes_and_goes(s: Stage) -> None:
    """An agent is added, gets a penalty, is paused with a reason, unpaused and removed."""
    agent = s.agent(0)
    who = {"Queue": s.queue, "Interface": agent.interface}
    await s.ami.action("QueueAdd", **who, MemberName=agent.name, Penalty="0")
    await s.ami.action("QueuePenalty", **who, Penalty="3")
    await s.pause(0, "coaching")
    await s.pass_time(1)
    await s.pause(0, paused=False)
    await s.ami.action("QueueRemove", **who)
    await s.event("QueueMemberRemoved", Queue=s.queue)


@scenario(Needs(agents=2, callers=0, second={}, second_has_agents=True))
async def pauses_in_two_queues(s: Stage) -> None:
    """Ann pauses everywhere, changes the reason, comes back; Bob pauses in one queue only."""
    await s.pause(0, "break")
    await s.pass_time(1)
    await s.pause(0, "meal")
    await s.pause(1, "ticket", queue=s.second)
    await s.pass_time(1)
    await s.pause(0, paused=False)
    await s.pause(1, queue=s.second, paused=False)
    await s.event("QueueMemberPause", Queue=s.second, MemberName=s.agent(1).name, Paused="0")


@scenario(Needs(agents=2))
async def paused_while_talking(s: Stage) -> None:
    """Ann pauses during a call and keeps talking; the next call goes to Bob."""
    await s.connect()
    await s.pause(0, "acw")
    await s.pass_time(1)
    await s.ann.hangup()
    await s.gone()
    await s.caller.dial(s.number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()
    await s.pause(0, paused=False)


@scenario(Needs(agents=2, queue={"timeout": "15"}))
async def paused_while_ringing(s: Stage) -> None:
    """Ann is paused while her phone rings; it goes on ringing and she answers."""
    await s.calls()
    await s.ann.ringing()
    await s.pause(0, "private")
    await s.pass_time(1)
    await s.ann.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(agents=0, others=1, no_members=True, queue={"timeout": "15"}))
async def removed_while_talking(s: Stage) -> None:
    """Bob signs out of the queue while he still talks to a caller."""
    agent = s.agent(0)
    who = {"Queue": s.queue, "Interface": agent.interface}
    await s.ami.action("QueueAdd", **who, MemberName=agent.name)
    await s.calls()
    await s.ann.accept()
    await s.pass_time(1)
    await s.ami.action("QueueRemove", **who)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(seat=LOCAL, state="Custom:a{number}"))
async def local_seat_custom_state(s: Stage) -> None:
    """Ann is a Local channel whose state is a Custom device; the caller hangs up."""
    await s.calls()
    await s.event("AgentConnect", Queue=s.queue)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(seat=LOCAL, state="hint:{number}@agents", hint="Custom:a{number}"))
async def local_seat_hint_state(s: Stage) -> None:
    """Ann is a Local channel whose state comes from a hint; the caller hangs up."""
    await s.calls()
    await s.event("AgentConnect", Queue=s.queue)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(agents=2, seat=LOCAL, state="Custom:a{number}", queue={"timeout": "2"}))
async def local_seat_no_answer(s: Stage) -> None:
    """Ann, a Local channel, lets it ring out; Bob, another, answers."""
    await s.behave(0, "ignore")
    await s.calls()
    await s.event("AgentConnect", Queue=s.queue, MemberName=s.agent(1).name)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(agents=2, seat=LOCAL, state="Custom:a{number}"))
async def local_seat_rejects(s: Stage) -> None:
    """Ann, a Local channel, is busy; Bob, another, answers."""
    await s.behave(0, "reject")
    await s.calls()
    await s.event("AgentConnect", Queue=s.queue, MemberName=s.agent(1).name)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(seat=THROUGH, state="PJSIP/{number}"))
async def phone_behind_local_hold(s: Stage) -> None:
    """The queue reaches Ann's phone through a Local channel; she holds the caller once."""
    await s.connect()
    await s.hold(2)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(seat=THROUGH, state="PJSIP/{number}"))
async def phone_behind_local_agent_hangs_up(s: Stage) -> None:
    """The queue reaches Ann's phone through a Local channel; she hangs up."""
    await s.connect()
    await s.pass_time(1)
    await s.ann.hangup()


@scenario(Needs(agents=2, seat=THROUGH, state="PJSIP/{number}", queue={"timeout": "2"}))
async def phone_behind_local_no_answer(s: Stage) -> None:
    """Through Local channels: Ann lets it ring out, Bob rejects, Ann answers the second time."""
    await s.calls()
    await s.bob.ringing()
    await s.bob.hangup()
    await s.ann.accept(2)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1, seat=THROUGH, state="PJSIP/{number}"))
async def phone_behind_local_blind_transfer(s: Stage) -> None:
    """The queue reaches Ann's phone through a Local channel; she hands the caller to Bob."""
    await s.connect()
    await s.pass_time(1)
    await s.ann.transfer(s.bob.number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.bob.hangup()


@scenario(Needs(others=1, seat=THROUGH, state="PJSIP/{number}"))
async def phone_behind_local_attended_transfer(s: Stage) -> None:
    """The queue reaches Ann's phone through a Local channel; she asks Bob and hands the caller over."""
    await s.connect()
    await s.pass_time(1)
    await s.consult(s.bob.number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.ann.hangup()
    await s.pass_time(1)
    await s.bob.hangup()


@scenario(Needs(seat=OPTIMISED, state="PJSIP/{number}"))
async def phone_behind_optimised_local(s: Stage) -> None:
    """The Local channel between queue and phone removes itself after the answer; Ann holds once."""
    await s.connect()
    await s.pass_time(1)
    await s.hold(1)
    await s.pass_time(1)
    await s.caller.hangup()
