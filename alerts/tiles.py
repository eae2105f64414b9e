"""What tiles count down: per agent the clocks of the rules that run for him, told when they differ; browsers do the
counting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from alerts.conditions.contract import Lasting
from alerts.model import Subject, SubjectKind
from alerts.violations import Case
from alerts.watch import Watch
from floor.state.model import Key


@dataclass(frozen=True, slots=True)
class RuleClock:
    """A rule that runs for an agent: since when (our clock), and the seconds after which it is noticed and broken;
    ``every_s``: it begins anew each so many seconds."""

    rule: str
    since: float
    notice_s: float | None
    limit_s: float | None
    every_s: float | None


OnClock = Callable[[Key, tuple[RuleClock, ...]], None]
"""Told an agent's key and all his clocks."""


class Tiles:
    """The clocks that run."""

    def __init__(self, on_clock: OnClock | None = None) -> None:
        self._on_clock = on_clock
        self._clocks: dict[Subject, dict[str, RuleClock]] = {}
        self._changed: dict[Subject, None] = {}

    def set(self, case: Case, watch: Watch | None) -> None:
        """How this rule runs now."""
        rule, subject = case
        if subject.kind is not SubjectKind.AGENT:
            return
        clock = _clock(rule, watch)
        if self._clocks.get(subject, {}).get(rule) == clock:
            return
        self._changed[subject] = None
        if clock is not None:
            self._clocks.setdefault(subject, {})[rule] = clock
            return
        clocks = self._clocks[subject]
        del clocks[rule]
        if not clocks:
            del self._clocks[subject]

    def of(self, agent: Key) -> list[RuleClock]:
        """His clocks, in the order in which they began to run."""
        return list(self._clocks.get(Subject(SubjectKind.AGENT, *agent), {}).values())

    def tell(self) -> None:
        """Tell whose clocks differ, each once."""
        if self._on_clock is not None:
            for subject in self._changed:
                key = (subject.pbx, subject.name)
                self._on_clock(key, tuple(self.of(key)))
        self._changed.clear()


def _clock(rule: str, watch: Watch | None) -> RuleClock | None:
    if watch is None or not isinstance(watch.reading, Lasting):
        return None
    ruled = watch.rule
    if ruled.notice is None and ruled.limit is None:
        return None
    return RuleClock(rule, watch.since, ruled.notice, ruled.limit, ruled.every)
