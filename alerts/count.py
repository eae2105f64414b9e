"""One counting rule on one subject: occurrences in a row, within a window, or since the day began. Pure and bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from alerts.conditions.contract import About, Occurrence
from alerts.model import SEVERITIES, Severity, Standing
from alerts.rules import AlertLevel, Rule

MOMENTS = 1000
"""No rule may ask for more occurrences, and no more are kept."""
LONG_DAY_S = 25.5 * 3600
"""From the beginning of a day this leads into the next one, be it of 23, 24 or 25 hours."""


@dataclass(slots=True)
class Count:
    """What happened lately, and how the rule stands by it."""

    rule: Rule
    day_begin: Callable[[float], float]
    row: int = 0
    """How many since the last that ended a row."""
    moments: deque[float] = field(default_factory=lambda: deque(maxlen=MOMENTS))
    about: About = field(default_factory=About)
    standing: Standing = Standing.FINE
    severity: Severity = Severity.INFO
    number: int = 0
    """How many count towards the level reached."""
    needed: int | None = None
    """How many that level asks for."""
    at: float = 0.0

    def add(self, one: Occurrence, rule: Rule) -> None:
        """It happened once more, or the row has ended; then :meth:`settle`."""
        self.rule = rule
        if one.resets:
            self.row = 0
            return
        self.row += 1
        self.moments.append(one.at)
        self.about = one.about

    def settle(self, at: float) -> None:
        """How it stands at ``at``; idempotent."""
        self.at = max(self.at, at)
        self._forget(at)
        self.standing, self.severity, self.number, self.needed = Standing.FINE, Severity.INFO, 0, None
        notice = self.rule.notice
        if notice is not None and self.row >= notice:
            self.standing, self.number, self.needed = Standing.NOTICED, self.row, int(notice)
        for level in self.rule.levels:
            number, needed = self._reached(level, at)
            if needed and number >= needed:
                self._break(level.severity, number, needed)

    def _break(self, severity: Severity, number: int, needed: int) -> None:
        if self.standing is Standing.BROKEN and SEVERITIES.index(severity) < SEVERITIES.index(self.severity):
            return
        self.standing, self.severity, self.number, self.needed = Standing.BROKEN, severity, number, needed

    def _reached(self, level: AlertLevel, at: float) -> tuple[int, int]:
        """(how many, of how many)."""
        if level.in_row is not None:
            return self.row, level.in_row
        if level.window_s is None:
            begin = self.day_begin(at)
            return sum(moment >= begin for moment in self.moments), level.occurrences or 0
        window = level.window_s
        return sum(moment + window > at for moment in self.moments), level.occurrences or 0

    def _forget(self, at: float) -> None:
        """What no level can count any more."""
        windows = [level.window_s for level in self.rule.levels if level.occurrences is not None]
        kept = LONG_DAY_S if None in windows else max((one for one in windows if one is not None), default=0.0)
        while self.moments and self.moments[0] + kept <= at:
            self.moments.popleft()

    @property
    def due(self) -> float | None:
        """The next moment after ``at`` at which fewer of them count."""
        return min((moment for moment in self._moments() if moment > self.at), default=None)

    def _moments(self) -> Iterator[float]:
        for level in self.rule.levels:
            if level.occurrences is None or len(self.moments) < level.occurrences:
                continue
            if level.window_s is None:
                yield self.day_begin(self.day_begin(self.at) + LONG_DAY_S)
            else:
                # When the oldest of the newest so many leaves the window, there are too few.
                yield next(islice(reversed(self.moments), level.occurrences - 1, None)) + level.window_s

    def move(self, by_s: float) -> None:
        """Our clock was set."""
        self.moments = deque((moment + by_s for moment in self.moments), maxlen=MOMENTS)
        self.at += by_s

    @property
    def idle(self) -> bool:
        """Nothing to remember any more."""
        return not self.moments and self.row == 0
