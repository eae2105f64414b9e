"""The world as conditions see it: the floor, its figures, the people, and both clocks."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from alerts.conditions.contract import FloorView, Tally
from alerts.conditions.subjects import SITE, note_clock
from alerts.forecast import QUARTER_S
from alerts.model import Subject
from floor.day import Day
from floor.people.ports import People
from floor.ports import Clock
from floor.requests.ports import Leaves
from floor.sections.presence import PresenceSettings
from floor.state.figures import Figures
from floor.state.figures import Subject as FigureSubject
from floor.state.model import Key, Pbx

TALLIES = 20_000
"""Counters kept; beyond that the one unused for longest is forgotten."""
MOMENTS = 1_000
"""Moments kept per counter."""
SUMS_S = 60.0
SUMS = 1_000
"""Sums of expectations: for so long, and so many."""
STEP_S = 1.0
"""Our clock and the steady one part by so much only when somebody set it."""

Expected = Callable[[str, str, float], float | None]
"""(pbx, queue, at) -> calls expected per hour."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an exchange may expect in one quarter of an hour."""

    calls: float | None
    """Per hour."""
    queues: int
    """How many there were on the floor when this was summed."""
    summed_at: float
    """By the steady clock."""


class Figured(Protocol):
    """Figures of the last minutes, as :class:`floor.measures.Measures` has them."""

    def figures(self, subject: FigureSubject, window: Literal["m15", "m30", "m60"]) -> Figures: ...


class NoLeaves:
    """Where nobody asks for leave, nobody needs it."""

    needed = False

    def granted(self, agent: Key) -> bool:  # noqa: ARG002
        return False

    def due(self, agent: Key) -> float | None:  # noqa: ARG002
        return None


class Moments:
    """A counter of recent moments with their weights; bounded."""

    def __init__(self) -> None:
        self._moments: deque[tuple[float, float]] = deque(maxlen=MOMENTS)

    def add(self, at: float, weight: float = 1.0) -> None:
        self._moments.append((at, weight))

    def within(self, since: float) -> tuple[float, int]:
        """(sum of weights, number of moments) since then."""
        weights = [weight for at, weight in self._moments if at >= since]
        return sum(weights), len(weights)


class FloorWorld:
    """Looks at a :class:`floor.store.FloorStore`'s view, whose tables are live."""

    def __init__(
        self,
        floor: FloorView,
        measures: Figured,
        people: People,
        clock: Clock,
        day: Day,
        expected: Expected = lambda _pbx, _queue, _at: None,
        presence: PresenceSettings | None = None,
        leaves: Leaves | None = None,
    ) -> None:
        self.floor = floor
        self.people = people
        self.day = day
        self._measures = measures
        self._clock = clock
        self._expected = expected
        self.presence = presence or PresenceSettings()
        self.consent: Leaves = leaves or NoLeaves()
        self._tallies: OrderedDict[tuple[str, Subject], Moments] = OrderedDict()
        self._site: dict[str, dict[str, Any]] = {}
        self._memories: dict[tuple[str, Subject], dict[str, Any]] = {}
        self._sums: dict[tuple[str, int], Expectation] = {}
        self._apart = clock.now() - clock.monotonic()
        self._stepped_s: dict[str, tuple[Pbx, float]] = {}
        """Per exchange what our own clock was set by since the two were compared, and as which it was known then."""

    def ours(self, pbx: str, at: float) -> float:
        """A moment of the exchange's clock on ours; nothing has happened in the future, so never later than now."""
        known = self.floor.pbxs.get(pbx)
        if known is not None and known.timestamps:
            at -= known.clock_offset_s or 0.0
        if self._stepped_s:
            at += self._correction(known)
        now = self._clock.now()
        return at if at < now else now

    def _correction(self, known: Pbx | None) -> float:
        """Until the clocks are compared again, the offset is one to a clock that we have not any more."""
        if known is None or known.pbx not in self._stepped_s:
            return 0.0
        then, by_s = self._stepped_s[known.pbx]
        if not known.timestamps or then.clock_offset_s != known.clock_offset_s:
            del self._stepped_s[known.pbx]
            return 0.0
        return by_s

    def stepped(self) -> float:
        """By how much our clock was set since this was last asked, seconds."""
        apart = self._clock.now() - self._clock.monotonic()
        by_s = apart - self._apart
        if abs(by_s) < STEP_S:
            return 0.0
        self._apart = apart
        note_clock(self)
        for pbx in self.floor.pbxs.values():
            if pbx.timestamps:
                before = self._stepped_s.get(pbx.pbx)
                self._stepped_s[pbx.pbx] = (pbx, by_s + (before[1] if before is not None else 0.0))
        return by_s

    def figures(self, subject: FigureSubject, minutes: int) -> Figures:
        """Of the last 15, 30 or 60 minutes, the shortest of them that holds ``minutes``."""
        window: Literal["m15", "m30", "m60"] = "m15" if minutes <= 15 else "m30" if minutes <= 30 else "m60"
        return self._measures.figures(subject, window)

    def expected(self, pbx: str, queue: str, at: float) -> float | None:
        return self._expected(pbx, queue, at)

    def expected_in_all(self, pbx: str, at: float) -> float | None:
        """The sum of all queues, kept for a minute: it is asked for at every call, and a forecast is made for a quarter
        of an hour and learnt once an hour."""
        key, queues, now = (pbx, int(at // QUARTER_S)), len(self.floor.queues), self._clock.monotonic()
        found = self._sums.get(key)
        if found is None or found.queues != queues or not 0 <= now - found.summed_at < SUMS_S:
            if len(self._sums) >= SUMS:
                self._sums.clear()
            rates = [self._expected(*queue, at) for queue in self.floor.queues if queue[0] == pbx]
            known = [rate for rate in rates if rate is not None]
            found = self._sums[key] = Expectation(sum(known) if known else None, queues, now)
        return found.calls

    def tally(self, name: str, subject: Subject) -> Tally:
        """The counter of this name for this subject."""
        key = (name, subject)
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = Moments()
            if len(self._tallies) > TALLIES:
                self._tallies.popitem(last=False)
        else:
            self._tallies.move_to_end(key)
        return tally

    def memory(self, name: str, subject: Subject) -> dict[str, Any]:
        """The notes of this name on this subject."""
        if subject is SITE or subject == SITE:  # at every change: found by name alone it costs a fifth
            notes = self._site.get(name)
            if notes is None:
                notes = self._site[name] = {}
            return notes
        return self._memories.setdefault((name, subject), {})
