"""A listening: one supervisor in one call of one agent, from asking to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Who hears the supervisor: nobody, the agent, both."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class Purpose(StrEnum):
    """Why (R-SEC-1)."""

    QA = "qa"
    COACHING = "coaching"
    HELP = "help"
    INCIDENT = "incident"


class Way(StrEnum):
    """Where the supervisor hears it."""

    BROWSER = "browser"
    PHONE = "phone"


class ListeningStage(StrEnum):
    """asked → opening → on → ended; following an agent it waits between his calls."""

    OPENING = "opening"
    ON = "on"
    WAITING = "waiting"
    """Follows the agent, who has no call just now."""
    ENDED = "ended"


ENDINGS: Mapping[str, str] = {
    "call_ended": "the call is over",
    "stopped": "by the listener himself, or by somebody who may",
    "signed_out": "the listener signed out, was signed out, or may sign in no more",
    "locked": "the listener's console locked itself (R-SEC-6)",
    "right_lost": "the listener has not the right any more",
    "out_of_scope": "the agent is none of the listener's any more",
    "link_lost": "the link to the exchange was lost, so that nobody would have known when to end it",
    "restarted": "the exchange was stopped or started anew",
    "stream_lost": "the listener's page was gone for too long",
    "failed": "the exchange would not, or could not go on",
    "unrecorded": "it could not be put on record",
    "too_long": "longer than it may last",
    "closed": "Floorwatch was stopped",
    "unknown": "not known: Floorwatch was not there",
}
"""Why a listening ended, by word."""


@dataclass(frozen=True, slots=True)
class Listening:
    """As it is now; the record of it is in the audit. Times are our clock's."""

    id: str
    pbx: str
    agent: str
    """Member name; empty: somebody listened to from elsewhere who is no agent of ours."""
    mode: Mode
    way: Way
    purpose: Purpose | None
    """``None``: begun elsewhere (somebody's desk phone), where nobody asked for one."""
    stage: ListeningStage
    began_at: float
    by: int | None
    """Person; ``None``: begun elsewhere, on a phone that is nobody's."""
    by_name: str
    call: str | None = None
    """Linkedid of the call listened to."""
    channel: str | None = None
    """Uniqueid of exactly the channel listened to, the agent's own leg."""
    spy: str | None = None
    """Uniqueid of the channel that listens, once the exchange has told."""
    follow: bool = False
    ended_at: float | None = None
    ended: str | None = None
    """Why, in a word: one of :data:`ENDINGS`."""
    said: str = ""
    """The exchange's words, where it said some."""

    @property
    def over(self) -> bool:
        return self.stage is ListeningStage.ENDED

    @property
    def elsewhere(self) -> bool:
        """Not begun here: nobody asked for a purpose, and only the exchange told."""
        return self.purpose is None


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """Signed linear, 16 bit little endian, in frames of 20 ms."""

    rate: int = 8000
    channels: int = 2
    """2: left the agent, right the other side; 1: both mixed, where the exchange cannot tell them apart."""

    @property
    def frame_bytes(self) -> int:
        return self.rate // 50 * 2 * self.channels
