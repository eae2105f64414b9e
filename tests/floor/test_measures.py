"""Measures: today, the last minutes, midnight, clocks, and what history brings in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor.day import Day
from floor.measures import MINUTES, Measures
from floor.ports import Change, Outcome
from floor.state import facts as f
from floor.state.figures import (
    NAMES,
    TOTAL,
    Figures,
    Limits,
    Subject,
    scores_of_caller,
    scores_of_offer,
    scores_of_span,
)
from floor.state.model import (
    AgentState,
    Caller,
    CallerKey,
    CallerStage,
    CompletedBy,
    Correction,
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


def test_asked_twice_is_computed_once(day: Watched) -> None:
    """An answer is given again until something changes it: a score, or the minute."""
    day.told((None, visit(NOON)))
    first = day.figures(QUEUE, "m15")
    assert day.figures(QUEUE, "m15") is first
    day.told((None, visit(NOON, "C2")))
    assert day.figures(QUEUE, "m15").offered == 2
    day.clock.at += 15 * 60
    assert day.figures(QUEUE, "m15").offered == 0


def test_agents_have_today_only(day: Watched) -> None:
    """Whoever asks for a window of an agent is told that there is none, not zero; a minute that passes moves nothing
    of his."""
    day.told((None, ended(answered(visit(NOON), 9))))
    assert day.figures(ANN).answered == 1
    with pytest.raises(ValueError, match="today only"):
        day.figures(ANN, "m15")
    day.measures.changed()
    day.clock.at += 60
    assert ANN not in day.measures.changed()


def test_history_points(day: Watched) -> None:
    """Twelve points of five minutes, oldest first, the last one still filling."""
    day.clock.at = NOON + 130
    day.told((None, ended(answered(visit(NOON), 9))), (None, ended(visit(NOON - 1, "C2"), Ending.ABANDONED)))
    points = day.measures.history(QUEUE)
    assert [point["at"] for point in points] == [NOON - 3300 + 300 * i for i in range(12)]
    assert points[-1] == {"at": NOON, "offered": 1, "answered": 1, "abandoned": 0, "answered_in_time": 1}
    assert points[-2]["abandoned"] == 1


def test_history_points_follow(day: Watched) -> None:
    """What is asked again tells what came meanwhile, whichever point it belongs to, and moves on with time."""
    day.told((None, visit(NOON)))
    assert day.measures.history(QUEUE)[-1]["offered"] == 1
    day.told((None, visit(NOON - 700, "C2")), (None, visit(NOON, "C3")))
    points = day.measures.history(QUEUE)
    assert [point["offered"] for point in points[-4:]] == [1, 0, 0, 2]
    day.clock.at += 300
    assert day.measures.history(QUEUE) == [*points[1:], {**dict.fromkeys(points[-1], 0), "at": NOON + 300}]
    day.clock.at += 7200
    assert sum(point["offered"] for point in day.measures.history(QUEUE)) == 0


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


def test_windows_that_ran_empty_while_we_slept_are_told(day: Watched) -> None:
    """A machine that slept for hours tells, when it wakes, that the last quarter of an hour is empty now."""
    day.told((None, visit(NOON)))
    assert day.measures.changed() == {QUEUE, TOTAL}
    day.clock.at += 3 * 3600
    assert day.measures.changed() == {QUEUE, TOTAL}
    assert not day.figures(QUEUE, "m60")


def test_healed_after_midnight_counts_for_the_new_day(day: Watched) -> None:
    """What is healed before anything else was heard of the new day is not swept away with the old one."""
    day.clock.at = MIDNIGHT + 86_400 + 5
    day.measures.heal([(None, ended(visit(MIDNIGHT + 86_400 + 1), Ending.ABANDONED))], [])
    assert day.figures(QUEUE).abandoned == 1


def test_healed_visits_take_the_place_of_what_was_known(day: Watched) -> None:
    """A visit whose ending the gap swallowed is told anew: not once more, in its own minute; its gap is gone."""
    unknown = ended(visit(NOON - 120), Ending.UNKNOWN)
    gap = Gap("p", NOON - 100, NOON - 50, "closed")
    day.told((None, unknown), records=(gap,))
    ring = Offer("p", "sales", "Ann", "C1", NOON - 115, NOON - 100, OfferResult.NO_ANSWER)
    day.measures.heal([(unknown, replace(unknown, ending=Ending.TIMED_OUT))], [ring, replace(gap, healed=True)])
    expected = Figures(offered=1, timed_out=1, offers=1, ring_no_answer=1)
    assert day.figures(QUEUE) == day.figures(QUEUE, "m15") == expected
    assert day.measures.history(QUEUE)[-1]["offered"] == 0
    assert day.measures.gaps("p") == []


def test_healed_visit_leaves_his_next_one_alone(day: Watched) -> None:
    """He is in the queue again while his former visit is healed: each keeps its own minute."""
    former = ended(visit(NOON - 1200), Ending.UNKNOWN)
    day.told((None, visit(NOON - 1200)), (visit(NOON - 1200), former), (None, visit(NOON)))
    day.measures.heal([(former, replace(former, ending=Ending.TIMED_OUT))], [])
    assert day.figures(QUEUE, "m15") == Figures(offered=1)
    assert day.figures(QUEUE, "m30") == Figures(offered=2, timed_out=1)
    day.told((visit(NOON), ended(visit(NOON), Ending.EXIT_KEY)))
    assert day.figures(QUEUE, "m15") == Figures(offered=1, exited=1)


@st.composite
def shapes(draw: st.DrawFn, at: float) -> Caller:
    """Any shape that a visit of one of two queues may have."""
    stage, ending = draw(st.sampled_from(list(CallerStage))), draw(st.sampled_from(list(Ending)))
    taken = draw(st.booleans())
    return Caller(
        draw(st.sampled_from("pq")),
        draw(st.sampled_from(("sales", "support"))),
        draw(st.sampled_from("123")),
        stage,
        at if draw(st.integers(0, 5)) else None,
        agent=draw(st.sampled_from((None, "Ann", "Bob"))),
        answered_at=at + 5 if taken else None,
        wait_s=draw(st.one_of(st.none(), st.integers(0, 40))),
        ring_s=draw(st.one_of(st.none(), st.integers(0, 40))),
        talk_s=draw(st.one_of(st.none(), st.integers(0, 400))),
        hold_s=draw(st.floats(0, 60)),
        holds=draw(st.integers(0, 2)),
        ending=ending if stage is CallerStage.ENDED else None,
        completed_by=draw(st.sampled_from((None, *CompletedBy))),
        transfer=draw(st.sampled_from((None, "blind", "attended"))),
    )


def _windows(subject: Subject) -> tuple[str, ...]:
    return ("today",) if subject[0] == "agent" else ("today", *MINUTES)


class FromScratch:
    """A floor on which anything happens, told to measures; keeps all last shapes, and adds up when asked."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self.watched = Watched(MIDNIGHT + 86_400 - 700)
        self.open: dict[CallerKey, Caller] = {}
        self.over: list[Caller] = []
        self.records: list[Offer | Span] = []
        self._draw = draw

    def happen(self) -> None:
        """Something happens."""
        kinds = (
            self.visit_changed,
            self.visit_changed,
            self.visit_ended,
            self.recorded,
            self.corrected,
            self.time_passed,
        )
        self._draw(st.sampled_from(kinds))()

    def time_passed(self) -> None:
        self.watched.clock.at += self._draw(st.sampled_from((1.0, 59.0, 60.0, 600.0, 4000.0, 80_000.0)))

    def visit_changed(self) -> None:
        after = self._draw(shapes(self.watched.clock.at - self._draw(st.sampled_from((0.0, 30.0, 900.0)))))
        before = self.open.get(after.key)
        if before is not None and before.joined_at is not None:
            after = replace(after, joined_at=before.joined_at)
        self._tell(before, after)

    def visit_ended(self) -> None:
        if self.open:
            before = self._draw(st.sampled_from(sorted(self.open.values(), key=repr)))
            ending = self._draw(st.sampled_from(list(Ending)))
            self._tell(before, replace(before, stage=CallerStage.ENDED, ending=ending))

    def _tell(self, before: Caller | None, after: Caller) -> None:
        self.open.pop(after.key, None)
        if after.ending is None:
            self.open[after.key] = after
        else:
            self.over.append(after)
        self.watched.told((before, after))

    def recorded(self) -> None:
        now, state = self.watched.clock.at, self._draw(st.sampled_from((AgentState.ACW, AgentState.READY)))
        record = self._draw(
            st.one_of(
                st.builds(
                    Offer, *map(st.just, ("p", "sales", "Ann", "1", now - 20, now)), st.sampled_from(OfferResult)
                ),
                st.builds(Span, *map(st.just, ("p", "Ann", state, now - 33.3, now)), queue=st.just("sales")),
            )
        )
        self.records.append(record)
        self.watched.told(records=(record,))

    def corrected(self) -> None:
        """By the exchange's late word, or by its queue_log."""
        if not self.over:
            return
        place = self._draw(st.integers(0, len(self.over) - 1))
        before = self.over[place]
        after = replace(before, talk_s=self._draw(st.integers(0, 99)), completed_by=CompletedBy.CALLER)
        self.over[place] = after
        if self._draw(st.booleans()):
            self.watched.told(records=(Correction(before, after),))
        else:
            self.watched.measures.heal([(before, after)], [])

    def asked(self) -> None:
        """Somebody wants to know everything."""
        for subject in self.watched.measures.subjects():
            for window in _windows(subject):
                self.watched.figures(subject, window)

    def sums(self, begin: float) -> dict[Subject, Figures]:
        """Per subject what everything since ``begin`` adds up to."""
        sums: dict[Subject, Figures] = defaultdict(Figures)
        for at, scores in self._scores():
            if at >= begin:
                for subject, figures in scores:
                    sums[subject] += figures
        return sums

    def _scores(self) -> Iterator[tuple[float, Iterator[tuple[Subject, Figures]]]]:
        for visit in [*self.over, *self.open.values()]:
            if visit.joined_at is not None:
                yield visit.joined_at, scores_of_caller(visit, Limits())
        for record in self.records:
            yield record.began_at, scores_of_offer(record) if isinstance(record, Offer) else scores_of_span(record)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_figures_are_the_sum_of_all_scores(data: st.DataObject) -> None:
    """Whatever happens, in whatever order and over midnight, and whenever somebody asked before: every figure of every
    subject and window is what all visits, rings and spans of that time add up to; agents have today."""
    floor = FromScratch(data.draw)
    for _ in range(data.draw(st.integers(1, 30))):
        floor.happen()
        if data.draw(st.booleans()):
            floor.asked()
    now = floor.watched.clock.at
    begins = {"today": Day("UTC").begin(now)}
    begins |= {name: (now // 60 - length + 1) * 60 for name, length in MINUTES.items()}
    for window, begin in begins.items():
        sums = floor.sums(begin)
        for subject in {*sums, *floor.watched.measures.subjects()}:
            if window not in _windows(subject):
                continue
            ours = floor.watched.figures(subject, window)
            theirs = sums[subject]
            assert {name: getattr(ours, name) for name in NAMES} == pytest.approx(
                {name: getattr(theirs, name) for name in NAMES}, abs=0.01
            ), (subject, window)
