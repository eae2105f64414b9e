"""Figures: additive sums per subject, and what is computed from them (domain.md §10, five service levels).

A contact belongs to the interval in which it *joined* the queue. ``score`` says what one visit, ring or span adds;
a change of a visit adds the score after it and takes away the score before it, so live and stored figures
come from the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from operator import add, attrgetter, sub

from floor.state.copying import quick, replace
from floor.state.model import AgentState, Caller, CompletedBy, Ending, Offer, OfferResult, Span

Subject = tuple[str, str, str]
"""(kind, pbx, name): ``("queue", pbx, queue)``, ``("agent", pbx, agent)`` or ``("total", "", "")``."""

TOTAL: Subject = ("total", "", "")

UNANSWERED_EXITS = frozenset({Ending.EXIT_KEY, Ending.EXIT_EMPTY, Ending.WITHDRAWN, Ending.CONTINUED})
GIVEN_UP = frozenset({Ending.ABANDONED, Ending.TRANSFERRED_AWAY})
"""queue_log writes ABANDON for both: to the queue, a caller who was taken away mid-wait is a caller lost."""
TURNED_AWAY = frozenset({Ending.QUEUE_FULL, Ending.JOIN_EMPTY})
"""Not let in: they never joined, so they are no contacts of the queue."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What counts as "in time"; seconds."""

    answer_s: int = 15
    """K-6: answered within this queue wait."""
    late_ring_s: int = 15
    """K-32: rung longer than this is a late answer (three rings of five seconds)."""
    short_abandon_s: int = 5
    """Given up within this time counts as a short abandon (variant E)."""


@quick
@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over contacts; every field adds."""

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    timed_out: int = 0
    exited: int = 0
    unknown: int = 0
    transferred: int = 0
    blind_transferred: int = 0
    ring_no_answer: int = 0
    offers: int = 0
    late_answers: int = 0
    answered_in_time: int = 0
    abandoned_in_time: int = 0
    short_abandoned: int = 0
    wait_answered_s: int = 0
    wait_abandoned_s: int = 0
    wait_other_s: int = 0
    talk_s: int = 0
    hold_s: float = 0.0
    held: int = 0
    acw_s: float = 0.0
    completed_by_agent: int = 0
    completed_by_caller: int = 0

    def __add__(self, other: Figures) -> Figures:
        return build(map(add, values(self), values(other)))

    def __sub__(self, other: Figures) -> Figures:
        return build(map(sub, values(self), values(other)))

    def __bool__(self) -> bool:
        return any(values(self))


NAMES = tuple(f.name for f in fields(Figures))


values: Callable[[Figures], tuple[float, ...]] = attrgetter(*NAMES)
"""All values in the order of ``NAMES``."""


def build(sums: Iterable[float]) -> Figures:
    """Figures from values in the order of ``NAMES``."""
    return Figures(*sums)  # type: ignore[arg-type]  # counts stay whole numbers


NOTHING = Figures()
OFFERED = Figures(offered=1)
"""A visit that has not come further."""


def score_caller(caller: Caller, limits: Limits) -> Figures:
    """What one visit adds to its queue."""
    if caller.ending in TURNED_AWAY or (caller.joined_at is None and caller.ending is None):
        return NOTHING
    if caller.answered_at is not None:
        return _answered(caller, limits)
    if caller.ending is not None:
        return _lost(caller, limits)
    return OFFERED


def _answered(caller: Caller, limits: Limits) -> Figures:
    wait, ring = caller.wait_s, caller.ring_s
    return Figures(
        offered=1,
        answered=1,
        answered_in_time=int(wait is not None and wait <= limits.answer_s),
        late_answers=int(ring is not None and ring > limits.late_ring_s),
        wait_answered_s=wait or 0,
        talk_s=caller.talk_s or 0,
        hold_s=caller.hold_s,
        held=int(caller.holds > 0),
        transferred=int(caller.completed_by is CompletedBy.TRANSFER),
        blind_transferred=int(caller.transfer == "blind"),
        completed_by_agent=int(caller.completed_by is CompletedBy.AGENT),
        completed_by_caller=int(caller.completed_by is CompletedBy.CALLER),
    )


def _lost(caller: Caller, limits: Limits) -> Figures:
    wait = caller.wait_s or 0
    if caller.ending in GIVEN_UP:
        return Figures(
            offered=1,
            abandoned=1,
            wait_abandoned_s=wait,
            abandoned_in_time=int(wait <= limits.answer_s),
            short_abandoned=int(wait <= limits.short_abandon_s),
        )
    if caller.ending is Ending.TIMED_OUT:
        return Figures(offered=1, timed_out=1, wait_other_s=wait)
    if caller.ending in UNANSWERED_EXITS:
        return Figures(offered=1, exited=1, wait_other_s=wait)
    return Figures(offered=1, unknown=1)


def scores_of_caller(caller: Caller, limits: Limits) -> Iterator[tuple[Subject, Figures]]:
    """Per subject what this visit adds: its queue, the total, and the agent who answered (without ``offered``)."""
    figures = score_caller(caller, limits)
    if figures is NOTHING:
        return
    yield ("queue", caller.pbx, caller.queue), figures
    yield TOTAL, figures
    if caller.agent is not None and (caller.answered_at is not None or caller.ending in GIVEN_UP):
        yield ("agent", caller.pbx, caller.agent), replace(figures, offered=0)


def scores_of_offer(offer: Offer) -> Iterator[tuple[Subject, Figures]]:
    """Per subject what one finished ring adds; an agent's ``offered`` counts rings he was given."""
    missed = int(offer.result is OfferResult.NO_ANSWER)
    figures = Figures(offers=1, ring_no_answer=missed)
    yield ("queue", offer.pbx, offer.queue), figures
    yield TOTAL, figures
    yield ("agent", offer.pbx, offer.agent), replace(figures, offered=1)


def scores_of_span(span: Span) -> Iterator[tuple[Subject, Figures]]:
    """After-call work (K-11) of one finished span."""
    if span.state is not AgentState.ACW or span.gap:
        return
    figures = Figures(acw_s=max(0.0, span.ended_at - span.began_at))
    yield ("agent", span.pbx, span.agent), figures
    yield TOTAL, figures
    if span.queue is not None:
        yield ("queue", span.pbx, span.queue), figures


def ratio(part: float, whole: float) -> float | None:
    """``part / whole``; ``None`` when there is nothing to divide: empty is not zero."""
    return part / whole if whole > 0 else None


def service_levels(f: Figures) -> dict[str, float | None]:
    """The five service levels of the same contacts, by letter; ratios 0…1 or ``None``.

    A in time / answered; B in time / (answered + abandoned); C in time / (answered + abandoned after the limit);
    D (in time + abandoned in time) / offered; E in time / (answered + abandoned - short abandons).
    """
    lost = f.answered + f.abandoned
    return {
        "A": ratio(f.answered_in_time, f.answered),
        "B": ratio(f.answered_in_time, lost),
        "C": ratio(f.answered_in_time, lost - f.abandoned_in_time),
        "D": ratio(f.answered_in_time + f.abandoned_in_time, f.offered),
        "E": ratio(f.answered_in_time, lost - f.short_abandoned),
    }


def indicators(f: Figures) -> dict[str, float | None]:
    """The KPIs of domain.md §10 by name: ratios 0…1, times in seconds; ``None`` when there is no contact to tell."""
    completed = f.completed_by_agent + f.completed_by_caller
    waits = f.wait_answered_s + f.wait_abandoned_s + f.wait_other_s
    settled = f.answered + f.abandoned + f.timed_out + f.exited
    return {
        "answer_rate": ratio(f.answered, f.offered),  # K-5
        "asa_s": ratio(f.wait_answered_s, f.answered),  # K-7
        "queue_time_s": ratio(waits, settled),  # K-8
        "time_to_abandon_s": ratio(f.wait_abandoned_s, f.abandoned),  # K-9
        "abandon_rate": ratio(f.abandoned, f.offered),  # K-9
        "att_s": ratio(f.talk_s, f.answered),  # K-10
        "acw_s_mean": ratio(f.acw_s, f.answered),  # K-11
        "aht_s": ratio(f.talk_s + f.acw_s, f.answered),  # K-12
        "hold_s_mean": ratio(f.hold_s, f.held),  # K-13
        "transfer_rate": ratio(f.transferred, f.answered),  # K-14
        "late_answer_rate": ratio(f.late_answers, f.answered),  # K-32
        "ring_no_answer_rate": ratio(f.ring_no_answer, f.offers),  # K-32
        "agent_first_rate": ratio(f.completed_by_agent, completed),  # K-34
    }
