"""What a link hands on, in the order in which it came from the exchange; and how the link is.

The order is the promise. AMI is one ordered stream per session, and everything in it (events, and the marker that a
list is complete) passes through one queue. Per session the sink sees::

    LinkOpened  (EventArrived | ClockCompared | PictureBegan  ListCollected… PictureComplete)*  LinkClosed

with events anywhere between the lists of a picture. What may be relied on when joining lists and events
(read in Asterisk's ``manager.c``: events wait in one global list and are written by the session's own thread
*between* actions, while an action's answer is written at once):

* An event delivered before a list's answer began had its effect before the list was taken: it is contained in it.
* An event delivered after a list's completion may have happened before, during or after the list was taken. So a
  list replaces its part of the floor at its own place in the order, and every later event is applied on top by
  rules that set a state (never "plus one"): what the list knew already is said again, and the end is the same.
* No event is delivered twice, and none is left out while the session lasts: after login the exchange keeps our place in
  its list. Whatever was left out (a lost link, an overflow) ends the session: ``LinkClosed``, then a new picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from asterisk.records import Row
from asterisk.wire import Message
from floor.state.model import LinkState


class CloseReason(StrEnum):
    """Why there is no session: a word for screens and metrics, stable and translatable."""

    STOPPED = "stopped"
    """We were asked to stop."""
    UNREACHABLE = "unreachable"
    NOT_AMI = "not_ami"
    REFUSED = "refused"
    """The login was refused; retried slowly."""
    CLOSED = "closed"
    """The exchange, or something in between, closed the connection."""
    SHUTDOWN = "shutdown"
    """The exchange announced that it goes down, and did."""
    SILENT = "silent"
    """The watchdog found the link half-open."""
    OVERFLOW = "overflow"
    """Events came faster than they could be applied."""
    GARBAGE = "garbage"
    """What arrived cannot be AMI."""
    FAULT = "fault"
    """A defect of ours; logged with its traceback."""


class EventArrived(NamedTuple):
    """One event; ``received_at`` by our clock (seconds since the epoch). A tuple, because there are very many."""

    message: Message
    received_at: float


Cut = tuple[Row, tuple[bytes, ...], float]
"""One event that only the floor hears, as far as it needs it: how it is told; the exchange's own time as it wrote it
(empty: none) and what stands behind each header of the row; when it came by our clock. It takes the place of an
``EventArrived`` on its way to :meth:`asterisk.reporter.Reporter.tell`. A plain tuple, because nearly all are these."""


@dataclass(frozen=True, slots=True)
class Straight:
    """Who takes what is cut, and which events are, each by how it is told."""

    tell: Callable[[Cut], None]
    rows: Mapping[str, Row]


@dataclass(frozen=True, slots=True)
class LinkOpened:
    """Logged in; events flow from here on."""

    received_at: float
    greeting: str
    """``Asterisk Call Manager/9.0.0``: the version of AMI, not of Asterisk."""


@dataclass(frozen=True, slots=True)
class ClockCompared:
    """The exchange's clock minus ours, measured by Ping, with half the round trip as its uncertainty."""

    received_at: float
    offset_s: float | None
    """``None`` when the exchange does not tell its time."""
    round_trip_s: float
    timestamps: bool
    """Whether events of this session were seen to carry the exchange's own time (``timestampevents``)."""


@dataclass(frozen=True, slots=True)
class PictureBegan:
    """The lists that follow, up to PictureComplete, are one full picture; a second one replaces the first."""

    received_at: float


@dataclass(frozen=True, slots=True)
class ListCollected:
    """One list is complete, or was refused; its place among the events is where its last line came."""

    action: str
    messages: list[Message]
    """The list's events without the closing one; for CoreSettings and CoreStatus the one response."""
    received_at: float
    refused: str | None = None
    """The exchange's own words, or ours when no answer came."""


@dataclass(frozen=True, slots=True)
class PictureComplete:
    """Every list has been asked for."""

    received_at: float
    missing: tuple[str, ...] = ()
    """Actions that were refused or are unknown to this exchange."""


@dataclass(frozen=True, slots=True)
class LinkClosed:
    """The session ended, or could not be opened (then only told when the reason is a new one)."""

    received_at: float
    reason: CloseReason
    detail: str
    """A sentence, in English, for the log."""
    last_heard_at: float | None
    """Our clock; ``None``: never heard since we started."""

    @property
    def state(self) -> LinkState:
        return LinkState.REFUSED if self.reason is CloseReason.REFUSED else LinkState.DOWN


Delivery = EventArrived | LinkOpened | ClockCompared | PictureBegan | ListCollected | PictureComplete | LinkClosed

Sink = Callable[[Delivery], None]
"""Takes one delivery after the other, synchronously; what it raises is logged and counted and ends nothing."""


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """How the link is, for /metrics, /readyz and the board."""

    state: LinkState
    heard_ago_s: float | None
    """Seconds since the last byte; ``None``: never heard."""
    events: int
    """Events delivered to the sink since start."""
    skipped: int
    """Events not wanted by the filter, since start."""
    queue_size: int
    queue_limit: int
    lag_s: float | None
    """From the exchange's stamp on the newest event to its delivery, clocks compared; ``None``: not known."""
    clock_offset_s: float | None
    reconnects: int
    """Sessions opened after the first."""
    overflows: int
    sink_errors: int
    reason: CloseReason | None
    """Why the last session ended or the last attempt failed."""
    last_error: str | None
    """That reason as a sentence."""
