"""Happenings: what passed and left no trace on the floor, told to whoever asks the store for it."""

from __future__ import annotations

from dataclasses import dataclass

from floor.state.copying import quick


@quick
@dataclass(frozen=True, slots=True)
class Happening:
    """Something that passed and left no trace on the floor; as such: the fact itself is the news."""

    pbx: str
    at: float


@quick
@dataclass(frozen=True, slots=True)
class LineReleased(Happening):
    """A call to or from the outside is over: the end of the one channel that led there."""

    device: str
    """Trunk or outside line, as Tech/name."""
    uniqueid: str
    call: str
    """Linkedid."""
    cause: int | None
    """Q.850; ``None``: not told."""
    up: bool
    """It had been answered."""
    outgoing: bool
    """We called; else we were called."""
    queue: str | None
    """The queue it was in last."""


@quick
@dataclass(frozen=True, slots=True)
class LineTaken(Happening):
    """A channel to or from the outside came to be."""

    device: str
    uniqueid: str
    outgoing: bool
    """We call; else we are called."""


@quick
@dataclass(frozen=True, slots=True)
class EmergencyCalled(Happening):
    """A phone dials an emergency number; told once per call, while it is being set up."""

    device: str
    """The phone, as Tech/name."""
    agent: str | None
    """Who is logged in at it."""
    number: str
    """The emergency number."""
    channel: str
    uniqueid: str


@quick
@dataclass(frozen=True, slots=True)
class ListeningBegan(Happening):
    """A channel hears what is said on another, whoever had it do so (R-SEC-1)."""

    uniqueid: str
    """The channel listened to."""
    agent: str | None
    """The agent whose call it is."""
    call: str
    """Linkedid of the channel listened to."""
    spy: str
    """Uniqueid of the channel that listens."""
    spy_channel: str
    """Its name, such as ``PJSIP/1900-00000011``: whose phone it is."""


@quick
@dataclass(frozen=True, slots=True)
class ListeningEnded(Happening):
    """It hears it no more; the same words as at the beginning, as far as they are known."""

    uniqueid: str | None
    spy: str
