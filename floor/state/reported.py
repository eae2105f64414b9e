"""Facts that somebody or something reports and that change no entity, or hardly one: speech, voice quality, alarms,
limits, and what people say from their phones. Part of the vocabulary of :mod:`floor.state.facts`.
"""

from __future__ import annotations

from dataclasses import dataclass

from floor.state.copying import quick
from floor.state.fact import Fact


@quick
@dataclass(frozen=True, slots=True)
class TalkingBegan(Fact):
    """ChannelTalkingStart: somebody is heard on this channel; only where the dialplan has TALK_DETECT on (F6)."""

    uniqueid: str


@quick
@dataclass(frozen=True, slots=True)
class TalkingEnded(Fact):
    """ChannelTalkingStop; ``lasted_s`` in seconds."""

    uniqueid: str
    lasted_s: float | None = None


@quick
@dataclass(frozen=True, slots=True)
class VoiceReported(Fact):
    """RTCPReceived, RTCPSent: how one direction of a call's voice arrives (F11)."""

    uniqueid: str
    loss: float | None
    """Share of packets lost since the report before, 0 to 1."""
    jitter: int | None
    """Interarrival jitter in units of the codec's clock: 8 to a millisecond for narrow-band telephony."""


@quick
@dataclass(frozen=True, slots=True)
class AlarmRaised(Fact):
    """SpanAlarm, Alarm: a digital or analogue line reports trouble (F10)."""

    name: str
    """``span 1``, ``line 3``."""
    word: str
    """The exchange's own word."""


@quick
@dataclass(frozen=True, slots=True)
class AlarmCleared(Fact):
    """SpanAlarmClear, AlarmClear."""

    name: str


@quick
@dataclass(frozen=True, slots=True)
class LimitReached(Fact):
    """LoadAverageLimit, MemoryLimit, SessionLimit: the exchange refuses calls or sessions (F10)."""

    limit: str
    """``load``, ``memory``, ``sessions``."""


@quick
@dataclass(frozen=True, slots=True)
class HelpAsked(Fact):
    """UserEvent FloorReport with ``Kind: help``: somebody asks his leader for help from his phone (R-HLD-13)."""

    channel: str | None = None
    uniqueid: str | None = None
    agent: str | None = None
    note: str = ""


@quick
@dataclass(frozen=True, slots=True)
class CallPlaced(Fact):
    """OriginateResponse to an order of ours: what became of the phone that was to ring."""

    order: str
    """Our name for the order (its ActionID)."""
    reached: str
    """``answered``, ``busy``, ``unanswered``, or ``failed``: refused, or cannot be reached."""


@dataclass(frozen=True, slots=True)
class ListeningBegan(Fact):
    """ChanSpyStart: one channel hears what is said on another, whoever had it do so (R-SEC-1)."""

    uniqueid: str
    """The channel listened to."""
    spy: str
    """Uniqueid of the channel that listens."""
    spy_channel: str
    """Its name."""
    call: str
    """Linkedid of the channel listened to."""


@quick
@dataclass(frozen=True, slots=True)
class ListeningEnded(Fact):
    """ChanSpyStop."""

    spy: str
    uniqueid: str | None = None
    """The channel listened to; the exchange does not always tell it."""


@quick
@dataclass(frozen=True, slots=True)
class LeaveAsked(Fact):
    """UserEvent FloorReport with ``Kind: leave``: somebody asks his leader for leave from his phone (R-PRS-10)."""

    reason: str
    """Why he wants to leave: one of the away reasons, as it was said."""
    minutes: int
    channel: str | None = None
    uniqueid: str | None = None
    agent: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class EndReasonGiven(Fact):
    """UserEvent FloorReport with ``Kind: reason``: why the agent ends the call he has (R-HUP-1)."""

    reason: str
    """``silent``, ``faint``, ``noise`` … (domain.md §3)."""
    uniqueid: str | None = None
    """His phone's channel, or the caller's."""
    agent: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class EmergencyReported(Fact):
    """UserEvent FloorReport with an emergency's type as ``Kind`` (domain.md §6)."""

    kind: str
    """``fire``, ``illness`` …, as it was said; whoever opens the incident checks it."""
    channel: str | None = None
    uniqueid: str | None = None
    agent: str | None = None
    place: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordHealed(Fact):
    """The record was mended from the exchange's own log (not an AMI event): figures are to be read from it anew."""
