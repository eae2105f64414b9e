"""AMI text: how Asterisk 22 writes events, list items and answers. Header names and their order are Asterisk's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

from asterisk.simulator.parts import Bridge, Channel, ChannelState, Member

BANNER = "Asterisk Call Manager/11.0.0\r\n"
VERSION = "22.10.1"

Pairs = dict[str, object]


class Category(IntFlag):
    """Classes of events: what ``read =`` of a manager.conf user names."""

    SYSTEM = 1
    CALL = 2
    AGENT = 32
    USER = 64
    REPORTING = 1024
    DIALPLAN = 4096
    ORIGINATE = 8192
    COMMAND = 16
    ALL = 0x7FFFFFFF


CATEGORY = {
    **dict.fromkeys("FullyBooted Shutdown Registry ContactStatus PeerStatus Reload".split(), Category.SYSTEM),
    **dict.fromkeys(
        "AgentCalled AgentComplete AgentConnect AgentRingNoAnswer QueueCallerAbandon QueueCallerJoin QueueCallerLeave "
        "QueueMemberAdded QueueMemberPause QueueMemberPenalty QueueMemberRemoved QueueMemberStatus "
        "QueueMemberRinginuse".split(),
        Category.AGENT,
    ),
    **dict.fromkeys("Newexten VarSet".split(), Category.DIALPLAN),
    "UserEvent": Category.USER,
}
"""Category by event name; every other event is a call event."""

_WORDS = {
    ChannelState.DOWN: "Down",
    ChannelState.RING: "Ring",
    ChannelState.RINGING: "Ringing",
    ChannelState.UP: "Up",
}

CAUSES = {
    0: "Unknown",
    1: "Unallocated (unassigned) number",
    16: "Normal Clearing",
    17: "User busy",
    18: "No user responding",
    19: "User alerting, no answer",
    20: "Subscriber absent",
    21: "Call Rejected",
    34: "Circuit/channel congestion",
    38: "Network out of order",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it goes over the wire, with what is needed to filter it."""

    name: str
    category: Category
    text: str


def lines(pairs: Pairs, prefix: str = "") -> str:
    """``Name: value`` lines."""
    return "".join(f"{prefix}{name}: {value}\r\n" for name, value in pairs.items())


def event(name: str, at: float, body: str) -> Event:
    """An event with its class and the exchange's time stamp (``timestampevents = yes``)."""
    category = CATEGORY.get(name, Category.CALL)
    word = category.name.lower() if category.name else "call"
    return Event(name, category, f"Event: {name}\r\nPrivilege: {word},all\r\nTimestamp: {at:.6f}\r\n{body}\r\n")


def channel(leg: Channel, prefix: str = "") -> str:
    """The fifteen headers of a channel; unknown numbers and names read ``<unknown>``."""
    if not prefix and leg.text is not None:
        return leg.text
    p = prefix
    text = (
        f"{p}Channel: {leg.name}\r\n"
        f"{p}ChannelState: {leg.state.value}\r\n"
        f"{p}ChannelStateDesc: {_WORDS[leg.state]}\r\n"
        f"{p}CallerIDNum: {leg.number or '<unknown>'}\r\n"
        f"{p}CallerIDName: {leg.caller_name or '<unknown>'}\r\n"
        f"{p}ConnectedLineNum: {leg.other_number or '<unknown>'}\r\n"
        f"{p}ConnectedLineName: {leg.other_name or '<unknown>'}\r\n"
        f"{p}Language: en\r\n"
        f"{p}AccountCode: {leg.account}\r\n"
        f"{p}Context: {leg.context}\r\n"
        f"{p}Exten: {leg.exten}\r\n"
        f"{p}Priority: {leg.priority}\r\n"
        f"{p}Uniqueid: {leg.uniqueid}\r\n"
        f"{p}Linkedid: {leg.linkedid}\r\n"
    )
    if not prefix:
        leg.text = text
    return text


def bridge(room: Bridge, prefix: str = "") -> str:
    """The headers of a bridge."""
    p = prefix
    return (
        f"{p}BridgeUniqueid: {room.uniqueid}\r\n"
        f"{p}BridgeType: basic\r\n"
        f"{p}BridgeTechnology: simple_bridge\r\n"
        f"{p}BridgeCreator: <unknown>\r\n"
        f"{p}BridgeName: <unknown>\r\n"
        f"{p}BridgeNumChannels: {len(room.channels)}\r\n"
        f"{p}BridgeVideoSourceMode: none\r\n"
    )


def member(seat: Member, status: int) -> str:
    """The headers of QueueMember… events; ``status`` is the device state's number."""
    return (
        f"Queue: {seat.queue.name}\r\n"
        f"MemberName: {seat.agent.name}\r\n"
        f"Interface: {seat.agent.interface}\r\n"
        f"StateInterface: {seat.agent.phone.name}\r\n"
        f"{_standing(seat, status)}"
        f"Ringinuse: {int(seat.queue.options.ring_in_use)}\r\n"
        f"Wrapuptime: {seat.wrapup_s}\r\n"
    )


def member_item(seat: Member, status: int) -> str:
    """The headers of a QueueMember list item, which names two of them differently."""
    return (
        f"Queue: {seat.queue.name}\r\n"
        f"Name: {seat.agent.name}\r\n"
        f"Location: {seat.agent.interface}\r\n"
        f"StateInterface: {seat.agent.phone.name}\r\n"
        f"{_standing(seat, status)}"
        f"Wrapuptime: {seat.wrapup_s}\r\n"
    )


def _standing(seat: Member, status: int) -> str:
    return (
        f"Membership: {'dynamic' if seat.dynamic else 'static'}\r\n"
        f"Penalty: {seat.penalty}\r\n"
        f"CallsTaken: {seat.calls_taken}\r\n"
        f"LastCall: {int(seat.last_call)}\r\n"
        f"LastPause: {int(seat.last_pause)}\r\n"
        f"LoginTime: {int(seat.logged_in_at)}\r\n"
        f"InCall: {int(seat.in_call)}\r\n"
        f"Status: {status}\r\n"
        f"Paused: {int(seat.paused)}\r\n"
        f"PausedReason: {seat.reason}\r\n"
    )


def clean(value: str) -> str:
    """A value from outside without anything that could end a line."""
    return "".join(c for c in value if c.isprintable())[:200]


def answer(kind: str, action_id: str | None, pairs: Pairs) -> str:
    """A response."""
    head: Pairs = {"Response": kind} if action_id is None else {"Response": kind, "ActionID": action_id}
    return lines({**head, **pairs}) + "\r\n"


def item(name: str, action_id: str | None, body: str, *, id_last: bool = False) -> str:
    """One list item; the queue lists carry their ActionID at the end, the others at the beginning."""
    mark = "" if action_id is None else f"ActionID: {action_id}\r\n"
    return f"Event: {name}\r\n{body}{mark}\r\n" if id_last else f"Event: {name}\r\n{mark}{body}\r\n"
