"""What the history answers, and that its figures are those of the living floor."""

from __future__ import annotations

from dataclasses import replace

from floor.day import Day
from floor.history.database import Database
from floor.history.queries import (
    Interval,
    figures_by_interval,
    figures_since,
    gaps_in,
    offers_in,
    open_gaps,
    open_visits,
    spans_in,
    visits_in,
)
from floor.history.rows import Entry
from floor.history.upsert import write
from floor.measures import Measures
from floor.ports import Change, Outcome
from floor.state.facts import CallerLeft
from floor.state.figures import TOTAL, Figures, Limits
from floor.state.model import Caller, CallerStage, Ending, Offer, Span
from tests.history.entities import NOW, ManualClock, finished, gap, lost, offer, span, talking, waiting

A_DAY: list[Caller] = [
    finished(waiting("1.0", NOW - 60)),
    finished(talking(waiting("2.0", NOW + 10), wait_s=20, agent="Bob"), talk_s=33),
    lost(waiting("3.0", NOW + 20)),
    lost(waiting("4.0", NOW + 30, queue="sales"), Ending.TIMED_OUT, 45),
    lost(waiting("5.0", NOW + 40), Ending.UNKNOWN),
    talking(waiting("6.0", NOW + 1000)),
    waiting("7.0", NOW + 1010),
    replace(talking(waiting("8.0", None)), answered_at=None, wait_s=None),
]
RINGS = [offer("1.0", NOW - 5), offer("2.0", NOW + 10), offer("2.0", NOW + 25, "Bob")]
WORK = [span(NOW - 5), span(NOW + 70), span(NOW + 90, queue=None)]


def _store(database: Database, *entries: Entry) -> None:
    with database.writing() as connection:
        write(connection, entries)


def _live() -> Measures:
    """The same day, as the living floor saw it, step by step."""
    measures = Measures(ManualClock(NOW + 2000), Day("UTC"), Limits())
    steps: list[Change] = []
    for visit in A_DAY:
        joined = replace(waiting(visit.uniqueid, visit.joined_at, visit.queue))
        steps += [Change(None, joined), Change(joined, visit)]
    for step in steps:
        measures(Outcome(1, CallerLeft("pbx", NOW, "", ""), [step], []))
    measures(Outcome(1, CallerLeft("pbx", NOW, "", ""), [], [*RINGS, *WORK]))
    return measures


def test_figures_equal_the_living_floor(database: Database) -> None:
    """Summed from the database, every figure of every subject equals what the floor summed as it happened."""
    live = _live()
    _store(database, *A_DAY, *RINGS, *WORK)
    with database.reading() as connection:
        summed = figures_since(connection, live.day_begin, Limits())
    assert {s: f for s, f in summed.items() if f} == {s: live.figures(s) for s in live.subjects() if live.figures(s)}
    assert summed[TOTAL].offered >= 6


def test_seeding_equals_summing(database: Database) -> None:
    """A restarted floor seeded from the database shows what it showed before."""
    live = _live()
    _store(database, *A_DAY, *RINGS, *WORK)
    seeded = Measures(ManualClock(NOW + 2000), Day("UTC"), Limits())
    with database.reading() as connection:
        interval = Interval(live.day_begin)
        rings, work = offers_in(connection, interval), spans_in(connection, interval)
        seeded.seed(visits_in(connection, interval), [*rings, *work])
    for subject in live.subjects():
        assert seeded.figures(subject) == live.figures(subject)


def test_by_interval(database: Database) -> None:
    """A report sums per subject and step; a visit belongs to the step in which it joined."""
    _store(database, *A_DAY, *RINGS, *WORK)
    with database.reading() as connection:
        sums = figures_by_interval(connection, Interval(NOW - 900, NOW + 900), Limits(), step_s=900.0)
    assert sums[TOTAL, NOW - 900].offered == 1
    assert sums[TOTAL, NOW].offered == 4
    assert sums[("queue", "pbx", "sales"), NOW] == Figures(offered=1, timed_out=1, wait_other_s=45)
    assert sums[("agent", "pbx", "Bob"), NOW].talk_s == 33
    assert (TOTAL, NOW + 900) not in sums


def test_exchange_clock_ahead(database: Database) -> None:
    """The day begins on our clock, whatever the exchange's clock shows."""
    _store(database, waiting("1.0", NOW + 99), waiting("2.0", NOW + 101))
    with database.reading() as connection:
        assert figures_since(connection, NOW, Limits(), {"pbx": 100.0})[TOTAL].offered == 1
        assert figures_since(connection, NOW + 200, Limits(), {"pbx": -100.0})[TOTAL].offered == 1


def test_by_subject(database: Database) -> None:
    """Visits, rings and spans of one queue or one agent."""
    _store(database, *A_DAY, *RINGS, *WORK)
    everything, bob = Interval(0), ("agent", "pbx", "Bob")
    with database.reading() as connection:
        assert [one.uniqueid for one in visits_in(connection, everything, bob)] == ["2.0"]
        assert list(offers_in(connection, everything, bob)) == [RINGS[2]]
        assert list(spans_in(connection, everything, ("queue", "pbx", "support"))) == WORK[:2]
        assert len(list(visits_in(connection, everything, TOTAL))) == len(A_DAY)
        assert list(visits_in(connection, everything, ("queue", "other", "support"))) == []


def test_open_visits(database: Database) -> None:
    """Callers without an ending; also one whose channel is gone while the exchange still owes its word."""
    closing = replace(talking(waiting("9.0")), stage=CallerStage.CLOSING, ended_at=NOW + 60)
    _store(database, *A_DAY, closing, waiting("10.0", pbx="other"))
    with database.reading() as connection:
        assert {one.uniqueid for one in open_visits(connection, "pbx")} == {"6.0", "7.0", "8.0", "9.0"}
        assert len(open_visits(connection)) == 5


def test_gaps(database: Database) -> None:
    """Gaps that touch a time, the open one included."""
    before, across, still = gap(NOW - 50, NOW), gap(NOW - 9, NOW + 9, healed=True), gap(NOW + 50, None)
    _store(database, before, across, still)
    with database.reading() as connection:
        assert gaps_in(connection, Interval(NOW)) == [across, still]
        assert gaps_in(connection, Interval(NOW, NOW + 50), "pbx") == [across]
        assert gaps_in(connection, Interval(0), "other") == []
        assert open_gaps(connection) == [still]


def test_types(database: Database) -> None:
    """Answers are the floor's own values."""
    _store(database, A_DAY[0], RINGS[0], WORK[0])
    with database.reading() as connection:
        assert isinstance(next(visits_in(connection, Interval(0))), Caller)
        assert isinstance(next(offers_in(connection, Interval(0))), Offer)
        assert isinstance(next(spans_in(connection, Interval(0))), Span)
