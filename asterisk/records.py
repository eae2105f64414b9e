"""AMI headers, read once and typed: after this module no header name and no ``"0"``/``"1"`` is left.

A message is a mapping from header to text (to a list of texts when a header repeats). Every reader is total: what is
missing, empty or malformed gives ``None`` (or the stated default), because what arrives is hostile until read.
"""

from __future__ import annotations

from collections.abc import Mapping

from floor.state.model import CompletedBy, Device, Ending, Member, Reach

Headers = Mapping[str, "str | list[str]"]

MAX_TEXT = 200
"""Longer names and numbers are cut: no screen or table needs more."""
MAX_DIGITS = 15
"""Longer numbers are no counts or seconds of anything; sums of shorter ones stay exact."""
SPACES = "\u00a0\u3000"
"""Printed as gaps in names, though Unicode does not call them printable."""
NOTHING = frozenset({"<unknown>", "<null>", "(null)"})

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


def text(headers: Headers, name: str, *others: str) -> str | None:
    """The first of the headers that says something; control characters removed."""
    value = headers.get(name)
    # Nearly every header asked for is there, once and clean.
    if isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable() and value not in NOTHING:
        return value
    said = _cleaned(value)
    return text(headers, *others) if said is None and others else said


def _cleaned(value: str | list[str] | None) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if not value or value in NOTHING:
        return None
    return "".join(c for c in value if c.isprintable() or c in SPACES)[:MAX_TEXT] or None


def number(headers: Headers, name: str) -> int | None:
    """A whole number, or ``None``."""
    value = headers.get(name)
    if not isinstance(value, str) or not value.isdecimal():  # rare: what else a number may look like
        value = text(headers, name)
    try:
        return int(value) if value is not None and len(value) <= MAX_DIGITS else None
    except ValueError:
        return None


def seconds(headers: Headers, name: str) -> int | None:
    """A duration in whole seconds, never negative."""
    value = number(headers, name)
    return None if value is None else max(0, value)


def moment(headers: Headers, name: str) -> float | None:
    """Seconds since the epoch; zero means "never" in AMI."""
    value = headers.get(name)
    if isinstance(value, list):
        value = text(headers, name)
    try:
        stamp = float(value) if value else 0.0
    except ValueError:
        return None
    return stamp if 0 < stamp < 1e11 else None


def flag(headers: Headers, name: str) -> bool | None:
    """``1``/``0`` and the words for it."""
    value = text(headers, name)
    return None if value is None else value.lower() in ("1", "yes", "true", "on")


def share(headers: Headers, name: str) -> float | None:
    """RTCP's fraction lost, in 256ths: 0 to 1."""
    value = number(headers, name)
    return value / 256 if value is not None and 0 <= value <= 256 else None


def dialled(headers: Headers) -> str | None:
    """The number in a dial string: ``119@carrier``, ``carrier/119``, ``carrier/sip:119@host``; ``None`` without one."""
    where = (text(headers, "DialString") or "").split("&", 1)[0].split(",", 1)[0]
    user, at, _host = where.rpartition("/")[2].partition("@")
    number_there = bool(at) or "/" in where
    return user.removeprefix("sip:").removeprefix("tel:") or None if number_there else None


def completed_by(headers: Headers) -> CompletedBy | None:
    """AgentComplete.Reason (F4)."""
    reason = text(headers, "Reason")
    return CompletedBy(reason) if reason in ("caller", "agent", "transfer") else None


def reach(word: str | None) -> Reach:
    """Reachable or not; words that say neither (NonQualified, Created, Unknown …) are unknown."""
    return REACH.get(word or "", Reach.UNKNOWN)


def member(headers: Headers) -> Member | None:
    """A membership from QueueMember and all QueueMember… events; ``None`` when it names no queue or member."""
    queue = text(headers, "Queue")
    interface = text(headers, "Interface", "Location")
    name = text(headers, "MemberName", "Name") or interface
    if queue is None or interface is None or name is None:
        return None
    paused = flag(headers, "Paused") or False
    return Member(
        queue=queue,
        agent=name,
        interface=interface,
        device_name=text(headers, "StateInterface") or interface,
        dynamic=(text(headers, "Membership") or "static") != "static",
        penalty=number(headers, "Penalty") or 0,
        paused=paused,
        reason=text(headers, "PausedReason", "Reason") if paused else None,
        paused_at=moment(headers, "LastPause") if paused else None,
        logged_in_at=moment(headers, "LoginTime"),
        device=DEVICES.get(number(headers, "Status") or 0, Device.UNKNOWN),
        wrapup_s=seconds(headers, "Wrapuptime") or 0,
        ring_in_use=flag(headers, "Ringinuse"),
    )
