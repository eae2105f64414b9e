"""An alert together with its clocks, and what a step of the book leaves to be stored and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from alerts.model import (
    Alert,
    AlertStage,
    Breach,
    Message,
    Occasion,
    Recipient,
    Severity,
    Silence,
    Standing,
    Subject,
    Text,
    Transition,
)

FLOOR = "floor"
"""The actor of what no person did."""


class RuleTerms(Protocol):
    """What the book must know of a rule (:mod:`alerts.rules` has them)."""

    @property
    def for_s(self) -> float:
        """How long it must be broken before it fires."""

    @property
    def keep_s(self) -> float:
        """How long it must hold again before the alert is resolved."""

    @property
    def route(self) -> str | None: ...

    @property
    def title(self) -> Text: ...


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms by themselves: of what is raised without a rule, and in tests."""

    for_s: float = 0.0
    keep_s: float = 0.0
    route: str | None = None
    title: Text = field(default_factory=dict)


TermsOf = Callable[[str], RuleTerms]
"""By rule id; ids that no rule has get ``Terms()``."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The clocks of one alert, stored with it so that a restart loses none. Moments on our clock; ``None``: not set."""

    fire_at: float | None = None
    resolve_at: float | None = None
    lapse_at: float | None = None
    escalate_at: float | None = None
    remind_at: float | None = None
    rest_at: float | None = None
    """When to look whether it still flaps."""
    owed: Occasion | None = None
    """What must be told, and has not been."""
    owed_at: float | None = None
    """From when on; for grouping and quiet hours."""
    tells: int = 0
    """Rounds of messages so far; part of every message's id."""
    told: tuple[Recipient, ...] = ()
    """Who heard of it, and hears of its end."""
    heard: Severity | None = None
    """How severe it was when people were last told of this firing; ``None``: nobody has heard of this firing yet."""
    stood: Standing = Standing.BROKEN
    """The evaluator's last word."""
    acknowledged: Severity | None = None
    """The severity somebody took over."""
    restored: bool = False
    """Read back after a restart, and not seen since."""
    held: bool = False
    """Closed by a person although it stands: fires again only when it got better or worse meanwhile."""
    raised: bool = False
    """Raised by a person or another part of Floorwatch: no rule will say when it is over."""
    causes: tuple[Subject, ...] = ()
    """Single cases it explains."""
    changes: tuple[float, ...] = ()
    """Moments at which it began or ended."""


def moved(pace: Pace, by_s: float) -> Pace:
    """The same clocks after our own was set by so much."""
    names = ("fire_at", "resolve_at", "lapse_at", "escalate_at", "remind_at", "rest_at", "owed_at")
    clocks = {name: at + by_s for name in names if (at := getattr(pace, name)) is not None}
    return replace(pace, changes=tuple(at + by_s for at in pace.changes), **clocks)


@dataclass(slots=True, eq=False)
class Case:
    """A living (or just resolved) alert in the book."""

    alert: Alert
    pace: Pace

    @property
    def lives(self) -> bool:
        return self.alert.stage is not AlertStage.RESOLVED

    def next_due(self) -> float | None:
        """When a clock of it runs out next; while it cannot be seen, they stand still."""
        if not self.lives:
            return self.pace.rest_at
        if self.alert.unknown:
            return None
        pace, muted = self.pace, self.muted
        clocks = [pace.fire_at, pace.resolve_at, pace.lapse_at, pace.rest_at]
        if not muted:
            clocks += [pace.escalate_at, pace.remind_at, pace.owed_at]
        return min((at for at in clocks if at is not None), default=None)

    @property
    def muted(self) -> bool:
        """Whether nobody is told of it at present: explained, silenced or flapping."""
        alert = self.alert
        if alert.parent is not None or alert.silenced_until is not None:
            return True
        return alert.flapping and alert.severity is not Severity.EMERGENCY


@dataclass(frozen=True, slots=True)
class Told:
    """A message, and the moment before which it is not sent."""

    message: Message
    not_before: float = 0.0


@dataclass(slots=True)
class Effects:
    """What one step did. Stored in one transaction, so that no step is without its messages and no message without
    its step."""

    cases: dict[str, Case] = field(default_factory=dict)
    """By alert id, as they are after it."""
    transitions: list[Transition] = field(default_factory=list)
    messages: list[Told] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    ended: list[Silence] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.cases or self.transitions or self.messages or self.silences or self.ended or self.breaches)

    def add(self, other: Effects) -> None:
        """Join a later step to this one."""
        self.cases.update(other.cases)
        self.transitions += other.transitions
        self.messages += other.messages
        self.silences += other.silences
        self.ended += other.ended
        self.breaches += other.breaches
