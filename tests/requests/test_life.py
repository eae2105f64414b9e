"""The life of requests: limits just below, at and above; steps that are allowed, and those that are not."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from floor.requests import life
from floor.requests.life import Limits
from floor.requests.model import About, Answer, Asker, EndReason, Help, Leave, Request, Someone, Stage, Way
from floor.requests.ports import NotAdmittedError
from floor.sections.requests import RequestsSettings

LIMITS = Limits()
BY = Asker("pbx1", "Ann", 1)
LEADER = Someone(4, "Wang Li")
HELP = Help("h", BY, About.QUESTION, Way.PAGE, 1000.0)
LEAVE = Leave("l", BY, "toilet", 5, Way.PAGE, 1000.0)
OWED = EndReason("r", BY, "support", "1.1", 1000.0)
APPROVED = life.decided(LEAVE, True, "", LEADER, 1100.0)


@pytest.mark.parametrize(
    ("request_", "now", "stage", "escalated"),
    [
        (HELP, 1059.9, Stage.OPEN, None),
        (HELP, 1060.0, Stage.OPEN, 1060.0),
        (HELP, 1075.0, Stage.OPEN, 1060.0),
        (replace(HELP, about=About.TECHNICAL), 1060.0, Stage.OPEN, 1060.0),
        (replace(HELP, about=About.ABUSIVE), 1000.0, Stage.OPEN, 1000.0),
        (life.answered(HELP, Answer.COMING, "", LEADER, 1059.0), 1200.0, Stage.ANSWERED, None),
        (HELP, 4599.9, Stage.OPEN, 1060.0),
        (HELP, 4600.0, Stage.LAPSED, 1060.0),
        (life.answered(HELP, Answer.COMING, "", LEADER, 1500.0), 4600.0, Stage.ANSWERED, None),
        (life.answered(HELP, Answer.COMING, "", LEADER, 1500.0), 5100.0, Stage.LAPSED, None),
    ],
)
def test_help_is_escalated_and_lapses(request_: Help, now: float, stage: Stage, escalated: float | None) -> None:
    """R-HLD-13: unanswered for 60 s, not a moment earlier, dated when it was due; R-HUP-10: abusive callers at once."""
    after = life.at(request_, now, LIMITS)
    assert (after.stage, after.escalated_at) == (stage, escalated)


@pytest.mark.parametrize(
    ("request_", "now", "stage"),
    [
        (LEAVE, 1599.9, Stage.OPEN),
        (LEAVE, 1600.0, Stage.LAPSED),
        (APPROVED, 1999.9, Stage.APPROVED),
        (APPROVED, 2000.0, Stage.LAPSED),
        (life.left(APPROVED, 1200.0), 99999.0, Stage.LEFT),
        (OWED, 1179.9, Stage.OPEN),
        (OWED, 1180.0, Stage.LAPSED),
        (life.given(OWED, "nuisance", Way.PAGE, 1100.0), 9999.0, Stage.GIVEN),
    ],
)
def test_leave_and_reasons_lapse(request_: Request, now: float, stage: Stage) -> None:
    """Not decided in ten minutes, not taken in fifteen, no reason in three: over; who has left is away until back."""
    after = life.at(request_, now, LIMITS)
    assert after.stage is stage
    due = life.next_at(request_, LIMITS)
    assert (due is not None and due <= now) == (stage is Stage.LAPSED)


def test_nothing_is_due_before_it_is() -> None:
    """The clock need not look again before this."""
    assert life.next_at(HELP, LIMITS) == 1060.0
    assert life.next_at(life.at(HELP, 1060.0, LIMITS), LIMITS) == 4600.0
    assert life.next_at(life.closed(HELP, LEADER, 1010.0), LIMITS) is None


def test_settings_are_limits() -> None:
    """Minutes and seconds as the site has set them."""
    found = Limits.of(RequestsSettings(help_answer_s=30, leave_wait_min=2, reason_s=60))
    assert (found.help_answer_s, found.leave_wait_s, found.reason_s) == (30, 120, 60)


def test_the_first_who_answers_stays_on_record() -> None:
    """A second answer adds how, not who."""
    first = life.answered(HELP, Answer.COMING, "", LEADER, 1010.0)
    again = life.answered(first, Answer.ADVICE, "say yes", Someone(7, "Zhao"), 1030.0)
    assert (again.answered_at, again.answered_by, again.answer, again.advice) == (
        1010.0,
        LEADER,
        Answer.ADVICE,
        "say yes",
    )


@pytest.mark.parametrize(
    ("first", "then", "about", "stage", "escalated"),
    [
        (About.QUESTION, About.QUESTION, About.QUESTION, Stage.ANSWERED, None),
        (About.QUESTION, About.ABUSIVE, About.ABUSIVE, Stage.OPEN, 1050.0),
        (About.ABUSIVE, About.QUESTION, About.ABUSIVE, Stage.ANSWERED, None),
    ],
)
def test_asking_again(first: About, then: About, about: About, stage: Stage, escalated: float | None) -> None:
    """The same request; an abusive caller opens it anew and waits for nobody, nothing takes that back."""
    standing = life.answered(replace(HELP, about=first, text="a"), Answer.COMING, "", LEADER, 1010.0)
    after = life.asked_again(standing, then, "b", 1050.0)
    assert (after.about, after.stage, after.escalated_at, after.text) == (about, stage, escalated, "a b")
    assert life.asked_again(after, about, "b", 1060.0) == after


STEPS = {
    "answer": (lambda one: life.answered(one, Answer.COMING, "", LEADER, 1.0), {Stage.OPEN, Stage.ANSWERED}),
    "close": (lambda one: life.closed(one, LEADER, 1.0), {Stage.OPEN, Stage.ANSWERED}),
    "decide": (lambda one: life.decided(one, False, "no", LEADER, 1.0), {Stage.OPEN}),
    "withdraw": (lambda one: life.withdrawn(one, 1.0), {Stage.OPEN, Stage.ANSWERED, Stage.APPROVED}),
    "give": (lambda one: life.given(one, "noise", Way.PAGE, 1.0), {Stage.OPEN}),
}
OF = {"answer": HELP, "close": HELP, "decide": LEAVE, "withdraw": LEAVE, "give": OWED}


@pytest.mark.parametrize(("step", "stage"), list(product(STEPS, Stage)))
def test_steps_of_each_stage(step: str, stage: Stage) -> None:
    """Every command in every stage: done, or refused with a sentence in both languages."""
    do, allowed = STEPS[step]
    before = replace(OF[step], stage=stage)
    if stage in allowed:
        assert do(before).stage is not Stage.LAPSED
        return
    with pytest.raises(NotAdmittedError) as refused:
        do(before)
    assert refused.value.status == 409
    assert refused.value.words["en"]
    assert refused.value.words["zh"]


def test_leaving_and_coming_back() -> None:
    """Only approved leave is taken, only taken leave ends; expected back after its minutes."""
    assert life.left(LEAVE, 1.0) is LEAVE
    gone = life.left(APPROVED, 1200.0)
    assert (gone.stage, gone.due_at) == (Stage.LEFT, 1500.0)
    assert life.back(APPROVED, 1.0) is APPROVED
    back = life.back(gone, 1400.0)
    assert (back.stage, back.back_at, back.ended_at) == (Stage.BACK, 1400.0, 1400.0)
