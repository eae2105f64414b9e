"""What agents ask for, what leaders post: frozen values. Times are our clock's, seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from floor.state.model import Key

Text = dict[str, str]
"""By language: ``en`` and ``zh``."""


class Kind(StrEnum):
    HELP = "help"
    LEAVE = "leave"
    REASON = "reason"


class Way(StrEnum):
    """Where somebody asked."""

    PAGE = "page"
    PHONE = "phone"


class About(StrEnum):
    """What help is needed for (R-HLD-13, R-HUP-10)."""

    QUESTION = "question"
    ABUSIVE = "abusive"
    """A caller who cannot be calmed: the leader is told at once."""
    TECHNICAL = "technical"


class Answer(StrEnum):
    """How a leader helps."""

    COMING = "coming"
    WHISPER = "whisper"
    ADVICE = "advice"


class Stage(StrEnum):
    """Where a request is; :mod:`floor.requests.life` has the steps between them."""

    OPEN = "open"
    ANSWERED = "answered"
    APPROVED = "approved"
    LEFT = "left"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    BACK = "back"
    GIVEN = "given"
    LAPSED = "lapsed"
    """Nobody did anything about it in time."""


LIVES = frozenset({Stage.OPEN, Stage.ANSWERED, Stage.APPROVED, Stage.LEFT})
"""Something is still to come."""

END_REASONS = ("silent", "faint", "noise", "dialect", "left_on_line", "nuisance", "device_fault", "emergency")
"""Why an agent may hang up first (R-HUP-1…8; fixed codes of domain.md §3)."""


@dataclass(frozen=True, slots=True)
class Asker:
    """The agent who asks: as the exchange knows him, and as people do."""

    pbx: str
    agent: str
    """Member name."""
    person: int | None = None
    name: str = ""
    number: str = ""
    group: str | None = None

    @property
    def key(self) -> Key:
        return (self.pbx, self.agent)


@dataclass(frozen=True, slots=True)
class Someone:
    """A named person who answers, decides or posts."""

    id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Help:
    """A request for help (R-HLD-13, R-HUP-10)."""

    id: str
    by: Asker
    about: About
    way: Way
    asked_at: float
    stage: Stage = Stage.OPEN
    text: str = ""
    queue: str = ""
    call: str = ""
    """Linkedid of the call he had when he asked."""
    escalated_at: float | None = None
    """Nobody had answered in time, or it could not wait: the alert went out."""
    answered_at: float | None = None
    answered_by: Someone | None = None
    answer: Answer | None = None
    advice: str = ""
    ended_at: float | None = None
    ended_by: Someone | None = None

    kind = Kind.HELP


@dataclass(frozen=True, slots=True)
class Leave:
    """A request to leave the seat (R-PRS-10, -15)."""

    id: str
    by: Asker
    reason: str
    minutes: int
    way: Way
    asked_at: float
    stage: Stage = Stage.OPEN
    text: str = ""
    decided_at: float | None = None
    decided_by: Someone | None = None
    word: str = ""
    left_at: float | None = None
    back_at: float | None = None
    ended_at: float | None = None

    kind = Kind.LEAVE

    @property
    def due_at(self) -> float | None:
        """When he is expected back; ``None``: he has not left."""
        return None if self.left_at is None else self.left_at + 60.0 * self.minutes


@dataclass(frozen=True, slots=True)
class EndReason:
    """The reason owed for a conversation that the agent ended (R-HUP-1)."""

    id: str
    by: Asker
    queue: str
    visit: str
    """Uniqueid of the caller's channel."""
    asked_at: float
    """When he hung up."""
    stage: Stage = Stage.OPEN
    call: str = ""
    """Linkedid, where it was still known."""
    talk_s: float | None = None
    reason: str | None = None
    way: Way | None = None
    ended_at: float | None = None
    """When it was given, or was so no more."""

    kind = Kind.REASON


Request = Help | Leave | EndReason
Level = Literal["notice", "warn", "critical"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A line for everybody in front of the boards and at the agents' pages, which expires by itself (R-SUP-10, -11)."""

    id: str
    text: Text
    level: Level
    posted_at: float
    until: float
    by: Someone
    boards: tuple[str, ...] | None = ()
    """Ids of boards; empty: all; ``None``: no board."""
    pages: bool = True
    """Agents' pages show it."""
    groups: tuple[str, ...] = ()
    """Of whose agents; empty: everybody's."""
    public: bool = False
    """Also on boards that visitors see (R-SEC-8)."""
    withdrawn_at: float | None = None
    withdrawn_by: Someone | None = None

    def stands(self, now: float) -> bool:
        return self.withdrawn_at is None and now < self.until

    def on_board(self, board: str) -> bool:
        return self.boards is not None and (not self.boards or board in self.boards)

    def for_group(self, group: str | None) -> bool:
        return self.pages and (not self.groups or group in self.groups)
