"""Answered calls which are handed on."""

from __future__ import annotations

from tests.asterisk.cast import Needs, scenario
from tests.asterisk.stage import Stage


@scenario(Needs(others=1))
async def blind_transfer_to_phone(s: Stage) -> None:
    """Ann hands the caller to Bob without asking him; they talk; Bob hangs up."""
    await s.connect()
    await s.pass_time(1)
    await s.ann.transfer(s.bob.number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.bob.hangup()


@scenario(Needs(others=1))
async def blind_transfer_unanswered(s: Stage) -> None:
    """Ann hands the caller to Bob, who does not answer; the caller gives up."""
    await s.connect()
    await s.pass_time(1)
    await s.ann.transfer(s.bob.number)
    await s.bob.ringing()
    await s.pass_time(2)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}))
async def blind_transfer_to_queue(s: Stage) -> None:
    """Ann hands the caller to the second queue, where Bob answers."""
    await s.connect()
    await s.pass_time(1)
    await s.ann.transfer(s.second_number)
    await s.bob.ringing()
    await s.pass_time(1)
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1))
async def attended_transfer_to_phone(s: Stage) -> None:
    """Ann talks to Bob first, then hands the caller over; the caller hangs up."""
    await s.connect()
    await s.pass_time(1)
    await s.consult(s.bob.number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.ann.hangup()
    await s.event("AttendedTransfer")
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1))
async def attended_transfer_while_ringing(s: Stage) -> None:
    """Ann hands the caller over while Bob's phone still rings; Bob answers."""
    await s.connect()
    await s.pass_time(1)
    await s.consult(s.bob.number)
    await s.bob.ringing()
    await s.pass_time(1)
    await s.ann.hangup()
    await s.pass_time(1)
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}))
async def attended_transfer_to_queue(s: Stage) -> None:
    """Ann rings the second queue, waits with Bob's phone ringing, and lets go: Bob gets the caller."""
    await s.connect()
    await s.pass_time(1)
    await s.consult(s.second_number)
    await s.bob.ringing()
    await s.pass_time(1)
    await s.ann.hangup()
    await s.pass_time(1)
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()


@scenario(Needs(others=1, second={}))
async def attended_transfer_to_queue_answered(s: Stage) -> None:
    """Ann talks to Bob through the second queue, then hands the caller over."""
    await s.connect()
    await s.pass_time(1)
    await s.consult(s.second_number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.ann.hangup()
    await s.event("AttendedTransfer")
    await s.pass_time(1)
    await s.bob.hangup()


@scenario(Needs(others=1))
async def attended_transfer_after_hold(s: Stage) -> None:
    """Ann holds the caller, comes back, asks Bob and hands the caller over."""
    await s.connect()
    await s.hold(1)
    await s.pass_time(0.5)
    await s.consult(s.bob.number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.ann.hangup()
    await s.event("AttendedTransfer")
    await s.pass_time(1)
    await s.bob.hangup()


@scenario(Needs(others=1))
async def attended_transfer_refused(s: Stage) -> None:
    """Bob refuses the consultation; Ann goes back to the caller and ends the call."""
    await s.connect()
    await s.pass_time(1)
    await s.consult(s.bob.number)
    await s.bob.ringing()
    await s.pass_time(0.5)
    await s.bob.hangup()
    await s.pass_time(2)
    await s.ann.hangup()


@scenario(Needs(others=1))
async def caller_leaves_consultation(s: Stage) -> None:
    """The caller hangs up while Ann asks Bob."""
    await s.connect()
    await s.pass_time(1)
    await s.consult(s.bob.number)
    await s.bob.accept()
    await s.pass_time(1)
    await s.caller.hangup()
    await s.pass_time(1)
    await s.ann.hangup()
