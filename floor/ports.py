"""The seams between the rooms: what each may ask of another, without importing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from floor.state.copying import quick
from floor.state.facts import Fact
from floor.state.happenings import Happening
from floor.state.model import Caller, Entity, Offer, Record, Span


@quick
@dataclass(frozen=True, slots=True)
class Change:
    """One entity before and after; ``before is None``: new, ``after is None``: gone."""

    before: Entity | None
    after: Entity | None


@quick
@dataclass(frozen=True, slots=True)
class Outcome:
    """What one fact did to the floor: at least one change or record, under one revision. Who asked for happenings
    hears also of facts that changed nothing, under the revision that was."""

    revision: int
    fact: Fact
    changes: Sequence[Change]
    records: Sequence[Record]
    happenings: Sequence[Happening] = ()


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Callers who joined in some stretches of the past, by quarters of an hour on our clock (900 s since the epoch)."""

    counts: Mapping[tuple[str, str, int], int]
    """(exchange, queue, number of the quarter) -> callers; a quarter of the stretches that is not there had none."""
    first: Mapping[tuple[str, str], float]
    """(exchange, queue) -> since when there is a record of it."""
    gaps: Sequence[tuple[str, float, float | None]] = ()
    """(exchange, from, until) for which there is none; ``None``: to this day."""


Listener = Callable[[Outcome], None]
"""Told synchronously after every change; must not block; what it raises is logged and ends nothing."""

L = TypeVar("L", bound=Callable[..., Any])


def hears(*kinds: type) -> Callable[[L], L]:
    """Decorates a listener's method: of these classes of facts, entities, records or happenings he is told, exactly of
    these and not of what is derived from them. An outcome in which there is none of them does not concern him."""

    def said(listener: L) -> L:
        listener.hears = kinds  # type: ignore[attr-defined]  # functions take attributes
        return listener

    return said


class FactSink(Protocol):
    """Where facts go."""

    def apply(self, fact: Fact) -> None: ...


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is on record of one call: its visits to queues, the rings for it, what its agents did meanwhile.

    Times are on the exchange's clock; each kind is in order of time.
    """

    visits: Sequence[Caller] = ()
    offers: Sequence[Offer] = ()
    spans: Sequence[Span] = ()


class Clock(Protocol):
    """Time as an argument: wall clock for records, monotonic for durations; seconds."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the exchange said to a command; ``ok`` is its word, not the effect, which comes back as a fact."""

    ok: bool
    message: str
    lost: bool = False
    """Sent, and no answer came: whether it took effect is not known."""
    order: str = ""
    """Of a call: the name under which a fact tells later what became of it (:class:`floor.state.facts.CallPlaced`)."""


@dataclass(frozen=True, slots=True)
class Light:
    """Who acts on the alerts, and the number of his lease."""

    holder: str
    fence: int


class Beacon(Protocol):
    """Where nodes see, beside the database, which of them acts. Raises :class:`floor.errors.FloorError` while it cannot
    be reached."""

    async def show(self, light: Light, for_s: float) -> Light:
        """Show ours for so long, unless one of a greater number shines; the one that shines then."""

    async def look(self) -> Light | None:
        """The one that shines now."""

    async def put_out(self, holder: str) -> None:
        """Ours, if it is."""


class Reached(StrEnum):
    """How a call of ours to somebody's phone ended."""

    ANSWERED = "answered"
    BUSY = "busy"
    UNANSWERED = "unanswered"
    FAILED = "failed"
    """The exchange cannot or may not call there."""
    UNKNOWN = "unknown"
    """The link was lost meanwhile; perhaps the phone rang."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What became of an announcement: whom it reached, the key pressed, and a sentence for the log."""

    reached: Reached
    key: str | None = None
    said: str = ""


class Switchboard(Protocol):
    """Commands to one exchange. Nothing is assumed done: effects come back as facts.

    Raises nothing: a lost link or a missing answer is an ``Answer`` that says so.
    """

    async def originate(
        self,
        pbx: str,
        channel: str,
        *,
        application: str,
        data: str = "",
        caller_id: str = "",
        timeout_s: float = 30.0,
        variables: dict[str, str] | None = None,
    ) -> Answer: ...

    async def announce(
        self,
        pbx: str,
        channel: str,
        sounds: Sequence[str],
        *,
        caller_id: str = "",
        ring_s: float = 30.0,
        times: int = 2,
        key_s: int = 10,
        variables: dict[str, str] | None = None,
    ) -> Announced:
        """Ring, play ``sounds`` (file names as the exchange knows them) up to ``times`` times, take one key within
        ``key_s`` seconds after each; returns when the call is over."""

    async def pause(self, pbx: str, interface: str, paused: bool, *, queue: str = "", reason: str = "") -> Answer: ...

    async def set_variable(self, pbx: str, channel: str, name: str, value: str) -> Answer: ...

    async def hang_up(self, pbx: str, channel: str) -> Answer:
        """End exactly this channel, by its full name."""

    async def redirect(self, pbx: str, channel: str, context: str, exten: str) -> Answer:
        """Send exactly this channel to a number of a context of the dialplan, first priority."""

    async def bridge(
        self, pbx: str, phone: str, channel: str, *, caller_id: str = "", timeout_s: float = 30.0
    ) -> Answer:
        """Ring a phone (Tech/number) and, when it is lifted, take exactly this channel to it, from wherever it is."""

    async def dial(self, pbx: str, phone: str, to: str, *, caller_id: str = "", timeout_s: float = 30.0) -> Answer:
        """Ring a phone and, when it is lifted, the other one (both Tech/number)."""

    async def add_member(
        self,
        pbx: str,
        queue: str,
        interface: str,
        *,
        name: str = "",
        state_interface: str = "",
        penalty: int = 0,
    ) -> Answer: ...

    async def remove_member(self, pbx: str, queue: str, interface: str) -> Answer: ...

    async def set_penalty(self, pbx: str, queue: str, interface: str, penalty: int) -> Answer: ...
