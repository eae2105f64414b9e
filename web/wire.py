"""The shapes on the wire, as docs/protocol.md names them; what is not known is left out, never zero."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, field

KINDS = ("pbxs", "queues", "agents", "callers", "trunks", "figures", "history", "notices", "alerts", "requests")
"""The parts of a FLOOR; each holds entities by id."""


class Pbx(Struct, frozen=True, omit_defaults=True):
    """One exchange; ``since`` is on our clock, ``gaps`` are today's as (from, until or null)."""

    name: str
    link: str
    since: float
    timestamps: bool
    gaps: tuple[tuple[float, float | None], ...]
    reason: str | None = None
    version: str | None = None
    clock_offset_s: float | None = None


class Queue(Struct, frozen=True, omit_defaults=True):
    """A queue; ``states`` counts its members by state, without zeros; absent on a public board."""

    pbx: str
    name: str
    title: str
    waiting: int
    oldest_joined_at: float | None = None
    states: dict[str, int] | None = None


class Clock(Struct, frozen=True, omit_defaults=True):
    """A clock a rule has running for an agent; ``since`` is on our clock, and the browser counts."""

    rule: str
    since: float
    notice_s: float | None = None
    limit_s: float | None = None
    every_s: float | None = None
    word: dict[str, str] | None = None


class Leg(Struct, frozen=True, omit_defaults=True):
    """One channel of an agent's phone, at the desk only."""

    stage: str
    kind: str
    since: float
    queue: str | None = None
    outgoing: bool = False


class HeardBy(Struct, frozen=True, omit_defaults=True):
    """Somebody who listens to an agent; ``since`` is on our clock. Without ``name`` for who may know only that."""

    mode: str
    way: str
    since: float
    name: str | None = None


class Agent(Struct, frozen=True, omit_defaults=True):
    """An agent as this board may name him: ``id``, ``label`` and ``person`` give no more away than that."""

    pbx: str
    id: str
    state: str
    since: float
    reachable: bool
    queues: tuple[str, ...]
    paused_in: tuple[str, ...]
    holds: int
    misses: int
    label: str | None = None
    person: str | None = None
    before: str | None = None
    queue: str | None = None
    kind: str | None = None
    reason: str | None = None
    group: str | None = None
    clocks: tuple[Clock, ...] | None = None
    """Absent: no rules are running, and the screen judges by itself."""
    call: str | None = None
    """From here on at the desk only. Linkedid of the call that explains his state."""
    caller: str | None = None
    """Id of the visit, where the call came from a queue."""
    call_number_masked: str | None = None
    call_since: float | None = None
    legs: tuple[Leg, ...] = ()
    penalties: dict[str, int] = field(default_factory=dict)
    heard_by: tuple[HeardBy, ...] = ()


class Caller(Struct, frozen=True, omit_defaults=True):
    """A waiting caller, without anything that tells who he is."""

    pbx: str
    queue: str
    joined_at: float | None = None
    position: int | None = None
    priority: int | None = None
    number_masked: str | None = None
    """At the desk only."""


class Trunk(Struct, frozen=True, omit_defaults=True):
    """A trunk; ``status`` is the exchange's own word."""

    pbx: str
    name: str
    reach: str
    since: float
    status: str


class Notice(Struct, frozen=True, omit_defaults=True):
    """A line for everybody in front of the board, by language, which expires by itself; ``evacuation``: the order to
    leave, which fills the board."""

    text: dict[str, str]
    level: Literal["notice", "warn", "critical"]
    until: float | None = None
    evacuation: bool = False
    drill: bool = False
    by: str | None = None
    """Who posted it; this and the rest for people only."""
    posted_at: float | None = None
    boards: tuple[str, ...] | None = None
    """Ids of boards; empty: all; absent with ``by``: none."""
    pages: bool = False
    groups: tuple[str, ...] = ()
    public: bool = False
    reads: int | None = None
    """How many have read it."""
    read: bool | None = None
    """On somebody's own page: whether he has."""
    mine: bool = False
    """Whoever looks may withdraw it."""


class Request(Struct, frozen=True, omit_defaults=True):
    """What an agent asks for (docs/api.md, REQUEST); at the desk of who may know, and on his own page."""

    kind: str
    stage: str
    pbx: str
    agent: str
    label: str
    asked_at: float
    number: str | None = None
    group: str | None = None
    way: str | None = None
    text: str | None = None
    until: float | None = None
    about: str | None = None
    queue: str | None = None
    call: str | None = None
    escalated_at: float | None = None
    answered_at: float | None = None
    answered_by: str | None = None
    answer: str | None = None
    advice: str | None = None
    reason: str | None = None
    minutes: int | None = None
    away: tuple[str, ...] | None = None
    decided_at: float | None = None
    decided_by: str | None = None
    word: str | None = None
    left_at: float | None = None
    back_at: float | None = None
    due_at: float | None = None
    hung_up_at: float | None = None
    talk_s: float | None = None
    given_at: float | None = None
    ended_at: float | None = None
    ended_by: str | None = None
    mine: bool = False
    """Whoever looks asked it himself, and cannot answer it."""


class Breach(Struct, frozen=True, omit_defaults=True):
    """A breach of one's own, on one's own page."""

    rule: str
    name: dict[str, str]
    severity: str
    began_at: float
    ended_at: float | None = None
    value: float | None = None
    limit: float | None = None
    queue: str | None = None
    excused_by: str | None = None
    excuse: str | None = None
    disputed: bool = False


class Listener(Struct, frozen=True, omit_defaults=True):
    """Somebody who listens to one's own call."""

    by: str
    mode: str
    since: float


class Seat(Struct, frozen=True, omit_defaults=True):
    """What an agent's own page needs to know before anything happens; stands where a board's BOARD does."""

    person: int
    name: str
    number: str | None
    away_reasons: tuple[str, ...]
    end_reasons: tuple[str, ...]
    agent: str | None = None
    """``pbx/member name``; absent: no exchange knows him, and he cannot ask."""
    leave_approval: bool = False
    drill: bool = False


class Alert(Struct, frozen=True, omit_defaults=True):
    """What somebody must react to; times are on our clock. ``subject`` and ``owner`` as this screen may name them."""

    rule: str
    severity: str
    stage: str
    kind: str
    """Of the subject: agent, queue, group, trunk, endpoint, pbx, site."""
    name: dict[str, str]
    text: dict[str, str]
    since: float
    subject: str | None = None
    pbx: str | None = None
    queue: str | None = None
    group: str | None = None
    fired_at: float | None = None
    acknowledged_at: float | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = "s"
    """Of value and limit: s, ratio, or what is counted."""
    owner: str | None = None
    unknown: bool = False
    silenced_until: float | None = None
    flapping: bool = False
    drill: bool = False
    times: int = 1
    evidence: tuple[dict[str, Any], ...] = ()
    """For supervisors only: the latest facts that prove it."""
    level: int = 0
    """For supervisors only: how far it was escalated."""


class Threshold(Struct, frozen=True, omit_defaults=True):
    """Two levels, the direction in which a value gets worse (always said), and the target shown beside it."""

    direction: Literal["up", "down"]
    warn: float | None = None
    critical: float | None = None
    target: float | None = None


class Board(Struct, frozen=True):
    """What the board shows, in order, and how."""

    id: str
    title: dict[str, str]
    language: str
    theme: str
    public: bool
    agents: str
    queues: tuple[str, ...]
    formula: str
    answer_s: int
    tiles: tuple[str, ...]
    window: str
    thresholds: dict[str, Threshold]
    late_ring_s: int
    drill: bool = False


Entity = Pbx | Queue | Agent | Caller | Trunk | Notice | Alert | Request | Breach | Listener
FiguresWire = dict[str, object]
"""One F: sums and indicators by name, and ``sl`` by letter."""
Part = Entity | dict[str, FiguresWire] | list[dict[str, float]]
"""What stands behind an id: an entity, FIGURES by window, or the POINTs of a history."""
