"""One measured rule on one subject, while there is something to measure: pure, told its time, never looking at a clock.

What is measured either grows by itself (a span) or stays what it was last said to be (a level). So between two readings
everything that will happen is known, and ``due`` names the next moment at which something does.
"""

from __future__ import annotations

from dataclasses import dataclass

from alerts.conditions.contract import About, Lasting, Level
from alerts.model import Severity, Standing
from alerts.rules import Rule

SAME_SPAN_S = 1.0
"""Clocks are compared anew all the time; a beginning that moves by less is the same beginning."""
_NEVER = float("inf")


@dataclass(slots=True)
class Watch:
    """How the rule stands, and since when."""

    rule: Rule
    reading: Lasting | Level | None = None
    since: float = 0.0
    """Of a span: when it began, on our clock; kept while it is the same span."""
    over_since: float | None = None
    """When the value went beyond the limit."""
    kept_until: float | None = None
    standing: Standing = Standing.FINE
    severity: Severity = Severity.INFO
    worst: float | None = None
    at: float = 0.0
    """Settled up to this moment."""

    @property
    def about(self) -> About:
        return self.reading.about if self.reading is not None else About()

    @property
    def broken(self) -> bool:
        return self.standing is Standing.BROKEN

    @property
    def violated(self) -> bool:
        """Broken now, not only kept so for a while."""
        return self.broken and self.kept_until is None

    def value(self, at: float) -> float | None:
        """What is measured; ``None``: nothing of the kind, or too few cases to tell."""
        if isinstance(self.reading, Lasting):
            return max(0.0, round(at - self.since, 3))
        if self.reading is None or (self.rule.sample or 0) > (self.reading.sample or 0):
            return None
        return self.reading.value

    def periods(self, at: float) -> int:
        """How often the limit of a repeating clock has passed."""
        value, rule = self.value(at), self.rule
        if rule.every is None or rule.limit is None or value is None or value < rule.limit:
            return 0
        return 1 + int((value - rule.limit) // rule.every)

    def continues(self, reading: Lasting | Level | None) -> bool:
        """Whether this is more of what was read before."""
        old = self.reading
        if old is None or reading is None:
            return False
        if (old.about.call, old.about.queue, old.about.agent) != (
            reading.about.call,
            reading.about.queue,
            reading.about.agent,
        ):
            return False
        if isinstance(old, Lasting) and isinstance(reading, Lasting) and None not in (old.raw, reading.raw):
            return old.raw == reading.raw or abs(reading.since - self.since) < SAME_SPAN_S
        return True

    def take(self, reading: Lasting | Level | None, rule: Rule, at: float) -> None:
        """A new reading; call :meth:`settle` up to ``at`` before, and at ``at`` after it."""
        same = self.continues(reading)
        if isinstance(reading, Lasting) and not (
            same and reading.raw is not None and isinstance(self.reading, Lasting)
        ):
            self.since = reading.since
        if not same:
            self.over_since = None
        self.reading, self.rule = reading, rule
        self.at = at

    def settle(self, at: float) -> None:
        """How it stands at ``at``; idempotent."""
        self.at = max(self.at, at)
        value = self.value(at)
        severity = self.rule.severity_at(value) if value is not None else None
        if severity is not None:
            self._beyond(severity, at)
        elif self.broken and value is not None and not self._cleared(value):
            self.kept_until = None
        else:
            self._within(value, at)

    def _beyond(self, severity: Severity, at: float) -> None:
        if self.over_since is None:
            self.over_since = self._crossed(at)
        self.kept_until = None
        if self.broken or round(at - self.over_since, 3) >= self.rule.for_s:
            self.standing, self.severity = Standing.BROKEN, severity
        else:
            self.standing, self.severity = Standing.NOTICED, Severity.INFO

    def _crossed(self, at: float) -> float:
        if isinstance(self.reading, Lasting) and self.rule.limit is not None:
            return min(at, self.since + self.rule.limit)
        return at

    def _within(self, value: float | None, at: float) -> None:
        self.over_since = None
        if self.broken:
            self.kept_until = at + self.rule.keep_s if self.kept_until is None else self.kept_until
            if at < self.kept_until:
                return
        self.kept_until = None
        noticed = value is not None and self.rule.noticed_at(value)
        self.standing, self.severity = Standing.NOTICED if noticed else Standing.FINE, Severity.INFO

    def _cleared(self, value: float) -> bool:
        clear = self.rule.clear
        return clear is None or value == clear or not self.rule.direction.beyond(value, clear)

    @property
    def due(self) -> float | None:
        """The next moment after ``at`` at which it stands otherwise by itself."""
        # Asked after every look: written out, for a generator and a minimum over it cost three times as much.
        at, due = self.at, _NEVER
        if self.kept_until is not None and at < self.kept_until:
            due = self.kept_until
        if self.over_since is not None and not self.broken and at < self.over_since + self.rule.for_s < due:
            due = self.over_since + self.rule.for_s
        if isinstance(self.reading, Lasting):
            due = self._passes(at, due)
        return due if due < _NEVER else None

    def _passes(self, at: float, due: float) -> float:
        """When the span passes its next limit, if that is before ``due``."""
        rule, since = self.rule, self.since
        if rule.notice is not None and at < since + rule.notice < due:
            due = since + rule.notice
        if rule.limit is not None and at < since + rule.limit < due:
            due = since + rule.limit
        for level in rule.levels:
            if level.value is not None and at < since + level.value < due:
                due = since + level.value
        if rule.every is not None and rule.limit is not None:
            again = since + rule.limit + rule.every * self.periods(at)
            due = again if at < again < due else due
        return due

    def move(self, by_s: float) -> None:
        """Our clock was set: what lasts does not last longer for that."""
        self.since += by_s
        self.at += by_s
        self.over_since = None if self.over_since is None else self.over_since + by_s
        self.kept_until = None if self.kept_until is None else self.kept_until + by_s

    @property
    def idle(self) -> bool:
        """Nothing to watch any more."""
        return self.reading is None and self.standing is Standing.FINE
