"""Whether somebody may command something, and what it comes to: right, scope, and is it possible now. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from floor.command import calls, members
from floor.command.model import (
    KINDS,
    CallAgent,
    Command,
    HangUp,
    LogOff,
    LogOn,
    Pause,
    PickCaller,
    SetPenalty,
    TakeOver,
    Transfer,
    Unpause,
)
from floor.command.plan import House, Plan
from floor.command.refusals import refused
from floor.people.model import Person
from floor.people.rights import may

PLANS: dict[type[Command], Callable[[Person, Any, House], Plan]] = {
    Pause: members.plan_pause,
    Unpause: members.plan_unpause,
    LogOn: members.plan_log_on,
    LogOff: members.plan_log_off,
    SetPenalty: members.plan_penalty,
    CallAgent: members.plan_call,
    HangUp: calls.plan_hang_up,
    Transfer: calls.plan_transfer,
    TakeOver: calls.plan_take_over,
    PickCaller: calls.plan_pick,
}


def judge(person: Person, command: Command, house: House) -> Plan:
    """What it comes to; raises :class:`floor.command.ports.NotAllowedError`."""
    if not may(person, KINDS[type(command)].right):
        raise refused("no_right")
    return PLANS[type(command)](person, command, house)
