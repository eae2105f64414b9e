"""Calls which an agent answers, holds and ends."""

from __future__ import annotations

import asyncio

from tests.asterisk.cast import Needs, scenario
from tests.asterisk.stage import Stage


@scenario()
async def answered_caller_hangs_up(s: Stage) -> None:
    """Ann answers; after two seconds of talk the caller hangs up."""
    await s.connect()
    await s.pass_time(2)
    await s.caller.hangup()


@scenario()
async def answered_agent_hangs_up(s: Stage) -> None:
    """Ann answers; after two seconds of talk she hangs up."""
    await s.connect()
    await s.pass_time(2)
    await s.ann.hangup()


@scenario()
async def hold_once(s: Stage) -> None:
    """Ann puts the caller on hold for two seconds, comes back, the caller hangs up."""
    await s.connect()
    await s.pass_time(1)
    await s.ann.hold()
    await s.event("Hold", Channel=(await s.leg(s.ann)))
    await s.pass_time(2)
    await s.ann.resume()
    await s.event("Unhold", Channel=(await s.leg(s.ann)))
    await s.pass_time(1)
    await s.caller.hangup()


@scenario()
async def hold_several(s: Stage) -> None:
    """Ann holds the caller three times; then she hangs up."""
    await s.connect()
    for _ in range(3):
        await s.hold(1)
        await s.pass_time(0.5)
    await s.ann.hangup()


@scenario()
async def hold_caller_hangs_up(s: Stage) -> None:
    """The caller hangs up while held."""
    await s.connect()
    await s.ann.hold()
    await s.event("Hold", Channel=(await s.leg(s.ann)))
    await s.pass_time(2)
    await s.caller.hangup()


@scenario()
async def hold_agent_hangs_up(s: Stage) -> None:
    """Ann hangs up while she holds the caller."""
    await s.connect()
    await s.ann.hold()
    await s.event("Hold", Channel=(await s.leg(s.ann)))
    await s.pass_time(2)
    await s.ann.hangup()


@scenario(Needs(queue={"timeout": "20"}))
async def late_answer(s: Stage) -> None:
    """Ann lets the caller wait sixteen seconds before she answers."""
    await s.calls()
    await s.ann.ringing()
    await s.pass_time(16.5)
    await s.ann.accept()
    await s.event("AgentConnect", Queue=s.queue)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(callers=2))
async def two_callers_one_agent(s: Stage) -> None:
    """The second caller waits until Ann is done with the first."""
    first, second = s.callers
    await s.calls(first)
    await s.ann.accept()
    await s.calls(second)
    await s.pass_time(2)
    await first.hangup()
    await s.ann.accept(2)
    await s.pass_time(1)
    await s.ann.hangup()


@scenario(Needs(agents=2, queue={"timeout": "2"}))
async def ring_no_answer_then_other(s: Stage) -> None:
    """Ann lets it ring out, Bob answers."""
    await s.calls()
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(agents=2))
async def agent_rejects(s: Stage) -> None:
    """Ann presses the reject key, Bob answers."""
    await s.calls()
    await s.ann.ringing()
    await s.pass_time(0.5)
    await s.ann.hangup()
    await s.bob.accept()
    await s.pass_time(1)
    await s.bob.hangup()


@scenario(Needs(agents=3, queue={"strategy": "ringall"}))
async def ring_all(s: Stage) -> None:
    """Three phones ring, Bob takes the call, the others stop ringing."""
    await s.calls()
    await asyncio.gather(s.ann.ringing(), s.bob.ringing(), s.cho.ringing())
    await s.pass_time(1)
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(agents=3, queue={"strategy": "ringall"}))
async def ring_all_photo_finish(s: Stage) -> None:
    """Three phones ring and two agents pick up within the same moment: one gets the caller."""
    await s.calls()
    await asyncio.gather(s.ann.ringing(), s.bob.ringing(), s.cho.ringing())
    await asyncio.gather(s.ann.command("accept"), s.bob.command("accept"))
    await s.event("AgentConnect", Queue=s.queue)
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(entry=("Queue({queue},tc)", "Wait(2)", "Hangup()")))
async def continues_after_agent(s: Stage) -> None:
    """Ann hangs up and the caller goes on in the dialplan (a survey, say)."""
    await s.connect()
    await s.pass_time(1)
    await s.ann.hangup()


@scenario(
    Needs(
        callers=3,
        queue={"strategy": "linear"},
        entry=('Set(QUEUE_PRIO=${IF($["${CALLERID(num):-1}" = "3"]?10:0)})', "Queue({queue},t)"),
    )
)
async def priority_caller(s: Stage) -> None:
    """The third caller has priority and is served before the second."""
    first, second, third = s.callers
    await s.calls(first)
    await s.ann.accept()
    await s.calls(second)
    await s.calls(third)
    await first.hangup()
    await s.ann.accept(2)
    await s.pass_time(1)
    await third.hangup()
    await s.ann.accept(3)
    await s.pass_time(1)
    await second.hangup()
