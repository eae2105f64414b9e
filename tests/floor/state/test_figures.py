"""Figures: what one visit, ring or span adds, and what is computed from the sums."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floor.state.figures import (
    NAMES,
    TOTAL,
    Figures,
    Limits,
    indicators,
    score_caller,
    scores_of_caller,
    scores_of_offer,
    scores_of_span,
    service_levels,
)
from floor.state.model import AgentState, Caller, CallerStage, CompletedBy, Ending, Offer, OfferResult, Span

LIMITS = Limits(answer_s=15, late_ring_s=10, short_abandon_s=5)
VISIT = Caller("p", "sales", "C1", CallerStage.ENDED, 100.0, ended_at=200.0)
ANSWERED = replace(VISIT, ending=Ending.ANSWERED, agent="Ann", answered_at=110.0, wait_s=10, ring_s=4, talk_s=60)

SCORES = {
    "waits": (replace(VISIT, stage=CallerStage.WAITING, ended_at=None), {"offered": 1}),
    "talks, not over yet": (
        replace(ANSWERED, stage=CallerStage.TALKING, ending=None, talk_s=None),
        {"offered": 1, "answered": 1, "answered_in_time": 1, "wait_answered_s": 10},
    ),
    "answered": (
        replace(ANSWERED, completed_by=CompletedBy.AGENT, hold_s=7.5, holds=2),
        {
            "offered": 1,
            "answered": 1,
            "answered_in_time": 1,
            "wait_answered_s": 10,
            "talk_s": 60,
            "hold_s": 7.5,
            "held": 1,
            "completed_by_agent": 1,
        },
    ),
    "answered late, after long ringing, passed on": (
        replace(ANSWERED, wait_s=16, ring_s=11, completed_by=CompletedBy.TRANSFER, transfer="blind"),
        {
            "offered": 1,
            "answered": 1,
            "late_answers": 1,
            "wait_answered_s": 16,
            "talk_s": 60,
            "transferred": 1,
            "blind_transferred": 1,
        },
    ),
    "abandoned": (
        replace(VISIT, ending=Ending.ABANDONED, wait_s=40),
        {"offered": 1, "abandoned": 1, "wait_abandoned_s": 40},
    ),
    "abandoned at once": (
        replace(VISIT, ending=Ending.ABANDONED, wait_s=3),
        {"offered": 1, "abandoned": 1, "wait_abandoned_s": 3, "abandoned_in_time": 1, "short_abandoned": 1},
    ),
    "taken elsewhere": (
        replace(VISIT, ending=Ending.TRANSFERRED_AWAY, wait_s=40),
        {"offered": 1, "abandoned": 1, "wait_abandoned_s": 40},
    ),
    "timed out": (
        replace(VISIT, ending=Ending.TIMED_OUT, wait_s=30),
        {"offered": 1, "timed_out": 1, "wait_other_s": 30},
    ),
    "pressed a key": (replace(VISIT, ending=Ending.EXIT_KEY, wait_s=3), {"offered": 1, "exited": 1, "wait_other_s": 3}),
    "unknown": (replace(VISIT, ending=Ending.UNKNOWN), {"offered": 1, "unknown": 1}),
    "full": (replace(VISIT, ending=Ending.QUEUE_FULL, joined_at=None), {}),
    "join empty": (replace(VISIT, ending=Ending.JOIN_EMPTY, joined_at=None), {}),
    "found talking": (replace(VISIT, stage=CallerStage.TALKING, joined_at=None, ended_at=None), {}),
}


@pytest.mark.parametrize(("visit", "score"), SCORES.values(), ids=SCORES)
def test_score(visit: Caller, score: dict[str, float]) -> None:
    """A visit adds exactly this."""
    figures = score_caller(visit, LIMITS)
    assert {name: value for name in NAMES if (value := getattr(figures, name))} == score


def test_subjects_of_a_visit() -> None:
    """Its queue and the total; the agent who answered gets all but the offer, which was the queue's."""
    scores = dict(scores_of_caller(ANSWERED, LIMITS))
    assert set(scores) == {("queue", "p", "sales"), TOTAL, ("agent", "p", "Ann")}
    assert scores["agent", "p", "Ann"].offered == 0
    assert scores["agent", "p", "Ann"].answered == 1


def test_rings() -> None:
    """An agent is offered what he is rung for; a ring let go is one missed."""
    offer = Offer("p", "sales", "Ann", "C1", 100.0, 110.0, OfferResult.NO_ANSWER)
    scores = dict(scores_of_offer(offer))
    assert scores["agent", "p", "Ann"] == Figures(offered=1, offers=1, ring_no_answer=1)
    assert scores[TOTAL] == Figures(offers=1, ring_no_answer=1)
    assert dict(scores_of_offer(replace(offer, result=OfferResult.CANCELLED)))[TOTAL] == Figures(offers=1)


def test_after_call_work() -> None:
    """Spans of after-call work add their length to agent, queue and total; other spans, and unsure ones, nothing."""
    span = Span("p", "Ann", AgentState.ACW, 100.0, 112.5, queue="sales")
    assert dict(scores_of_span(span)) == dict.fromkeys(
        [("agent", "p", "Ann"), TOTAL, ("queue", "p", "sales")], Figures(acw_s=12.5)
    )
    assert not list(scores_of_span(replace(span, gap=True)))
    assert not list(scores_of_span(replace(span, state=AgentState.READY)))


def test_five_service_levels() -> None:
    """One floor, five formulas: 100 offered, 80 answered (60 in time), 20 abandoned (8 in time, 5 short)."""
    figures = Figures(
        offered=100, answered=80, answered_in_time=60, abandoned=20, abandoned_in_time=8, short_abandoned=5
    )
    assert service_levels(figures) == {
        "A": 60 / 80,
        "B": 60 / 100,
        "C": 60 / (80 + 12),
        "D": (60 + 8) / 100,
        "E": 60 / (80 + 15),
    }


def test_empty_is_not_zero() -> None:
    """Without a contact there is no level and no mean."""
    assert set(service_levels(Figures()).values()) == {None}
    assert set(indicators(Figures()).values()) == {None}


def test_indicators() -> None:
    """The KPIs by their definitions."""
    figures = Figures(
        offered=10,
        answered=8,
        abandoned=1,
        timed_out=1,
        wait_answered_s=80,
        wait_abandoned_s=30,
        wait_other_s=60,
        talk_s=400,
        acw_s=80.0,
        hold_s=30.0,
        held=2,
        transferred=2,
        late_answers=1,
        offers=12,
        ring_no_answer=3,
        completed_by_agent=3,
        completed_by_caller=3,
    )
    assert indicators(figures) == {
        "answer_rate": 0.8,
        "asa_s": 10.0,
        "queue_time_s": 17.0,
        "time_to_abandon_s": 30.0,
        "abandon_rate": 0.1,
        "att_s": 50.0,
        "acw_s_mean": 10.0,
        "aht_s": 60.0,
        "hold_s_mean": 15.0,
        "transfer_rate": 0.25,
        "late_answer_rate": 0.125,
        "ring_no_answer_rate": 0.25,
        "agent_first_rate": 0.5,
    }


@given(st.lists(st.integers(0, 1000), min_size=len(NAMES), max_size=len(NAMES)))
def test_figures_add_and_take_away(values: list[int]) -> None:
    """What was added can be taken away again; only zero is empty."""
    figures = Figures(**dict(zip(NAMES, values, strict=True)))
    assert figures + figures - figures == figures
    assert bool(figures) == any(values)
