"""Facts: what happened, past tense, our own vocabulary. The only input of the reducer.

Every fact names the exchange (``pbx``) and the moment (``at``: seconds since the epoch on the exchange's clock,
or on ours when it sends no timestamps). ``uniqueid`` always names a channel. The AMI event behind each fact
stands in its docstring.
"""

from __future__ import annotations

from dataclasses import dataclass

from floor.state.copying import quick
from floor.state.fact import Fact
from floor.state.listed import PictureCaller, PictureChannel, PictureQueue
from floor.state.model import CompletedBy, Ending, LinkState, Member, Reach
from floor.state.reported import (
    AlarmCleared,
    AlarmRaised,
    CallPlaced,
    EmergencyReported,
    EndReasonGiven,
    HelpAsked,
    LeaveAsked,
    LimitReached,
    ListeningBegan,
    ListeningEnded,
    RecordHealed,
    TalkingBegan,
    TalkingEnded,
    VoiceReported,
)

__all__ = [
    "AlarmCleared",
    "AlarmRaised",
    "CallPlaced",
    "EmergencyReported",
    "EndReasonGiven",
    "Fact",
    "HelpAsked",
    "LeaveAsked",
    "LimitReached",
    "ListeningBegan",
    "ListeningEnded",
    "PictureCaller",
    "PictureChannel",
    "PictureQueue",
    "RecordHealed",
    "TalkingBegan",
    "TalkingEnded",
    "VoiceReported",
]
"""Kept apart for their length; with the classes below they are one vocabulary, ``facts.X``."""


@dataclass(frozen=True, slots=True)
class LinkChanged(Fact):
    """Our link to the exchange changed (not an AMI event); ``at`` is the last moment we had word when it was lost."""

    link: LinkState
    reason: str | None = None
    version: str | None = None
    booted_at: float | None = None


@dataclass(frozen=True, slots=True)
class ClockMeasured(Fact):
    """The exchange's clock was compared with ours (event timestamps or CoreStatus)."""

    offset_s: float
    timestamps: bool


@dataclass(frozen=True, slots=True)
class QueueSeen(Fact):
    """QueueParams."""

    queue: str
    strategy: str | None = None
    weight: int = 0
    max_callers: int = 0


@dataclass(frozen=True, slots=True)
class MemberSeen(Fact):
    """QueueMember, QueueMemberAdded, QueueMemberStatus, QueueMemberPause, QueueMemberPenalty, QueueMemberRinginuse."""

    member: Member


@dataclass(frozen=True, slots=True)
class MemberRemoved(Fact):
    """QueueMemberRemoved."""

    queue: str
    agent: str
    interface: str


@dataclass(frozen=True, slots=True)
class CallerJoined(Fact):
    """QueueCallerJoin, or QueueEntry in the full picture."""

    queue: str
    uniqueid: str
    linkedid: str | None = None
    number: str | None = None
    name: str | None = None
    position: int | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class CallerLeft(Fact):
    """QueueCallerLeave: out of the line, answered or not."""

    queue: str
    uniqueid: str


@dataclass(frozen=True, slots=True)
class CallerGaveUp(Fact):
    """QueueCallerAbandon: lost to the queue; whether he hung up is told by what follows (F3)."""

    queue: str
    uniqueid: str
    wait_s: int | None


@dataclass(frozen=True, slots=True)
class QueueReleased(Fact):
    """VarSet QUEUESTATUS: the queue application sent the channel on, and says why."""

    uniqueid: str
    ending: Ending


@dataclass(frozen=True, slots=True)
class DialplanMoved(Fact):
    """Newexten: the channel runs the next step of the dialplan, so what it ran before is over."""

    uniqueid: str
    application: str
    queue: str | None = None
    """The queue it is about to enter, when the step is the application Queue."""
    exten: str | None = None


@dataclass(frozen=True, slots=True)
class OfferBegan(Fact):
    """AgentCalled: a member is being called for a caller."""

    queue: str
    agent: str
    interface: str
    uniqueid: str
    """The caller's channel."""
    leg: str
    """The agent's channel."""


@dataclass(frozen=True, slots=True)
class OfferAnswered(Fact):
    """AgentConnect."""

    queue: str
    agent: str
    interface: str
    uniqueid: str
    leg: str
    wait_s: int | None
    ring_s: int | None


@dataclass(frozen=True, slots=True)
class OfferUnanswered(Fact):
    """AgentRingNoAnswer; ``ring_ms`` in milliseconds (F1)."""

    queue: str
    agent: str
    interface: str
    uniqueid: str
    leg: str | None
    ring_ms: int | None


@dataclass(frozen=True, slots=True)
class CallCompleted(Fact):
    """AgentComplete; seconds (F2, F4)."""

    queue: str
    agent: str
    interface: str
    uniqueid: str | None
    """The caller's channel; missing when it was gone before the exchange wrote the event (seen on 16 and 22)."""
    leg: str | None
    wait_s: int | None
    talk_s: int | None
    by: CompletedBy | None


@dataclass(frozen=True, slots=True)
class ChannelOpened(Fact):
    """Newchannel, or CoreShowChannel in the full picture."""

    uniqueid: str
    channel: str
    linkedid: str
    state: str
    """``down``, ``dialling`` (Ring: it calls out), ``ringing``, ``up``."""
    exten: str | None = None
    """What it dialled, for channels that call out."""


@dataclass(frozen=True, slots=True)
class ChannelChanged(Fact):
    """Newstate; states as in :class:`ChannelOpened`."""

    uniqueid: str
    state: str


@dataclass(frozen=True, slots=True)
class ChannelRenamed(Fact):
    """Rename."""

    uniqueid: str
    channel: str


@dataclass(frozen=True, slots=True)
class ChannelClosed(Fact):
    """Hangup, with its Q.850 cause."""

    uniqueid: str
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class HangupAsked(Fact):
    """HangupRequest or SoftHangupRequest: this side ended the call."""

    uniqueid: str
    cause: int | None = None
    """Q.850: 17 and 21 are a phone that refuses."""


@dataclass(frozen=True, slots=True)
class DialBegan(Fact):
    """DialBegin: one channel calls another (``uniqueid`` may be missing for originated calls)."""

    uniqueid: str | None
    dest: str
    dest_channel: str
    number: str | None = None
    """What was dialled there, when the dial string names a number at a trunk."""


@dataclass(frozen=True, slots=True)
class HoldBegan(Fact):
    """Hold, on the channel that placed it (F5)."""

    uniqueid: str


@dataclass(frozen=True, slots=True)
class HoldEnded(Fact):
    """Unhold, on the channel that placed it; may come stray (F5)."""

    uniqueid: str


@dataclass(frozen=True, slots=True)
class MusicStopped(Fact):
    """MusicOnHoldStop, on the channel that heard it: closes a hold that never got its Unhold."""

    uniqueid: str


@dataclass(frozen=True, slots=True)
class BridgeEntered(Fact):
    """BridgeEnter."""

    uniqueid: str
    bridge: str


@dataclass(frozen=True, slots=True)
class BridgeLeft(Fact):
    """BridgeLeave."""

    uniqueid: str
    bridge: str


@dataclass(frozen=True, slots=True)
class CallTransferred(Fact):
    """BlindTransfer (``blind``) or AttendedTransfer (``attended``), successful ones only."""

    how: str
    transferer: str
    """Uniqueid of the transferer's leg towards the transferred party."""
    second: str | None = None
    """Uniqueid of the transferer's other leg (attended)."""
    transferee: str | None = None


@dataclass(frozen=True, slots=True)
class ExchangeStopped(Fact):
    """Shutdown: the exchange says that it goes down, ``restart``: to come back at once (F10)."""

    restart: bool = False


@dataclass(frozen=True, slots=True)
class EndpointSeen(Fact):
    """ContactStatus, PeerStatus, ContactList, EndpointList; ``name`` is Tech/resource."""

    name: str
    reach: Reach
    address: str | None = None


@dataclass(frozen=True, slots=True)
class ContactSeen(Fact):
    """ContactStatus: one of the places at which a PJSIP phone is registered; ``there``: it may be reached."""

    name: str
    uri: str
    there: bool


@dataclass(frozen=True, slots=True)
class TrunkSeen(Fact):
    """Registry, OutboundRegistrationDetail, RegistryEntry."""

    name: str
    reach: Reach
    status: str


@dataclass(frozen=True, slots=True)
class TrunkGone(Fact):
    """A trunk is no longer configured."""

    name: str


@dataclass(frozen=True, slots=True)
class ReviewDue(Fact):
    """A moment named by an entity's ``review_at`` has come (our own clock, not an AMI event)."""

    agent: str | None = None
    caller: tuple[str, str] | None = None
    """(queue, Uniqueid)."""


@dataclass(frozen=True, slots=True)
class QueuesSynced(Fact):
    """QueueStatus, complete: the queues, members and waiting callers at one moment; what is not in it is gone.

    The four ``…Synced`` facts stand where their lists stood in the stream: events before a list are contained in
    it, events after it come on top. A list may overtake events a little, so all facts are safe to repeat and a
    missing caller is given a moment (``review_at``) to explain himself.
    """

    queues: tuple[PictureQueue, ...] = ()
    members: tuple[Member, ...] = ()
    callers: tuple[PictureCaller, ...] = ()
    hints: tuple[tuple[str, str], ...] = ()
    """(``hint:EXTEN@CONTEXT``, device) so that a hint names a phone."""


@dataclass(frozen=True, slots=True)
class ChannelsSynced(Fact):
    """CoreShowChannels, complete."""

    channels: tuple[PictureChannel, ...] = ()


@dataclass(frozen=True, slots=True)
class PhonesSynced(Fact):
    """PJSIPShowEndpoints and PJSIPShowContacts (or SIPpeers), complete."""

    endpoints: tuple[tuple[str, Reach, str | None], ...] = ()
    """(Tech/resource, reach, address)."""
    contacts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(Tech/resource, all its contacts), where there are any."""


@dataclass(frozen=True, slots=True)
class TrunksSynced(Fact):
    """PJSIPShowRegistrationsOutbound, SIPshowregistry and trunk endpoints, complete."""

    trunks: tuple[tuple[str, Reach, str], ...] = ()
    """(name, reach, the exchange's word)."""


for _kind in [one for one in vars().values() if isinstance(one, type) and issubclass(one, Fact) and one is not Fact]:
    quick(_kind)  # here, and not on each of them, for the length of this page
