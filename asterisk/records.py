"""AMI headers, read once and typed: after this module no header name and no ``"0"``/``"1"`` is left.

A message is a mapping from header to text (to a list of texts when a header repeats). Every reader is total: what is
missing, empty or malformed gives ``None`` (or the stated default), because what arrives is hostile until read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from asterisk.values import as_flag, as_moment, as_number, as_seconds, as_text
from floor.state.facts import Fact
from floor.state.model import CompletedBy, Device, Ending, Member, Reach

Headers = Mapping[str, "str | list[str]"]

DEVICES = {
    0: Device.UNKNOWN,
    1: Device.IDLE,
    2: Device.IN_USE,
    3: Device.BUSY,
    4: Device.INVALID,
    5: Device.UNAVAILABLE,
    6: Device.RINGING,
    7: Device.RINGING_IN_USE,
    8: Device.ON_HOLD,
}

CHANNEL_STATES = {
    "Down": "down",
    "Rsrvd": "down",
    "OffHook": "dialling",
    "Dialing": "down",
    "Ring": "dialling",
    "Ringing": "ringing",
    "Up": "up",
}

QUEUE_STATUS = {
    "TIMEOUT": Ending.TIMED_OUT,
    "FULL": Ending.QUEUE_FULL,
    "JOINEMPTY": Ending.JOIN_EMPTY,
    "JOINUNAVAIL": Ending.JOIN_EMPTY,
    "LEAVEEMPTY": Ending.EXIT_EMPTY,
    "LEAVEUNAVAIL": Ending.EXIT_EMPTY,
    "CONTINUE": Ending.CONTINUED,
    "WITHDRAW": Ending.WITHDRAWN,
}

REACH = {
    "Reachable": Reach.REACHABLE,
    "Registered": Reach.REACHABLE,
    "Lagged": Reach.REACHABLE,
    "Avail": Reach.REACHABLE,
    "OK": Reach.REACHABLE,
    "Unreachable": Reach.UNREACHABLE,
    "Unregistered": Reach.UNREACHABLE,
    "Rejected": Reach.UNREACHABLE,
    "Failed": Reach.UNREACHABLE,
    "Stopped": Reach.UNREACHABLE,
    "UNREACHABLE": Reach.UNREACHABLE,
    "Unavail": Reach.UNREACHABLE,
    "Removed": Reach.UNREACHABLE,
}


CONTACTS = {"NonQualified": True, "Created": True, "Unreachable": False, "Removed": False}
"""ContactStatus words other than Reachable: whether the contact may be reached; unknown words say nothing."""
LIMITS = {"LoadAverageLimit": "load", "MemoryLimit": "memory", "SessionLimit": "sessions"}
"""Security events of an exchange at its limits."""
REPORT = "FloorReport"
"""Name of the UserEvent by which a dialplan reports to us (docs/connect.md)."""


ORDER = "floor-call-"
"""Begins the ActionID of an order whose outcome is told (:class:`floor.state.facts.CallPlaced`)."""
Said = str | None
"""What stands behind one header, cleaned; ``None``: nothing."""


class Row(NamedTuple):
    """How one event is told: a function, called with the exchange, the moment and what stands behind each header."""

    tell: Callable[..., Fact | None]
    headers: tuple[str, ...]


def row(tell: Callable[..., Fact | None], headers: str) -> Row:
    """The same, with the headers in one text."""
    return Row(tell, tuple(headers.split()))


MEMBER = (
    "Queue MemberName Name Interface Location StateInterface Membership Penalty Paused PausedReason Reason LastPause "
    "LoginTime Status Wrapuptime Ringinuse"
).split()
"""What :func:`membership` takes, by header."""


def text(headers: Headers, name: str, *others: str) -> str | None:
    """The first of the headers that says something; control characters removed."""
    value = headers.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    said = as_text(value)
    return text(headers, *others) if said is None and others else said


def number(headers: Headers, name: str) -> int | None:
    """A whole number, or ``None``."""
    return as_number(text(headers, name))


def seconds(headers: Headers, name: str) -> int | None:
    """A duration in whole seconds, never negative."""
    return as_seconds(text(headers, name))


def moment(headers: Headers, name: str) -> float | None:
    """Seconds since the epoch; zero means "never" in AMI."""
    return as_moment(text(headers, name))


def dialled(where: str | None) -> str | None:
    """The number in a dial string: ``119@carrier``, ``carrier/119``, ``carrier/sip:119@host``; ``None`` without one."""
    first = (where or "").split("&", 1)[0].split(",", 1)[0]
    user, at, _host = first.rpartition("/")[2].partition("@")
    number_there = bool(at) or "/" in first
    return user.removeprefix("sip:").removeprefix("tel:") or None if number_there else None


def completed_by(reason: str | None) -> CompletedBy | None:
    """AgentComplete.Reason (F4)."""
    return CompletedBy(reason) if reason in ("caller", "agent", "transfer") else None


def reach(word: str | None) -> Reach:
    """Reachable or not; words that say neither (NonQualified, Created, Unknown …) are unknown."""
    return REACH.get(word or "", Reach.UNKNOWN)


def member(headers: Headers) -> Member | None:
    """A membership from QueueMember and all QueueMember… events; ``None`` when it names no queue or member."""
    return membership(*(text(headers, name) for name in MEMBER))


def membership(
    queue: str | None,
    member_name: str | None,
    name: str | None,
    interface: str | None,
    location: str | None,
    state_interface: str | None,
    kind: str | None,
    penalty: str | None,
    paused: str | None,
    paused_reason: str | None,
    reason: str | None,
    last_pause: str | None,
    login_time: str | None,
    status: str | None,
    wrapup_time: str | None,
    ring_in_use: str | None,
) -> Member | None:
    """The same of the texts behind :data:`MEMBER`."""
    interface = interface or location
    agent = member_name or name or interface
    if queue is None or interface is None or agent is None:
        return None
    is_paused = as_flag(paused) or False
    return Member(
        queue=queue,
        agent=agent,
        interface=interface,
        device_name=state_interface or interface,
        dynamic=(kind or "static") != "static",
        penalty=as_number(penalty) or 0,
        paused=is_paused,
        reason=(paused_reason or reason) if is_paused else None,
        paused_at=as_moment(last_pause) if is_paused else None,
        logged_in_at=as_moment(login_time),
        device=DEVICES.get(as_number(status) or 0, Device.UNKNOWN),
        wrapup_s=as_seconds(wrapup_time) or 0,
        ring_in_use=as_flag(ring_in_use),
    )
