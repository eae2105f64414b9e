"""The floor's entities: frozen values, keyed by (pbx, name), replaced and never changed in place.

Times are seconds since the epoch on the clock of the exchange that reported them (``Pbx.clock_offset_s``
translates); a *since* is the beginning of something that still lasts. ``None`` means "not known", never zero.
"""

from __future__ import annotations

from dataclasses import dataclass

from floor.state.copying import quick
from floor.state.words import (
    AgentState,
    CallerStage,
    CallKind,
    CompletedBy,
    Device,
    Ending,
    LegStage,
    LinkState,
    OfferResult,
    Reach,
)

__all__ = [
    "AgentState",
    "CallKind",
    "CallerStage",
    "CompletedBy",
    "Device",
    "Ending",
    "LegStage",
    "LinkState",
    "OfferResult",
    "Reach",
]
"""The words entities are told in, kept apart for their length."""

Key = tuple[str, str]
"""(pbx, name): agent by member name, queue by name, channel and caller by Uniqueid, endpoint by Tech/name."""

CallerKey = tuple[str, str, str]
"""(pbx, queue, Uniqueid): one visit of one call to one queue."""


@quick
@dataclass(frozen=True, slots=True)
class Pbx:
    """One exchange and our link to it."""

    pbx: str
    link: LinkState
    since: float
    reason: str | None = None
    version: str | None = None
    booted_at: float | None = None
    shutdown_at: float | None = None
    """Since when it is shut down, by its own word; until it has started again."""
    clock_offset_s: float | None = None
    """Exchange clock minus ours; ``None`` until measured."""
    timestamps: bool = False
    """Whether the exchange stamps its events (``timestampevents = yes``)."""

    @property
    def key(self) -> Key:
        return (self.pbx, self.pbx)


@quick
@dataclass(frozen=True, slots=True)
class Member:
    """A membership: one interface of one agent in one queue."""

    queue: str
    agent: str
    interface: str
    device_name: str
    """State interface when given, else the interface: names the phone."""
    dynamic: bool = False
    penalty: int = 0
    paused: bool = False
    reason: str | None = None
    paused_at: float | None = None
    logged_in_at: float | None = None
    device: Device = Device.UNKNOWN
    wrapup_s: int = 0
    ring_in_use: bool | None = None


@quick
@dataclass(frozen=True, slots=True)
class Leg:
    """One channel of an agent's phone."""

    uniqueid: str
    stage: LegStage
    kind: CallKind
    since: float
    outgoing: bool = False
    """The agent called out on it."""
    queue: str | None = None
    call: str | None = None
    """Uniqueid of the caller (queue calls) or of the other party, when known."""
    root: str | None = None
    """Uniqueid of the Local channel that brought this leg about."""
    offered_at: float | None = None
    """When ringing for a queue caller began; cleared once the result of the ring is recorded."""
    superseded: bool = False
    """A Local leg behind which a real phone leg has appeared: the phone leg speaks for it."""
    refused: bool = False
    """Its phone turned the caller of a queue away: rejected, or said to be busy."""


@quick
@dataclass(frozen=True, slots=True)
class Agent:
    """A person with memberships, the calls on his phone, and the one state that follows from both."""

    pbx: str
    name: str
    state: AgentState
    since: float
    before: AgentState | None = None
    queue: str | None = None
    """Queue of the call that explains the state."""
    call: str | None = None
    """Uniqueid of the call that explains the state."""
    kind: CallKind | None = None
    reason: str | None = None
    """Pause reason as the exchange gave it."""
    members: tuple[Member, ...] = ()
    legs: tuple[Leg, ...] = ()
    reachable: bool = True
    """What the phone itself reports; members' device states say the same for the queue."""
    acw_queue: str | None = None
    acw_call: str | None = None
    acw_until: float | None = None
    review_at: float | None = None
    """Exchange time at which the state must be looked at again (wrap-up over, phone busy without a call)."""
    busy_since: float | None = None
    """Since when his phone is in use without a call that we know of."""
    misses: int = 0
    """Offers not answered in a row."""
    serving: tuple[tuple[str, str], ...] = ()
    """(queue, Uniqueid) of the visits he answered for which the exchange still owes its AgentComplete."""
    passed_on: tuple[tuple[str, float], ...] = ()
    """(Uniqueid, since when it rings for him) of callers he transferred, whom nobody has taken yet."""
    end_reason: str | None = None
    """Why he ends the present call, as he said himself (R-HUP-1); forgotten with the next call."""

    @property
    def key(self) -> Key:
        return (self.pbx, self.name)


@quick
@dataclass(frozen=True, slots=True)
class Caller:
    """A call's visit to a queue, from joining to its one ending."""

    pbx: str
    queue: str
    uniqueid: str
    stage: CallerStage
    joined_at: float | None
    """``None`` when he was found already talking and the exchange has not yet said how long he waited."""
    linkedid: str | None = None
    number: str | None = None
    name: str | None = None
    position: int | None = None
    priority: int | None = None
    agent: str | None = None
    answered_at: float | None = None
    wait_s: int | None = None
    """Whole seconds in the queue, as the exchange counted them."""
    ring_s: int | None = None
    talk_s: int | None = None
    hold_s: float = 0.0
    holds: int = 0
    ended_at: float | None = None
    ending: Ending | None = None
    completed_by: CompletedBy | None = None
    transfer: str | None = None
    """``blind`` or ``attended`` when the agent passed the caller on."""
    abandon_seen: bool = False
    """The exchange said QueueCallerAbandon, which does not yet mean that he hung up (F3)."""
    review_at: float | None = None
    healed: bool = False
    gap: bool = False
    """Part of this visit fell into a time without a link."""

    @property
    def key(self) -> CallerKey:
        return (self.pbx, self.queue, self.uniqueid)


@quick
@dataclass(frozen=True, slots=True)
class Queue:
    """A queue: who waits, since when, and its members by state."""

    pbx: str
    name: str
    strategy: str | None = None
    weight: int = 0
    max_callers: int = 0
    wrapup_s: int = 0
    """After-call time of the queue, where known from its configuration or our settings."""
    waiting: int = 0
    oldest_joined_at: float | None = None
    states: tuple[tuple[AgentState, int], ...] = ()
    """Members of this queue counted by state, zero counts left out, in the order of :class:`AgentState`."""

    @property
    def key(self) -> Key:
        return (self.pbx, self.name)


@quick
@dataclass(frozen=True, slots=True)
class Trunk:
    """An outbound registration or a qualified trunk endpoint."""

    pbx: str
    name: str
    reach: Reach
    since: float
    status: str = ""
    """The exchange's own word."""

    @property
    def key(self) -> Key:
        return (self.pbx, self.name)


@quick
@dataclass(frozen=True, slots=True)
class Endpoint:
    """A phone: reachable or not, since when."""

    pbx: str
    name: str
    """Tech/resource, e.g. ``PJSIP/1001``."""
    reach: Reach
    since: float
    address: str | None = None
    contacts: tuple[str, ...] = ()
    """All it is registered with and that may be reached, as the exchange writes them (PJSIP)."""

    @property
    def key(self) -> Key:
        return (self.pbx, self.name)


SPY = "floor-spy-"
"""Begins the uniqueid of every channel by which we ourselves listen, and so the linkedid of what it brings about (a
phone behind a Local channel): it is known before it hears anything."""


@quick
@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, as far as the floor needs it to tell whose call something is."""

    pbx: str
    uniqueid: str
    name: str
    linkedid: str
    opened_at: float
    up: bool = False
    outgoing: bool = False
    """It was opened by the phone itself, to call somebody."""
    agent: str | None = None
    """The agent whose phone this channel is."""
    entering: str | None = None
    """The queue whose application it runs, or ran last."""
    hangup_asked: bool = False
    emergency: str | None = None
    """The emergency number it dialled."""
    spoke_at: float | None = None
    """When somebody was first heard on it; known only where talk detection is on (F6)."""
    passed_by: str | None = None
    """The agent who transferred it, until somebody takes it."""
    missing_at: float | None = None
    """Since when it is missing in the full picture, though no event told its end."""
    bridge: str | None = None
    picked_up_by: str | None = None
    """A waiting caller's: the agent who has lifted the phone for him and still hears an announcement."""
    listens: bool = False
    """It is there to hear other calls (ChanSpy), and is none itself."""
    hears: str | None = None
    """Uniqueid of the channel it hears now."""

    @property
    def key(self) -> Key:
        return (self.pbx, self.uniqueid)


@quick
@dataclass(frozen=True, slots=True)
class Span:
    """A finished stretch of one agent in one state: the material of reports and rules."""

    pbx: str
    agent: str
    state: AgentState
    began_at: float
    ended_at: float
    reason: str | None = None
    queue: str | None = None
    call: str | None = None
    kind: CallKind | None = None
    gap: bool = False
    """The link was lost while it lasted, so its end is not known: kept, never added up."""


@quick
@dataclass(frozen=True, slots=True)
class Offer:
    """A finished ring of one agent for one caller of a queue."""

    pbx: str
    queue: str
    agent: str
    call: str
    began_at: float
    ended_at: float
    result: OfferResult
    ring_ms: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without a link: a fact of the record, shown and never filled by guessing."""

    pbx: str
    began_at: float
    ended_at: float | None
    reason: str
    healed: bool = False


@quick
@dataclass(frozen=True, slots=True)
class Correction:
    """What the exchange said of a visit when it was over already: as it was told, and as it is."""

    before: Caller
    after: Caller


Entity = Pbx | Agent | Caller | Queue | Trunk | Endpoint | Channel
Record = Span | Offer | Gap | Correction
