"""Seats on chan_sip, which version 16 still has."""

from __future__ import annotations

from tests.asterisk.cast import Needs, scenario
from tests.asterisk.stage import Stage

_SIP = Needs(seat="SIP/{number}", versions=("16",))


@scenario(_SIP)
async def chan_sip_hold(s: Stage) -> None:
    """Ann's phone is a chan_sip peer; she holds the caller once; the caller hangs up."""
    await s.connect()
    await s.pass_time(1)
    await s.hold(2)
    await s.caller.hangup()


@scenario(_SIP)
async def chan_sip_phone_lost(s: Stage) -> None:
    """Ann's chan_sip phone signs off, comes back and rejects a call."""
    await s.ann.switch_off()
    await s.device(s.ann, "UNAVAILABLE")
    await s.switch_on(s.ann)
    await s.calls()
    await s.ann.ringing()
    await s.ann.hangup()
    await s.event("AgentRingNoAnswer", Queue=s.queue)
    await s.caller.hangup()
