"""What an incident did to callers and agents, computed from stored visits, spans and gaps. Pure: the same record gives
the same numbers.

A caller counts when he was in the line at any time of the incident. He is *lost* when nobody ever answered that visit,
*late* when somebody answered after the answer limit, *cut off* when his conversation ended within it in a gap, with
nobody known to have hung up. An agent is *on duty* for as long as he was logged in, a gap counting for whoever was
logged in when it began; he is *hit* while his phone was out of reach, he was in the state ``emergency`` or paused for
``emergency`` or ``fault``, or the exchange could not be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.plan_model import AgentMinutes, Callback, Impact
from floor.state.model import AgentState, Caller, Ending, Gap, Key, Span

LOST = frozenset(
    {Ending.ABANDONED, Ending.TIMED_OUT, Ending.EXIT_KEY, Ending.EXIT_EMPTY, Ending.JOIN_EMPTY, Ending.QUEUE_FULL,
     Ending.WITHDRAWN, Ending.CONTINUED, Ending.UNKNOWN}
)  # fmt: skip
"""Endings of a visit that nobody answered; who was passed on to another queue has a visit there."""
CUT_OFF = "cut_off"
HIT_REASONS = frozenset({"emergency", "fault"})

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Window:
    """The incident's time on our clock; ``offsets``: exchange clock minus ours, per exchange."""

    since: float
    until: float
    open: bool = False
    offsets: Mapping[str, float] | None = None

    def of(self, pbx: str) -> Interval:
        """The same on the exchange's clock."""
        shift = (self.offsets or {}).get(pbx, 0.0)
        return self.since + shift, self.until + shift


def impact(
    window: Window, visits: Iterable[Caller], spans: Iterable[Span], gaps: Iterable[Gap], *, answer_s: float
) -> Impact:
    """:param visits: those of the incident and what came after it (to see who was answered later).
    :param spans: those that touch the incident, open ones ended at its end.
    """
    known = list(visits)
    met = [visit for visit in known if _met(visit, window.of(visit.pbx))]
    lost = [visit for visit in met if visit.answered_at is None and visit.ending in LOST]
    cut = [visit for visit in known if _cut_off(visit, window.of(visit.pbx))]
    by: dict[str, int] = defaultdict(int)
    for visit in lost:
        by[str(visit.ending)] += 1
    agents = _minutes(window, list(spans), list(gaps))
    hit = [one for one in agents if one.hit_s > 0]
    return Impact(
        since=window.since,
        until=window.until,
        open=window.open,
        callers=len(met),
        lost=len(lost),
        lost_by=dict(by),
        cut_off=len(cut),
        late=sum(_late(visit, answer_s) for visit in met),
        agents_on_duty=len(agents),
        minutes_on_duty=_in_minutes(one.on_duty_s for one in agents),
        agents_hit=len(hit),
        minutes_hit=_in_minutes(one.hit_s for one in hit),
        agents=tuple(agents),
        callbacks=_callbacks(lost, cut, known),
    )


def _met(visit: Caller, window: Interval) -> bool:
    """In the line at any time of it."""
    joined = visit.joined_at
    if joined is None or joined >= window[1]:
        return False
    left = visit.answered_at if visit.answered_at is not None else visit.ended_at
    return left is None or left >= window[0]


def _cut_off(visit: Caller, window: Interval) -> bool:
    if visit.answered_at is None or visit.ended_at is None:
        return False
    unexplained = visit.gap and visit.completed_by is None and not visit.healed
    return unexplained and window[0] <= visit.ended_at <= window[1]


def _late(visit: Caller, answer_s: float) -> bool:
    if visit.answered_at is None or visit.joined_at is None:
        return False
    waited = visit.wait_s if visit.wait_s is not None else visit.answered_at - visit.joined_at
    return waited > answer_s


# Agents


def _minutes(window: Window, spans: list[Span], gaps: list[Gap]) -> list[AgentMinutes]:
    on_duty: dict[Key, list[Interval]] = defaultdict(list)
    hit: dict[Key, list[Interval]] = defaultdict(list)
    for span in spans:
        if span.state is AgentState.LOGGED_OUT:
            continue
        key, part = (span.pbx, span.agent), _within((span.began_at, span.ended_at), window.of(span.pbx))
        on_duty[key] += part
        hit[key] += part if _disables(span) else []
    for key, part in _blind(window, spans, gaps):
        on_duty[key] += part
        hit[key] += part
    return [
        AgentMinutes(pbx, agent, round(_length(parts), 3), round(_length(hit[pbx, agent]), 3))
        for (pbx, agent), parts in sorted(on_duty.items())
        if parts
    ]


def _disables(span: Span) -> bool:
    if span.state in (AgentState.UNREACHABLE, AgentState.EMERGENCY):
        return True
    return span.state is AgentState.PAUSED and (span.reason or "").casefold() in HIT_REASONS


def _blind(window: Window, spans: list[Span], gaps: list[Gap]) -> Iterable[tuple[Key, list[Interval]]]:
    """Gaps of the exchange, for those whose last span before was broken off by them while they were logged in."""
    for gap in gaps:
        ours = window.of(gap.pbx)
        part = _within((gap.began_at, gap.ended_at if gap.ended_at is not None else ours[1]), ours)
        if not part:
            continue
        for key in {
            (span.pbx, span.agent)
            for span in spans
            if span.pbx == gap.pbx
            and span.gap
            and span.state is not AgentState.LOGGED_OUT
            and span.began_at <= gap.began_at <= span.ended_at + 1.0
        }:
            yield key, part


def _within(interval: Interval, window: Interval) -> list[Interval]:
    begin, end = max(interval[0], window[0]), min(interval[1], window[1])
    return [(begin, end)] if end > begin else []


def _length(parts: Iterable[Interval]) -> float:
    """Seconds covered, overlaps once."""
    total, reached = 0.0, float("-inf")
    for begin, end in sorted(parts):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def _in_minutes(seconds: Iterable[float]) -> float:
    return round(sum(seconds) / 60.0, 1)


# Callbacks


def _callbacks(lost: Sequence[Caller], cut: Sequence[Caller], known: Sequence[Caller]) -> tuple[Callback, ...]:
    """Who is owed a call: one row per number, with his last attempt; a caller without a number has a row per call."""
    rows: dict[tuple[str, ...], Callback] = {}
    for visit in sorted((*lost, *cut), key=lambda one: one.ended_at or one.joined_at or 0.0):
        at = visit.ended_at or visit.joined_at or 0.0
        how = CUT_OFF if visit.answered_at is not None else str(visit.ending)
        who = (visit.number,) if visit.number else visit.key
        before = rows.get(who)
        rows[who] = Callback(*visit.key, visit.number or None, at, how, 1 if before is None else before.attempts + 1)
    return tuple(_answered(row, known) for row in rows.values())


def _answered(row: Callback, known: Sequence[Caller]) -> Callback:
    later = [
        visit.answered_at
        for visit in known
        if row.number
        and visit.number == row.number
        and visit.answered_at is not None
        and visit.answered_at > row.lost_at
    ]
    return replace(row, answered_at=min(later)) if later else row
