"""Rules as values: what is watched, from where on it matters, and when it counts. Frozen; :mod:`alerts.rulefile` reads
them from TOML, :mod:`alerts.evaluate` applies them.

How a rule's numbers are read (seconds, or the unit of its condition; for occurrences: how many):

    notice    from here the tile shows it, nobody is told
    limit     from here the rule is broken: a breach is recorded (``breach``), with ``severity``
    levels    worse values raise the severity
    every     the clock begins anew each so many seconds while it lasts (R-HLD-2)
    for_s     a level must stay beyond the limit this long before it counts
    clear     a level counts as recovered only from here on
    keep_s    it stays broken this long after it recovered
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from alerts.hours import Hours
from alerts.model import SEVERITIES, Severity, SubjectKind, Text

EMERGENCY = "emergency"
DRILL = "drill"
"""Exemptions that are no rule's id: agents in the emergency state (R-EMG-17); while rehearsed."""


class Direction(StrEnum):
    """Which side of a limit is the wrong one."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"

    def beyond(self, value: float, limit: float) -> bool:
        """Whether ``value`` is on the wrong side."""
        if self is Direction.AT_LEAST:
            return value >= limit
        if self is Direction.ABOVE:
            return value > limit
        return value <= limit if self is Direction.AT_MOST else value < limit

    @property
    def rises(self) -> bool:
        return self in (Direction.AT_LEAST, Direction.ABOVE)

    def worse(self, one: float | None, other: float | None) -> float | None:
        """The worse of two values; ``None``: not known."""
        if one is None or other is None:
            return other if one is None else one
        return max(one, other) if self.rises else min(one, other)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition that must hold; all of a rule's clauses together. The first gives the rule its value."""

    condition: str
    params: Mapping[str, Any] = field(default_factory=dict)
    direction: Direction = Direction.AT_LEAST
    limit: float | None = None
    """Of the second and further clauses."""


@dataclass(frozen=True, slots=True)
class AlertLevel:
    """From where on a rule is broken with this severity: a value, or so many occurrences in a row or in a window."""

    severity: Severity
    value: float | None = None
    in_row: int | None = None
    occurrences: int | None = None
    window_s: float | None = None
    """``None`` with ``occurrences``: since the floor's day began."""


@dataclass(frozen=True, slots=True)
class Override:
    """Other values of a rule for some queues, groups or sites (a site is an exchange, by its name)."""

    values: Mapping[str, Any]
    """Fields of :class:`Rule`."""
    queues: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()

    def fits(self, queue: str | None, group: str | None, site: str) -> bool:
        """Every kind of name it gives must fit."""
        return (
            (not self.queues or queue in self.queues)
            and (not self.groups or group in self.groups)
            and (not self.sites or site in self.sites)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """What must hold, as far as a machine can see it."""

    id: str
    name: Text
    text: Text
    """What is told to people when it is broken."""
    clauses: tuple[Clause, ...]
    subject: SubjectKind
    counts: bool = False
    """Its condition tells occurrences, which are counted; else a value is measured."""
    unit: str = "s"
    notice: float | None = None
    limit: float | None = None
    severity: Severity = Severity.INFO
    levels: tuple[AlertLevel, ...] = ()
    every: float | None = None
    for_s: float = 0.0
    keep_s: float = 0.0
    clear: float | None = None
    sample: int | None = None
    hours: Hours | None = None
    """``None``: always."""
    route: str = "floor"
    enabled: bool = True
    breach: bool = True
    exempt: frozenset[str] = frozenset()
    overrides: tuple[Override, ...] = ()
    source: str = "built in"
    """The file whose word on it counts last."""

    @property
    def direction(self) -> Direction:
        return self.clauses[0].direction

    @property
    def excusers(self) -> frozenset[str]:
        """Rules that, while broken, excuse the breaches of this one."""
        return self.exempt - {EMERGENCY, DRILL}

    @property
    def alert_unit(self) -> str:
        """Of the value an alert of it carries: how many, where occurrences are counted."""
        return "times" if self.counts else self.unit

    @property
    def breach_unit(self) -> str:
        """Of the value a breach of it carries: of one occurrence, where that is measured."""
        return self.unit if not self.counts or self.clauses[0].limit is not None else "times"

    def at(self, queue: str | None, group: str | None, site: str) -> Rule:
        """As it is there; of overrides that fit, later ones win."""
        fitting = [one.values for one in self.overrides if one.fits(queue, group, site)]
        return replace(self, **{key: value for values in fitting for key, value in values.items()}) if fitting else self

    def severity_at(self, value: float) -> Severity | None:
        """The severity of a measured value; ``None``: within the limit."""
        if self.limit is None or not self.direction.beyond(value, self.limit):
            return None
        beyond = [one.severity for one in self.levels if _beyond(self.direction, value, one.value)]
        return max([self.severity, *beyond], key=SEVERITIES.index)

    def noticed_at(self, value: float) -> bool:
        return self.notice is not None and self.direction.beyond(value, self.notice)


def _beyond(direction: Direction, value: float, limit: float | None) -> bool:
    return limit is not None and direction.beyond(value, limit)
