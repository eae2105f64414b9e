"""Measures: today, the last minutes, midnight, clocks, and what history brings in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.day import Day
from floor.measures import Measures
from floor.ports import Change, Outcome
from floor.state import facts as f
from floor.state.figures import TOTAL, Figures
from floor.state.model import (
    AgentState,
    Caller,
    CallerStage,
    Ending,
    Entity,
    Gap,
    LinkState,
    Offer,
    OfferResult,
    Pbx,
    Record,
    Span,
)
from tests.support.replay import TapeClock

MIDNIGHT = 1_700_006_400.0
"""A UTC midnight."""
NOON = MIDNIGHT + 43_200.0
QUEUE = ("queue", "p", "sales")
ANN = ("agent", "p", "Ann")


def visit(joined_at: float, uniqueid: str = "C1", **more: object) -> Caller:
    return replace(Caller("p", "sales", uniqueid, CallerStage.WAITING, joined_at), **more)  # type: ignore[arg-type]


def answered(caller: Caller, talk_s: int | None = None) -> Caller:
    at = caller.joined_at or 0.0
    return replace(
        caller, stage=CallerStage.TALKING, agent="Ann", answered_at=at + 5, wait_s=5, ring_s=5, talk_s=talk_s
    )


def ended(caller: Caller, ending: Ending = Ending.ANSWERED) -> Caller:
    return replace(caller, stage=CallerStage.ENDED, ending=ending, ended_at=(caller.joined_at or 0.0) + 60)


class Watched:
    """Measures with a clock of their own, told what changed."""

    def __init__(self, at: float = NOON) -> None:
        self.clock = TapeClock(at)
        self.measures = Measures(self.clock, Day("UTC"))
        self.revision = 0

    def told(self, *changes: tuple[Entity | None, Entity | None], records: tuple[Record, ...] = ()) -> None:
        self.revision += 1
        fact = f.Fact("p", self.clock.at)
        self.measures(Outcome(self.revision, fact, [Change(*change) for change in changes], records))

    def figures(self, subject: tuple[str, str, str] = TOTAL, window: str = "today") -> Figures:
        return self.measures.figures(subject, window)  # type: ignore[arg-type]


@pytest.fixture
def day() -> Watched:
    return Watched()


def test_visit_counts_as_it_goes(day: Watched) -> None:
    """Offered when he joins, answered when he is answered, talk time when it is over; never twice."""
    waiting = visit(NOON)
    day.told((None, waiting))
    assert day.figures(QUEUE) == Figures(offered=1)
    talking = answered(waiting)
    day.told((waiting, talking))
    assert day.figures(ANN) == Figures(answered=1, answered_in_time=1, wait_answered_s=5)
    day.told((talking, ended(replace(talking, talk_s=40))))
    expected = Figures(offered=1, answered=1, answered_in_time=1, wait_answered_s=5, talk_s=40)
    assert day.figures(QUEUE) == day.figures() == expected


def test_what_is_not_known_is_not_counted(day: Watched) -> None:
    """A visit found running counts when it is known when he joined, under that moment."""
    found = Caller("p", "sales", "C1", CallerStage.TALKING, None, agent="Ann")
    day.told((None, found))
    assert not day.figures()
    day.told((found, ended(answered(replace(found, joined_at=NOON - 120), 60))))
    assert day.figures().answered == 1
    assert day.measures.history(TOTAL)[-1]["answered"] == 0
    assert day.measures.history(TOTAL)[-2]["answered"] == 1


def test_rings_and_after_call_work(day: Watched) -> None:
    """Records add to their subjects."""
    offer = Offer("p", "sales", "Ann", "C1", NOON - 9, NOON, OfferResult.NO_ANSWER)
    span = Span("p", "Ann", AgentState.ACW, NOON - 30, NOON - 10, queue="sales")
    day.told(records=(offer, span))
    assert day.figures(ANN) == Figures(offered=1, offers=1, ring_no_answer=1, acw_s=20.0)


def test_windows(day: Watched) -> None:
    """The last 15, 30 and 60 minutes hold what joined in them, and let go of it minute by minute."""
    for minutes in (0, 14, 15, 29, 59, 60):
        day.told((None, visit(NOON - minutes * 60, f"C{minutes}")))
    assert [day.figures(QUEUE, window).offered for window in ("m15", "m30", "m60", "today")] == [2, 4, 5, 6]
    day.clock.at += 60
    assert [day.figures(QUEUE, window).offered for window in ("m15", "m30", "m60", "today")] == [1, 3, 4, 6]
    day.clock.at += 7200
    assert [day.figures(QUEUE, window).offered for window in ("m15", "m30", "m60", "today")] == [0, 0, 0, 6]


def test_new_day(day: Watched) -> None:
    """At its beginning today is empty; a contact belongs to the day in which he joined, however late it ends."""
    day.clock.at = MIDNIGHT + 86_400 - 30
    waiting = visit(day.clock.at)
    day.told((None, waiting))
    day.clock.at += 60
    assert not day.figures(QUEUE)
    talking = answered(waiting)
    day.told((waiting, talking), (None, visit(day.clock.at, "C2")))
    assert day.figures(QUEUE) == Figures(offered=1)
    assert day.measures.day_begin == MIDNIGHT + 86_400


def test_windows_reach_over_midnight(day: Watched) -> None:
    """The last quarter of an hour does not begin at midnight: who joined before and was answered after, counts."""
    day.clock.at = MIDNIGHT + 86_400 - 30
    waiting = visit(day.clock.at)
    day.told((None, waiting))
    day.clock.at += 60
    day.told((waiting, answered(waiting)))
    assert day.figures(QUEUE, "m15").answered == 1


def test_exchange_with_a_clock_of_its_own(day: Watched) -> None:
    """Its moments are put into our minutes, where its stamps are known and its offset measured."""
    day.told((None, Pbx("p", LinkState.UP, NOON, clock_offset_s=-3600.0, timestamps=True)))
    day.told((None, visit(NOON - 3600)))
    assert day.figures(QUEUE, "m15").offered == 1


def test_offset_measured_anew_moves_no_score(day: Watched) -> None:
    """What was put into a minute is taken out of that minute, though the offset is another by then."""
    waiting = visit(NOON)
    day.told((None, waiting))
    day.told((None, Pbx("p", LinkState.UP, NOON, clock_offset_s=-1800.0, timestamps=True)))
    day.told((waiting, ended(waiting, Ending.ABANDONED)))
    assert day.figures(QUEUE, "m15") == Figures(offered=1, abandoned=1, abandoned_in_time=1, short_abandoned=1)


def test_seeded_from_history(day: Watched) -> None:
    """What history knows of today is there at once; yesterday's is not, and what is open goes on counting."""
    waiting = visit(NOON - 60)
    old = ended(answered(visit(MIDNIGHT - 60, "C0"), 30))
    over = ended(answered(visit(NOON - 600, "C2"), 30))
    gap = Gap("p", NOON - 90, NOON - 80, "closed")
    ring = Offer("p", "sales", "Ann", "C2", NOON - 600, NOON - 590, OfferResult.ANSWERED)
    day.measures.seed([waiting, old, over], [gap, ring])
    assert day.figures(QUEUE) == Figures(
        offered=2, answered=1, answered_in_time=1, wait_answered_s=5, talk_s=30, offers=1
    )
    day.told((replace(waiting, gap=True), ended(waiting, Ending.TIMED_OUT)))
    assert (day.figures(QUEUE).offered, day.figures(QUEUE).timed_out) == (2, 1)
    assert day.measures.gaps("p") == [(NOON - 90, NOON - 80)]


def test_gaps(day: Watched) -> None:
    """Today's, on our clock, open ones without an end; what is healed or was yesterday is none."""
    day.told((None, Pbx("p", LinkState.UP, NOON, clock_offset_s=-60.0, timestamps=True)))
    gaps = (
        Gap("p", MIDNIGHT - 300, MIDNIGHT - 200, "yesterday"),
        Gap("p", NOON - 660, NOON - 600, "closed"),
        Gap("p", NOON - 500, NOON - 400, "closed", healed=True),
        Gap("p", NOON - 160, None, "silent"),
    )
    day.told(records=gaps)
    assert day.measures.gaps("p") == [(NOON - 600, NOON - 540), (NOON - 100, None)]
    assert day.measures.gaps("q") == []
    day.clock.at += 86_400
    assert day.measures.gaps("p") == [(NOON - 100, None)]


def test_who_changed(day: Watched) -> None:
    """Only whose figures differ is named, once; time alone changes whoever is in a window."""
    day.told((None, visit(NOON)))
    assert day.measures.changed() == {QUEUE, TOTAL}
    assert day.measures.changed() == set()
    leaving = visit(NOON, stage=CallerStage.LEAVING)
    day.told((visit(NOON), leaving))
    assert day.measures.changed() == set()
    day.clock.at += 60
    assert QUEUE in day.measures.changed()
    assert QUEUE in day.measures.subjects()


def test_history_points(day: Watched) -> None:
    """Twelve points of five minutes, oldest first, the last one still filling."""
    day.clock.at = NOON + 130
    day.told((None, ended(answered(visit(NOON), 9))), (None, ended(visit(NOON - 1, "C2"), Ending.ABANDONED)))
    points = day.measures.history(QUEUE)
    assert [point["at"] for point in points] == [NOON - 3300 + 300 * i for i in range(12)]
    assert points[-1] == {"at": NOON, "offered": 1, "answered": 1, "abandoned": 0, "answered_in_time": 1}
    assert points[-2]["abandoned"] == 1


def test_sums_leave_no_dust(day: Watched) -> None:
    """Seconds added and taken away again in parts leave an exact zero, and counts stay whole numbers."""
    waiting = answered(visit(NOON))
    for number in range(200):
        held = replace(waiting, hold_s=0.1 * number + 0.07, holds=1)
        day.told((None, replace(held, uniqueid=str(number))))
        day.told((replace(held, uniqueid=str(number)), replace(waiting, uniqueid=str(number), hold_s=0.0)))
    figures = day.figures()
    assert figures.hold_s == 0.0
    assert isinstance(figures.answered, int)


def test_clock_set_back(day: Watched) -> None:
    """Our own clock going back an hour breaks nothing and starts no old day anew."""
    day.told((None, visit(NOON)))
    day.clock.at = NOON - 3600
    day.told((None, visit(NOON - 3600, "C2")))
    assert day.figures(QUEUE).offered == 2
    day.clock.at = MIDNIGHT - 3600
    assert day.measures.day_begin == MIDNIGHT
