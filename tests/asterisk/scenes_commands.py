"""What a supervisor does from the console: ending, moving and taking calls, by AMI alone and no dialplan of ours."""

from __future__ import annotations

from tests.asterisk.cast import Needs, scenario
from tests.asterisk.phones import Phone
from tests.asterisk.stage import Stage


async def bridge(s: Stage, phone: Phone, caller: str) -> None:
    """Rings a phone and, when it is lifted, takes the caller's channel to it."""
    await s.ami.action(
        "Originate", Channel=f"PJSIP/{phone.number}", Application="Bridge", Data=caller, Async="true", Timeout="20000"
    )


@scenario()
async def supervisor_hangs_up(s: Stage) -> None:
    """The chief ends Ann's call."""
    await s.connect()
    await s.pass_time(2)
    await s.ami.action("Hangup", Channel=await s.leg(s.ann), Cause="16")


@scenario(Needs(others=1))
async def supervisor_takes_over(s: Stage) -> None:
    """The chief's own phone rings and takes Ann's place; the caller hangs up."""
    await s.connect()
    await s.pass_time(1)
    await bridge(s, s.bob, await s.leg(s.caller))
    await s.bob.accept()
    await s.pass_time(2)
    await s.caller.hangup()


@scenario(Needs(others=1))
async def supervisor_does_not_lift(s: Stage) -> None:
    """The chief's phone rings, and he does not take over after all; the caller hangs up on Ann."""
    await s.connect()
    await bridge(s, s.bob, await s.leg(s.caller))
    await s.bob.ringing()
    await s.pass_time(1)
    await s.bob.hangup()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}))
async def supervisor_hands_to_agent(s: Stage) -> None:
    """The chief has Ann's caller go to Bob, who serves another queue; Bob hangs up."""
    await s.connect()
    await s.pass_time(1)
    await bridge(s, s.bob, await s.leg(s.caller))
    await s.bob.accept()
    await s.pass_time(2)
    await s.bob.hangup()


@scenario(Needs(others=1))
async def supervisor_picks_waiting(s: Stage) -> None:
    """Everybody is paused; the chief takes the waiting caller to his own phone, and hangs up in the end."""
    await s.pause(0, "lunch")
    await s.calls()
    await s.pass_time(1)
    await bridge(s, s.bob, await s.leg(s.caller))
    await s.bob.accept()
    await s.pass_time(2)
    await s.bob.hangup()
    await s.pause(0, paused=False)


@scenario(Needs(others=1))
async def supervisor_picks_ringing(s: Stage) -> None:
    """While Ann's phone rings for him, the chief takes the caller; the caller hangs up in the end."""
    await s.calls()
    await s.ann.ringing()
    await bridge(s, s.bob, await s.leg(s.caller))
    await s.bob.accept()
    await s.pass_time(2)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}))
async def supervisor_gives_waiting(s: Stage) -> None:
    """The chief gives the waiting caller to Bob, who serves another queue; the caller hangs up in the end."""
    await s.pause(0, "lunch")
    await s.calls()
    await s.pass_time(1)
    await bridge(s, s.bob, await s.leg(s.caller))
    await s.bob.accept()
    await s.pass_time(2)
    await s.caller.hangup()
    await s.pause(0, paused=False)


@scenario()
async def supervisor_gives_to_member(s: Stage) -> None:
    """Ann is paused in the queue; the chief gives her its waiting caller nevertheless, and she hangs up."""
    await s.pause(0, "acw")
    await s.calls()
    await s.pass_time(1)
    await bridge(s, s.ann, await s.leg(s.caller))
    await s.ann.accept()
    await s.pass_time(2)
    await s.ann.hangup()
    await s.pause(0, paused=False)


@scenario(Needs(others=1))
async def supervisor_sends_to_number(s: Stage) -> None:
    """The chief sends Ann's caller to a number of the dialplan, where Bob answers; the caller hangs up."""
    await s.connect()
    await s.pass_time(1)
    await s.ami.action("Redirect", Channel=await s.leg(s.caller), Context="internal", Exten=s.bob.number, Priority="1")
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}))
async def supervisor_sends_to_queue(s: Stage) -> None:
    """The chief sends Ann's caller to the second queue's number, where Bob answers; the caller hangs up."""
    await s.connect()
    await s.pass_time(1)
    await s.ami.action(
        "Redirect", Channel=await s.leg(s.caller), Context="internal", Exten=s.second_number, Priority="1"
    )
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()
