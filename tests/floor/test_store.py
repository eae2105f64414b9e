"""FloorStore: one writer, one revision per change, and reviews that come when they are due, once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from floor.ports import Outcome
from floor.state import facts as f
from floor.state.model import Agent, AgentState, Caller, CallerStage, Ending, LinkState, Member, Reach
from floor.state.reduce import REDUCERS
from floor.store import FloorStore
from tests.support.replay import PBX, TapeClock
from tests.support.stories import BEGIN

ANN = Member("sales", "Ann", "PJSIP/1", "PJSIP/1", wrapup_s=10)
JOINED = f.CallerJoined(PBX, BEGIN, "sales", "C1")
COMPLETED = f.CallCompleted(PBX, BEGIN, "sales", "Ann", "PJSIP/1", None, None, 1, 5, None)


@pytest.fixture
def clock() -> TapeClock:
    return TapeClock(BEGIN)


@pytest.fixture
def store(clock: TapeClock) -> FloorStore:
    return FloorStore(clock)


@pytest.fixture
def outcomes(store: FloorStore) -> list[Outcome]:
    told: list[Outcome] = []
    store.subscribe(told.append)
    return told


def state(store: FloorStore) -> AgentState:
    return store.snapshot().agents[PBX, "Ann"].state


def test_change_is_told_once_under_one_revision(store: FloorStore, outcomes: list[Outcome]) -> None:
    """Caller and queue changed together and are told together; the same fact again says nothing."""
    store.apply(JOINED)
    store.apply(JOINED)
    (outcome,) = outcomes
    assert outcome.revision == store.revision == store.snapshot().revision == 1
    assert outcome.fact is JOINED
    assert {type(change.after).__name__ for change in outcome.changes} == {"Caller", "Queue"}


def test_snapshot_is_read_only(store: FloorStore) -> None:
    """Nobody but the store writes."""
    store.apply(JOINED)
    with pytest.raises(TypeError):
        store.snapshot().callers[PBX, "sales", "C1"] = None  # type: ignore[index]


def test_subscription_ends(store: FloorStore) -> None:
    """After unsubscribing nothing more is told."""
    told: list[Outcome] = []
    store.subscribe(told.append)()
    store.apply(JOINED)
    assert told == []


def test_fact_that_cannot_be_applied(
    store: FloorStore, outcomes: list[Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is counted, the floor is as before, and the next fact goes on."""

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setitem(REDUCERS, f.CallerLeft, broken)
    store.apply(JOINED)
    store.apply(f.CallerLeft(PBX, BEGIN, "sales", "C1"))
    assert (store.refused, len(outcomes)) == (1, 1)
    store.apply(f.CallerGaveUp(PBX, BEGIN, "sales", "C1", 3))
    assert store.revision == 2


def test_listener_that_fails_stops_nobody(store: FloorStore, clock: TapeClock) -> None:
    """What one listener raises is logged; the others are told all the same."""
    told: list[Outcome] = []

    def broken(_: Outcome) -> None:
        raise RuntimeError

    store.subscribe(broken)
    store.subscribe(told.append)
    store.apply(JOINED)
    assert len(told) == 1


def test_review_comes_when_due(store: FloorStore, clock: TapeClock) -> None:
    """Wrap-up ends by itself, at its own moment, however late the review comes."""
    store.apply(f.MemberSeen(PBX, BEGIN - 60, ANN))
    store.apply(COMPLETED)
    assert state(store) is AgentState.ACW
    assert store.next_due() == BEGIN + 10
    store.review(BEGIN + 9.9)
    assert state(store) is AgentState.ACW
    store.review(BEGIN + 500)
    agent = store.snapshot().agents[PBX, "Ann"]
    assert (agent.state, agent.since) == (AgentState.READY, BEGIN + 10)
    assert store.next_due() is None


def test_review_is_due_on_our_clock(store: FloorStore) -> None:
    """The exchange's clock may be an hour ahead: what is due in ten seconds there is due in ten seconds here."""
    store.apply(f.LinkChanged(PBX, BEGIN + 3600, LinkState.UP))
    store.apply(f.ClockMeasured(PBX, BEGIN + 3600, 3600.0, True))
    store.apply(f.MemberSeen(PBX, BEGIN + 3600, ANN))
    store.apply(replace(COMPLETED, at=BEGIN + 3600))
    assert store.next_due() == BEGIN + 10


@pytest.mark.parametrize("moved", [-0.02, 0.02, -3600.0, 3600.0])
def test_review_survives_a_clock_measured_anew(store: FloorStore, moved: float) -> None:
    """However the measured offset moves between planning and review, wrap-up ends; it does not last for ever."""
    store.apply(f.LinkChanged(PBX, BEGIN, LinkState.UP))
    store.apply(f.ClockMeasured(PBX, BEGIN, 0.0, True))
    store.apply(f.MemberSeen(PBX, BEGIN - 60, ANN))
    store.apply(COMPLETED)
    store.apply(f.ClockMeasured(PBX, BEGIN, moved, True))
    store.review(BEGIN + 11)
    assert state(store) is AgentState.READY


def test_review_that_settled_itself_is_forgotten(store: FloorStore, outcomes: list[Outcome]) -> None:
    """A departure explained in time needs no review, and none comes."""
    store.apply(JOINED)
    store.apply(f.CallerLeft(PBX, BEGIN + 1, "sales", "C1"))
    assert store.next_due() == BEGIN + 6
    store.apply(f.QueueReleased(PBX, BEGIN + 1, "C1", Ending.TIMED_OUT))
    assert store.next_due() is None
    count = len(outcomes)
    store.review(BEGIN + 100)
    assert len(outcomes) == count


def test_plans_do_not_pile_up(store: FloorStore) -> None:
    """An agent who changes a thousand times during one wrap-up is planned once."""
    store.apply(f.MemberSeen(PBX, BEGIN - 60, ANN))
    store.apply(COMPLETED)
    for penalty in range(1000):
        store.apply(f.MemberSeen(PBX, BEGIN, replace(ANN, penalty=penalty)))
    assert len(store._dues) == 1


def test_earlier_review_wakes_whoever_waits(store: FloorStore) -> None:
    """Only a moment before all others needs telling."""
    woken: list[float | None] = []
    store.on_due = lambda: woken.append(store.next_due())
    store.apply(f.MemberSeen(PBX, BEGIN, ANN))
    store.apply(COMPLETED)
    store.apply(JOINED)
    store.apply(f.CallerLeft(PBX, BEGIN + 1, "sales", "C1"))
    store.apply(f.CallerJoined(PBX, BEGIN, "sales", "C2"))
    store.apply(f.CallerLeft(PBX, BEGIN + 2, "sales", "C2"))
    assert woken == [BEGIN + 10, BEGIN + 6]


def test_restored_visits_are_on_the_floor(store: FloorStore, outcomes: list[Outcome]) -> None:
    """Silently, with their line, their gap and their reviews; what ended does not come back."""
    waiting = Caller(PBX, "sales", "C1", CallerStage.WAITING, BEGIN - 60)
    leaving = replace(waiting, uniqueid="C2", stage=CallerStage.LEAVING, review_at=BEGIN - 5)
    ended = replace(waiting, uniqueid="C3", stage=CallerStage.ENDED, ending=Ending.ABANDONED)
    store.restore([waiting, leaving, ended])
    floor = store.snapshot()
    assert outcomes == []
    assert set(floor.callers) == {waiting.key, leaving.key}
    assert floor.callers[waiting.key].gap
    assert (floor.queues[PBX, "sales"].waiting, floor.queues[PBX, "sales"].oldest_joined_at) == (1, BEGIN - 60)
    store.review(BEGIN)
    assert set(store.snapshot().callers) == {waiting.key}
    (outcome,) = outcomes
    (change,) = outcome.changes
    assert isinstance(change.after, Caller)
    assert change.after.ending is Ending.UNKNOWN


def test_everything_restored_is_whole(store: FloorStore) -> None:
    """A restored conversation ends like any other."""
    talking = Caller(
        PBX, "sales", "C1", CallerStage.TALKING, BEGIN - 60, agent="Ann", answered_at=BEGIN - 50, wait_s=10
    )
    store.restore([talking])
    told: list[Outcome] = []
    store.subscribe(told.append)
    store.apply(f.CallCompleted(PBX, BEGIN, "sales", "Ann", "PJSIP/1", "C1", None, 10, 50, None))
    (change,) = told[0].changes
    assert isinstance(change.after, Caller)
    assert (change.after.ending, change.after.talk_s) == (Ending.ANSWERED, 50)


def test_agents_are_told_with_queue(store: FloorStore, outcomes: list[Outcome]) -> None:
    """An agent's change and his queues' new counts come under one revision."""
    store.apply(f.MemberSeen(PBX, BEGIN, ANN))
    (outcome,) = outcomes
    assert any(isinstance(change.after, Agent) for change in outcome.changes)
    assert dict(store.snapshot().queues[PBX, "sales"].states) == {AgentState.READY: 1}


def test_happenings_reach_who_asked_for_them() -> None:
    """What leaves no trace is told under the revision that was, and only to who wants it."""
    store = FloorStore(TapeClock(BEGIN))
    all_: list[Outcome] = []
    some: list[Outcome] = []
    store.subscribe(some.append)
    stop = store.subscribe(all_.append, happenings=True)
    store.apply(f.MemberSeen(PBX, BEGIN, ANN))
    store.apply(f.VoiceReported(PBX, BEGIN, "1.1", 0.1, 160))
    store.apply(f.HangupAsked(PBX, BEGIN, "1.1"))
    assert [type(one.fact) for one in some] == [f.MemberSeen]
    assert [(type(one.fact), one.revision) for one in all_] == [(f.MemberSeen, 1), (f.VoiceReported, 1)]
    assert not all_[1].changes
    assert not all_[1].records
    stop()
    store.apply(f.VoiceReported(PBX, BEGIN, "1.1", 0.1, 160))
    assert len(all_) == 2


def test_snapshot_shows_seats_and_lost_phones(store: FloorStore) -> None:
    """Who sits where, and which phones are gone, in the order in which they went."""
    store.apply(f.MemberSeen(PBX, BEGIN, ANN))
    for at, name in ((2, "PJSIP/9"), (1, "PJSIP/1")):
        store.apply(f.EndpointSeen(PBX, BEGIN + at, name, Reach.UNREACHABLE))
    floor = store.snapshot()
    assert floor.seats[PBX, "PJSIP/1"] == ("Ann",)
    assert list(floor.lost[PBX].items()) == [("PJSIP/9", BEGIN + 2), ("PJSIP/1", BEGIN + 1)]
    store.apply(f.EndpointSeen(PBX, BEGIN + 3, "PJSIP/9", Reach.REACHABLE))
    store.apply(f.PhonesSynced(PBX, BEGIN + 4))
    assert not floor.lost


def test_reviews_may_be_taken_a_few_at_a_time() -> None:
    """Whoever must not hold the loop judges some now and the rest later; nobody is left out."""
    store = FloorStore(TapeClock(BEGIN))
    for number in range(5):
        store.apply(f.CallerJoined(PBX, BEGIN, "sales", f"C{number}"))
        store.apply(f.CallerLeft(PBX, BEGIN + 1, "sales", f"C{number}"))
    left = []
    for _ in range(3):
        store.review(BEGIN + 60, at_most=2)
        left.append(len(store.snapshot().callers))
    assert left == [3, 1, 0]
