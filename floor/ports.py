"""The seams between the rooms: what each may ask of another, without importing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from floor.state.facts import Fact
from floor.state.model import Entity, Record


@dataclass(frozen=True, slots=True)
class Change:
    """One entity before and after; ``before is None``: new, ``after is None``: gone."""

    before: Entity | None
    after: Entity | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one fact did to the floor: at least one change or record, under one revision."""

    revision: int
    fact: Fact
    changes: Sequence[Change]
    records: Sequence[Record]


Listener = Callable[[Outcome], None]
"""Told synchronously after every change; must not block; what it raises is logged and ends nothing."""


class FactSink(Protocol):
    """Where facts go."""

    def apply(self, fact: Fact) -> None: ...


class Clock(Protocol):
    """Time as an argument: wall clock for records, monotonic for durations; seconds."""

    def now(self) -> float: ...

    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the exchange said to a command; ``ok`` is its word, not the effect, which comes back as a fact."""

    ok: bool
    message: str


class Switchboard(Protocol):
    """Commands to one exchange. Nothing is assumed done: effects come back as facts.

    Raises nothing: a lost link or a missing answer is an ``Answer`` that says so.
    """

    async def originate(
        self,
        pbx: str,
        channel: str,
        *,
        application: str,
        data: str = "",
        caller_id: str = "",
        timeout_s: float = 30.0,
        variables: dict[str, str] | None = None,
    ) -> Answer: ...

    async def pause(self, pbx: str, interface: str, paused: bool, *, queue: str = "", reason: str = "") -> Answer: ...

    async def set_variable(self, pbx: str, channel: str, name: str, value: str) -> Answer: ...
