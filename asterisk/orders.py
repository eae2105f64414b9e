"""Actions that step into calls and queues, as headers: every field checked before anything is sent. Pure.

A line break would begin a header of somebody else's choosing, a comma another argument of an application, an ampersand
another phone, a pipe another argument in old dialplans; names of channels and queues hold none of them here.
"""

from __future__ import annotations

import re

from asterisk.wire import Headers

CHANNEL = re.compile(r"[A-Za-z][A-Za-z0-9_]*/[^\s,&|^\x00-\x1f\x7f]{1,200}")
"""Also a phone: technology and what it calls it."""
_QUEUE = re.compile(r"[^\s,&|^\x00-\x1f\x7f][^,&|^\x00-\x1f\x7f]{0,127}")
_NAME = re.compile(r"[^,&|^\x00-\x1f\x7f]{1,128}")
_CONTEXT = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_EXTEN = re.compile(r"[0-9*#+]{1,32}")
_CAUSE = "16"
MAX_PENALTY = 1_000_000


class UnsafeFieldError(ValueError):
    """A field that could say more than it should; the message names it, not its value."""


def hang_up(channel: str) -> Headers:
    return {"Channel": _fit(CHANNEL, channel, "channel"), "Cause": _CAUSE}


def redirect(channel: str, context: str, exten: str) -> Headers:
    return {
        "Channel": _fit(CHANNEL, channel, "channel"),
        "Context": _fit(_CONTEXT, context, "context"),
        "Exten": _fit(_EXTEN, exten, "number"),
        "Priority": "1",
    }


def bridged(channel: str) -> str:
    """The argument of the application Bridge: the whole name of one channel."""
    return _fit(CHANNEL, channel, "channel")


def dialled(phone: str, ring_s: float) -> str:
    """The arguments of the application Dial: one phone, and for how long."""
    return f"{_fit(CHANNEL, phone, 'phone')},{max(1, round(ring_s))}"


def add_member(queue: str, interface: str, name: str, state_interface: str, penalty: int) -> Headers:
    headers: Headers = {**_seat(queue, interface), "Penalty": _penalty(penalty)}
    optional = {
        "MemberName": _fit(_NAME, name, "name") if name else "",
        "StateInterface": _state(state_interface) if state_interface else "",
    }
    return {**headers, **{key: value for key, value in optional.items() if value}}


def remove_member(queue: str, interface: str) -> Headers:
    return _seat(queue, interface)


def set_penalty(queue: str, interface: str, penalty: int) -> Headers:
    return {**_seat(queue, interface), "Penalty": _penalty(penalty)}


def _seat(queue: str, interface: str) -> dict[str, str]:
    return {"Queue": _fit(_QUEUE, queue, "queue"), "Interface": _fit(CHANNEL, interface, "interface")}


def _state(text: str) -> str:
    """A device, or ``hint:NUMBER@CONTEXT``."""
    return (
        text
        if re.fullmatch(r"hint:[A-Za-z0-9_.+*#-]+@[A-Za-z0-9_.-]+|Custom:[A-Za-z0-9_.-]+", text)
        else _fit(CHANNEL, text, "state interface")
    )


def _penalty(penalty: int) -> str:
    if not 0 <= penalty <= MAX_PENALTY:
        raise UnsafeFieldError("the penalty is not allowed")
    return str(penalty)


def _fit(pattern: re.Pattern[str], text: str, what: str) -> str:
    if not pattern.fullmatch(text):
        raise UnsafeFieldError(f"the {what} is not allowed")
    return text
