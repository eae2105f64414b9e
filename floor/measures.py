"""Measures: the figures of today and of the last 15, 30 and 60 minutes, kept in step with every change.

Every visit, ring and span adds its score (:mod:`floor.state.figures`) to today's sums and to the minute in which it
began; a change of a visit takes the old score away first. A window that was asked for once is a sum of its own from
then on: scores are added to it, and with every minute the one that leaves it is taken away. So neither a change nor a
question depends on how much happened, and what is asked twice without a change is computed once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from floor.day import Day
from floor.ports import Clock, Outcome
from floor.state.figures import (
    NAMES,
    NOTHING,
    TOTAL,
    Figures,
    Limits,
    Subject,
    build,
    scores_of_caller,
    scores_of_offer,
    scores_of_span,
    values,
)
from floor.state.model import Caller, CallerKey, Correction, Entity, Gap, Offer, Pbx, Record, Span

Window = Literal["today", "m15", "m30", "m60"]
MINUTES: dict[Window, int] = {"m15": 15, "m30": 30, "m60": 60}
WINDOWS: tuple[tuple[Window, int], ...] = tuple(MINUTES.items())
KEPT_MINUTES = 60
AGENT = "agent"
"""Agents have figures of today only: minutes of thousands of them would be most of the memory, and nobody asks."""
POINT_MINUTES = 5
POINT_NAMES = ("offered", "answered", "abandoned", "answered_in_time")

Sums = list[float]
Parts = list[tuple[int, float]]
"""(place in the sums, what is to be added there), zeros left out: a score has three or four parts of 23."""
Point = dict[str, float]
Scores = tuple[tuple[Subject, Figures], ...]
ZEROS = list(values(NOTHING))
"""Whole numbers where whole numbers are counted: what is added to them stays whole."""
FRACTIONS = tuple(place for place, zero in enumerate(ZEROS) if isinstance(zero, float))
"""Places of what is not counted in whole numbers."""
POINTED = tuple((name, NAMES.index(name)) for name in POINT_NAMES)


def _parts(before: Figures, after: Figures) -> Parts:
    """What must be added to what was, to make it what is."""
    if before is NOTHING:
        return [(place, value) for place, value in enumerate(values(after)) if value]
    both = enumerate(zip(values(before), values(after), strict=True))
    return [(place, now - was) for place, (was, now) in both if now != was]


def _differences(before: Scores, after: Scores) -> Iterator[tuple[Subject, Parts]]:
    """By subject what one thing adds, which added something else before."""
    was_of, of = dict(before), dict(after)
    parts: Parts = []
    known: tuple[Figures, Figures] | None = None
    for subject in of | was_of:
        was, now = was_of.get(subject, NOTHING), of.get(subject, NOTHING)
        if known is None or was is not known[0] or now is not known[1]:  # a queue and the total get the same
            known, parts = (was, now), _parts(was, now)
        yield subject, parts


def _add_to(sums: Sums, parts: Parts) -> None:
    for place, value in parts:
        sums[place] += value


class Measures:
    """Listens to the floor's outcomes; answers for any subject and window. What it gives out is not to be changed."""

    hears = (Caller, Pbx, Offer, Span, Gap, Correction)
    """As :func:`floor.ports.hears` has it."""

    def __init__(self, clock: Clock, day: Day, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.day = day
        self._clock = clock
        self._begin = day.begin(clock.now())
        self._minute = int(clock.now() // 60)
        self._today: dict[Subject, Sums] = defaultdict(ZEROS.copy)
        self._minutes: dict[Subject, dict[int, Sums]] = defaultdict(dict)
        self._windows: dict[Subject, dict[Window, Sums]] = {}
        """Sums of the windows that were asked for, up to the present minute."""
        self._told: dict[Subject, dict[Window, Figures]] = {}
        """Answers that still hold."""
        self._points: dict[Subject, dict[int, Point]] = {}
        """Points of the last hour that still hold, by their number; of those who were asked for."""
        self._changed: set[Subject] = set()
        self._gaps: dict[str, dict[float, Gap]] = defaultdict(dict)
        self._offsets: dict[str, float] = {}
        self._placed: dict[CallerKey, float] = {}

    @property
    def day_begin(self) -> float:
        """When today began (our clock)."""
        self.roll()
        return self._begin

    @property
    def counts_since(self) -> float:
        """From when on something counts (our clock): today's begin, or an hour ago on a day that is younger."""
        return min(self.day_begin, (self._minute - KEPT_MINUTES) * 60.0)

    def seed(self, callers: Iterable[Caller], records: Iterable[Record]) -> None:
        """Take in what history knows since :attr:`counts_since`, before the first outcome."""
        self.roll()
        for caller in callers:
            self._move(None, caller)
        for record in records:
            self._record(record)
        self._forget_gaps()

    def reseed(self, callers: Iterable[Caller], records: Iterable[Record]) -> None:
        """Forget everything but the clocks' offsets, and take in what is known of today."""
        self._changed.update(self._today, self._minutes)
        self._points.clear()
        for known in (self._today, self._minutes, self._windows, self._told, self._gaps, self._placed):
            known.clear()
        self.seed(callers, records)

    def heal(self, healed: Iterable[tuple[Caller | None, Caller]], records: Iterable[Record]) -> None:
        """Take in what was found out later: visits as they were and as they are, rings, healed gaps."""
        self.roll()
        for before, after in healed:
            self._move(before, after)
        for record in records:
            self._record(record)

    def __call__(self, outcome: Outcome) -> None:
        """The listener: score what changed."""
        self.roll()
        for change in outcome.changes:
            one = change.after if change.after is not None else change.before
            if isinstance(one, Caller):
                self._move(change.before, change.after)
            elif isinstance(change.after, Pbx):
                self._offsets[change.after.pbx] = _offset(change.after)
        for record in outcome.records:
            self._record(record)

    def _move(self, before: Entity | None, after: Entity | None) -> None:
        old = self._scores(before) if isinstance(before, Caller) else ()
        new = self._scores(after) if isinstance(after, Caller) else ()
        if old != new:
            self._add(_differences(old, new), self._place(before, after))
        if isinstance(before, Caller) and _lasts(before) and not _lasts(after):
            self._placed.pop(before.key, None)

    def _scores(self, caller: Caller) -> Scores:
        """What a visit adds; nothing while it is not known when he joined."""
        return tuple(scores_of_caller(caller, self.limits)) if caller.joined_at is not None else ()

    def _place(self, before: Entity | None, after: Entity | None) -> float:
        """Our clock: when he joined. Kept from a visit's first score until it is over, because a clock offset measured
        anew must not take a score away from another minute than it was put in. What is found out about a visit that
        was over already has nothing to do with one that lasts under the same key."""
        visit = after if isinstance(after, Caller) else before
        if not isinstance(visit, Caller):
            return 0.0
        joined = (visit.joined_at or 0.0) - self._offsets.get(visit.pbx, 0.0)
        if not (_lasts(before) or _lasts(after)):
            return joined
        return self._placed.setdefault(visit.key, joined)

    def _record(self, record: Record) -> None:
        if isinstance(record, Gap):
            self._gaps[record.pbx][record.began_at] = record
            return
        if isinstance(record, Correction):
            self._correct(record)
            return
        scores = scores_of_offer(record) if isinstance(record, Offer) else scores_of_span(record)
        began = record.began_at - self._offsets.get(record.pbx, 0.0)
        self._add(_differences((), tuple(scores)), began)

    def _correct(self, record: Correction) -> None:
        at = (record.after.joined_at or 0.0) - self._offsets.get(record.after.pbx, 0.0)
        self._add(_differences(self._scores(record.before), self._scores(record.after)), at)

    def _add(self, differences: Iterable[tuple[Subject, Parts]], at: float) -> None:
        minute = int(at // 60)
        today, recent = at >= self._begin, minute >= self._minute - KEPT_MINUTES
        if not today and not recent:
            return
        for subject, parts in differences:
            if not parts:
                continue
            if today:
                _add_to(self._today[subject], parts)
            if recent and subject[0] != AGENT:
                _add_to(self._minute_of(subject, minute), parts)
                for window in self._windows_with(subject, minute):
                    _add_to(window, parts)
                if subject in self._points:
                    self._points[subject].pop(minute // POINT_MINUTES, None)
            self._changed.add(subject)
            self._told.pop(subject, None)

    def _minute_of(self, subject: Subject, minute: int) -> Sums:
        minutes = self._minutes[subject]
        sums = minutes.get(minute)
        if sums is None:
            sums = minutes[minute] = ZEROS.copy()
        return sums

    def _windows_with(self, subject: Subject, minute: int) -> Iterator[Sums]:
        """The sums of windows that hold this minute."""
        known = self._windows.get(subject)
        if known is not None and minute <= self._minute:
            for window, length in WINDOWS:
                if window in known and minute > self._minute - length:
                    yield known[window]

    def roll(self) -> None:
        """Let time pass: drop minutes out of every window, begin a new day."""
        now = self._clock.now()
        minute = int(now // 60)
        if minute == self._minute:
            return
        before, self._minute = self._minute, minute
        if minute == before + 1:
            self._move_windows()
        else:
            self._told.clear()
            self._points.clear()
            self._windows.clear()  # we slept, or the clock was set: they are summed anew when they are asked for
        begin = self.day.begin(now)
        if begin > self._begin:
            self._begin_day(begin)
        for subject, minutes in self._minutes.items():
            if minutes or subject == TOTAL:
                self._changed.add(subject)
            for old in [one for one in minutes if one < minute - KEPT_MINUTES]:
                del minutes[old]

    def _begin_day(self, begin: float) -> None:
        self._begin = begin
        self._changed.update(self._today)
        self._today.clear()
        self._told.clear()
        self._forget_gaps()

    def _move_windows(self) -> None:
        """A minute on: what began in the one that leaves a window is taken away, what is in the new one is added."""
        for subject, known in self._windows.items():
            minutes, told = self._minutes.get(subject, {}), self._told.get(subject, {})
            come = minutes.get(self._minute)
            for window, sums in known.items():
                gone = minutes.get(self._minute - MINUTES[window])
                if gone is not None or come is not None:
                    told.pop(window, None)
                for other, sign in ((gone, -1), (come, 1)):
                    for index, value in enumerate(other or ()):
                        if value:
                            sums[index] += sign * value

    def _forget_gaps(self) -> None:
        for pbx, gaps in self._gaps.items():
            begin = self._begin + self._offsets.get(pbx, 0.0)
            for began in [began for began, gap in gaps.items() if gap.ended_at is not None and gap.ended_at < begin]:
                del gaps[began]

    def subjects(self) -> list[Subject]:
        """Everything that has figures today or within the hour."""
        self.roll()
        return list({**self._today, **{s: None for s, minutes in self._minutes.items() if minutes}})

    def changed(self) -> set[Subject]:
        """Subjects whose figures differ since this was last asked."""
        self.roll()
        changed, self._changed = self._changed, set()
        return changed

    def figures(self, subject: Subject, window: Window = "today") -> Figures:
        """The sums of one subject; all zero when nothing happened.

        :raises ValueError: a window of an agent, who has figures of today only.
        """
        if subject[0] == AGENT and window != "today":
            raise ValueError("an agent has figures of today only")
        self.roll()
        told = self._told.setdefault(subject, {})
        known = told.get(window)
        if known is None:
            known = told[window] = self._figures(subject, window)
        return known

    def _figures(self, subject: Subject, window: Window) -> Figures:
        if window == "today":
            sums = self._today.get(subject)
            return _figures(sums) if sums is not None else NOTHING
        if subject not in self._minutes:
            return NOTHING
        windows = self._windows.setdefault(subject, {})
        if window not in windows:
            windows[window] = self._sum(subject, self._minute - MINUTES[window] + 1, self._minute)
        return _figures(windows[window])

    def _sum(self, subject: Subject, first: int, last: int) -> Sums:
        minutes = self._minutes.get(subject, {})
        rows = [sums for minute, sums in minutes.items() if first <= minute <= last]
        return [sum(column) for column in zip(*rows, strict=True)] if rows else ZEROS.copy()

    def history(self, subject: Subject) -> list[Point]:
        """The last hour in twelve points of five minutes, oldest first; only the last ones differ from time to time."""
        self.roll()
        last = self._minute // POINT_MINUTES
        known = self._points.get(subject, {})
        points = {number: known.get(number) or self._point(subject, number) for number in range(last - 11, last + 1)}
        self._points[subject] = points
        return list(points.values())

    def _point(self, subject: Subject, number: int) -> Point:
        first, minutes = number * POINT_MINUTES, self._minutes.get(subject, {})
        rows = [minutes[minute] for minute in range(first, first + POINT_MINUTES) if minute in minutes]
        return {"at": first * 60.0, **{name: sum([row[place] for row in rows]) for name, place in POINTED}}

    def gaps(self, pbx: str) -> list[tuple[float, float | None]]:
        """Today's times without word from this exchange, on our clock; ``None``: it still lasts."""
        self.roll()
        return list(self._todays_gaps(pbx))

    def _todays_gaps(self, pbx: str) -> Iterator[tuple[float, float | None]]:
        offset = self._offsets.get(pbx, 0.0)
        for gap in self._gaps.get(pbx, {}).values():
            if not gap.healed and (gap.ended_at is None or gap.ended_at - offset >= self._begin):
                yield gap.began_at - offset, None if gap.ended_at is None else gap.ended_at - offset


def _lasts(visit: Entity | None) -> bool:
    return isinstance(visit, Caller) and visit.ending is None


def _figures(sums: Sums) -> Figures:
    # What was added and taken away again leaves some 1e-17 of a second behind: times are told to the millisecond.
    told = sums.copy()
    for place in FRACTIONS:
        told[place] = round(sums[place], 3)
    return build(told)


def _offset(pbx: Pbx) -> float:
    return (pbx.clock_offset_s or 0.0) if pbx.timestamps else 0.0
