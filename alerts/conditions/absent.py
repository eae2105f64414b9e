"""Absent: those away whom one rule counts, kept in step, so that nobody is counted anew when one more goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from alerts.conditions.since import Since
from floor.state.model import Key

Who = tuple[str, str]
"""A person, as far as known: of the register, else the member name, which is the same on all exchanges."""


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who is not at his place."""

    key: Key
    who: Who
    since: float
    """The exchange's clock."""
    reason: str | None
    logged_off: bool
    queues: tuple[str, ...]
    """Those he left."""


@dataclass(frozen=True, slots=True)
class Reasons:
    """Which absences count, in small letters; none given: every one."""

    only: frozenset[str]
    besides: frozenset[str]

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Reasons:
        """From a clause's ``reasons`` and ``besides``."""
        only, besides = (frozenset(str(one).casefold() for one in params[name]) for name in ("reasons", "besides"))
        return cls(only, besides)

    def count(self, away: Away) -> bool:
        reason = (away.reason or "").casefold()
        return (not self.only or reason in self.only) and reason not in self.besides


@dataclass(slots=True)
class Absent:
    """Persons, not logins: who serves on two exchanges is away once."""

    reasons: Reasons
    logged_off: dict[Key, Away] = field(default_factory=dict)
    """Away only as long as their group works: to be judged by whoever asks."""
    _paused: dict[Key, Away] = field(default_factory=dict)
    _since: Since = field(default_factory=Since)
    _persons: Counter[Who] = field(default_factory=Counter)

    @property
    def persons(self) -> int:
        """How many are away without having logged off."""
        return len(self._persons)

    def __contains__(self, who: Who) -> bool:
        """Whether this person is among them."""
        return who in self._persons

    def put(self, key: Key, away: Away | None) -> None:
        """How he is away now, if he is."""
        self.logged_off.pop(key, None)
        before = self._paused.pop(key, None)
        if before is not None:
            self._persons[before.who] -= 1
            if not self._persons[before.who]:
                del self._persons[before.who]
        counted = away if away is not None and self.reasons.count(away) else None
        paused = counted if counted is not None and not counted.logged_off else None
        self._since.put(key, paused.since if paused is not None else None)
        if paused is not None:
            self._paused[key] = paused
            self._persons[paused.who] += 1
        elif counted is not None:
            self.logged_off[key] = counted

    def first(self, count: int) -> Iterator[Away]:
        """So many logins without having logged off, the longest first."""
        for subject in self._since.first(count):
            yield self._paused[subject.pbx, subject.name]
