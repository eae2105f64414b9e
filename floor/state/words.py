"""Words: every enumeration that the floor's entities are told in."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

W = TypeVar("W", bound=StrEnum)


def plain(words: type[W]) -> type[W]:
    """Decorates an enumeration: ``LegStage.UP`` is read off the class as any attribute. Python 3.11 calls a function
    for it each time (0.2 µs, ten times a fact); later ones do as we do here."""
    for name, word in words.__members__.items():
        type.__setattr__(words, name, word)
    return words


@plain
class AgentState(StrEnum):
    """What one agent is doing, over all his queues (domain.md §4): exactly one at a time."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    HOLDING = "holding"
    ACW = "acw"
    OUTBOUND = "outbound"
    PAUSED = "paused"
    AUTO_PAUSED = "auto_paused"
    OFFHOOK = "offhook"
    UNREACHABLE = "unreachable"
    EMERGENCY = "emergency"


@plain
class CallKind(StrEnum):
    """Where a call on an agent's phone comes from."""

    QUEUE = "queue"
    DIRECT = "direct"
    INTERNAL = "internal"
    OUTBOUND = "outbound"


@plain
class LegStage(StrEnum):
    """How far one channel of an agent's phone has come."""

    CALLING = "calling"
    DIALLING = "dialling"
    RINGING = "ringing"
    UP = "up"
    HELD = "held"


@plain
class Device(StrEnum):
    """Device state of a queue member (domain.md F8)."""

    UNKNOWN = "unknown"
    IDLE = "idle"
    IN_USE = "in_use"
    BUSY = "busy"
    INVALID = "invalid"
    UNAVAILABLE = "unavailable"
    RINGING = "ringing"
    RINGING_IN_USE = "ringing_in_use"
    ON_HOLD = "on_hold"


@plain
class CallerStage(StrEnum):
    """Where a caller is within his visit to a queue; see :mod:`floor.state.lifecycle` for the table."""

    WAITING = "waiting"
    LEAVING = "leaving"
    TALKING = "talking"
    CLOSING = "closing"
    ENDED = "ended"


@plain
class Ending(StrEnum):
    """How a visit to a queue ended: exactly one per visit."""

    ANSWERED = "answered"
    ABANDONED = "abandoned"
    TIMED_OUT = "timed_out"
    EXIT_KEY = "exit_key"
    EXIT_EMPTY = "exit_empty"
    JOIN_EMPTY = "join_empty"
    QUEUE_FULL = "queue_full"
    WITHDRAWN = "withdrawn"
    TRANSFERRED_AWAY = "transferred_away"
    CONTINUED = "continued"
    UNKNOWN = "unknown"


@plain
class CompletedBy(StrEnum):
    """Who ended an answered queue call (AgentComplete.Reason, domain.md F4)."""

    CALLER = "caller"
    AGENT = "agent"
    TRANSFER = "transfer"


@plain
class OfferResult(StrEnum):
    """What became of one ring of one agent for one caller."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"


@plain
class LinkState(StrEnum):
    """State of our connection to one exchange."""

    CONNECTING = "connecting"
    SYNCING = "syncing"
    UP = "up"
    DOWN = "down"
    REFUSED = "refused"


@plain
class Reach(StrEnum):
    """Whether an endpoint or trunk can be reached or is registered."""

    UNKNOWN = "unknown"
    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
