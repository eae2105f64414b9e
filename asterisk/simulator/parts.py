"""What the simulated exchange is made of: channels, bridges, phones, trunks, queues, members, agents, waiters.

Plain mutable state; who changes it and what the exchange says about it is told in ``switch`` and ``lines``.
Times are seconds since the epoch on the simulated clock; zero means never, as on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asterisk.simulator.habits import Habits
    from asterisk.simulator.schedule import Life


class ChannelState(IntEnum):
    """Asterisk's channel states, as far as they occur here."""

    DOWN = 0
    RING = 4
    RINGING = 5
    UP = 6


class Device(IntEnum):
    """Device states as numbers in QueueMemberStatus; the names are those of DeviceStateChange."""

    UNKNOWN = 0
    NOT_INUSE = 1
    INUSE = 2
    BUSY = 3
    INVALID = 4
    UNAVAILABLE = 5
    RINGING = 6
    RINGINUSE = 7
    ONHOLD = 8


@dataclass(slots=True, eq=False)
class Bridge:
    """Where channels hear each other."""

    uniqueid: str
    channels: list[Channel] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Channel:
    """One leg of one call. Its fields change through ``Switch.change`` only, which forgets ``text``."""

    name: str
    uniqueid: str
    linkedid: str
    opened_at: float
    state: ChannelState = ChannelState.DOWN
    number: str = ""
    caller_name: str = ""
    other_number: str = ""
    other_name: str = ""
    context: str = "internal"
    exten: str = "s"
    priority: int = 1
    application: str = ""
    data: str = ""
    account: str = ""
    cause: int = 0
    device: Phone | Trunk | None = None
    bridge: Bridge | None = None
    held: bool = False
    sent_blind: bool = False
    """It comes from a blind transfer; cleared, audibly, when it is bridged again."""
    life: Life | None = None
    """The life to tell when this channel is asked to hang up or to go elsewhere."""
    text: str | None = None
    """Its headers as AMI writes them, kept until something changes."""


@dataclass(slots=True, eq=False)
class Phone:
    """A PJSIP endpoint with one contact."""

    number: str
    host: str
    reachable: bool = True
    roundtrip_us: int = 900
    channels: list[Channel] = field(default_factory=list)
    said: Device = Device.NOT_INUSE
    """The device state that was last announced."""
    agent: Agent | None = None

    @property
    def name(self) -> str:
        return f"PJSIP/{self.number}"

    @property
    def uri(self) -> str:
        return f"sip:{self.number}@{self.host}:5060"


@dataclass(slots=True, eq=False)
class Trunk:
    """A PJSIP endpoint with an outbound registration."""

    number: str
    host: str
    registered: bool = True
    status: str = "Registered"
    channels: list[Channel] = field(default_factory=list)
    said: Device = Device.NOT_INUSE
    since: float = 0.0

    @property
    def name(self) -> str:
        return f"PJSIP/{self.number}"

    @property
    def uri(self) -> str:
        return f"sip:{self.number}@{self.host}:5060"


@dataclass(slots=True, eq=False)
class Member:
    """One agent in one queue."""

    queue: Queue
    agent: Agent
    dynamic: bool = False
    penalty: int = 0
    paused: bool = False
    reason: str = ""
    calls_taken: int = 0
    last_call: float = 0.0
    last_pause: float = 0.0
    logged_in_at: float = 0.0
    in_call: bool = False
    wrapup_s: int = 0


@dataclass(slots=True, eq=False)
class Agent:
    """A person, his phone and his memberships."""

    name: str
    phone: Phone
    interface: str
    habits: Habits
    members: dict[str, Member] = field(default_factory=dict)
    busy: bool = False
    """Reserved for one call: rung, talking, dialling. Changed by ``Exchange.take`` and ``give_back`` only."""
    free_at: float = 0.0
    """End of wrap-up."""
    life: Life | None = None
    awaits_end: bool = False
    """His shift's life waits for the end of his call."""

    @property
    def is_local(self) -> bool:
        return self.interface.startswith("Local/")

    @property
    def paused(self) -> bool:
        return any(member.paused for member in self.members.values())


@dataclass(frozen=True, slots=True)
class QueueOptions:
    """What queues.conf says; seconds."""

    name: str
    exten: str
    strategy: str = "rrmemory"
    ring_s: float = 15.0
    retry_s: float = 1.0
    wrapup_s: int = 0
    limit_s: float | None = None
    """Longest stay; the fifth argument of Queue()."""
    max_callers: int = 0
    service_level_s: int = 20
    weight: int = 0
    autopause: bool = False
    join_empty: bool = True
    leave_empty: bool = False
    exit_key: str = ""
    """Key that leaves the queue, if its context has one."""
    ring_in_use: bool = False


@dataclass(slots=True, eq=False)
class Queue:
    """A queue: its members, its line and the statistics Asterisk keeps itself."""

    options: QueueOptions
    members: dict[str, Member] = field(default_factory=dict)
    line: list[Waiter] = field(default_factory=list)
    completed: int = 0
    abandoned: int = 0
    hold_s: int = 0
    talk_s: int = 0
    answered_in_time: int = 0
    abandoned_in_time: int = 0
    turn: int = 0
    """Where round robin goes on."""
    said_available: bool = True
    """Whether ``Queue:NAME_avail`` was last announced as not in use."""

    @property
    def name(self) -> str:
        return self.options.name


@dataclass(frozen=True, slots=True)
class Cue:
    """What is done with a caller, where it must not be left to the dice: seconds."""

    rings_s: float
    """The agent who is rung answers after that."""
    held_s: float
    """So long he keeps him on hold; zero for not at all."""


@dataclass(slots=True, eq=False)
class Waiter:
    """A caller in a queue's line."""

    channel: Channel
    queue: Queue
    life: Life
    joined_at: float
    position: int = 0
    first_position: int = 0
    priority: int = 0
    ringing: bool = False
    cue: Cue | None = None
