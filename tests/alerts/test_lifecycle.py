"""The table of an alert's life: what is not in it cannot happen."""

from __future__ import annotations

import itertools

import pytest

from alerts.errors import WrongStageError
from alerts.lifecycle import LIVING, MARKS, STEPS, AlertEvent, next_stage
from alerts.model import AlertStage

EVERY = list(itertools.product([None, *AlertStage], AlertEvent))


@pytest.mark.parametrize(("stage", "event"), EVERY, ids=str)
def test_table_is_the_law(stage: AlertStage | None, event: AlertEvent) -> None:
    """A step in the table leads where it says; every other is refused."""
    steps = STEPS.get((stage, event), {})
    for after in steps:
        assert next_stage(stage, event, after) is after
    if stage is not None and event in MARKS and stage in MARKS[event][0]:
        assert next_stage(stage, event) is stage
    elif len(steps) != 1:
        with pytest.raises(WrongStageError):
            next_stage(stage, event)


def test_every_life_can_end() -> None:
    """From every stage a person or the rule can end it, and only the end can be reopened."""
    for stage in LIVING:
        assert AlertStage.RESOLVED in STEPS[stage, AlertEvent.RESOLVED]
    assert {before for before, event in STEPS if event is AlertEvent.REOPENED} == {AlertStage.RESOLVED}


def test_nothing_is_both() -> None:
    """An event either changes the stage or marks it."""
    assert not {event for _, event in STEPS} & set(MARKS)


def test_choice_must_be_offered() -> None:
    """Where the table offers several, one must be chosen, and no other than those."""
    with pytest.raises(WrongStageError):
        next_stage(AlertStage.RECOVERING, AlertEvent.RETURNED)
    with pytest.raises(WrongStageError):
        next_stage(AlertStage.RECOVERING, AlertEvent.RETURNED, AlertStage.RESOLVED)
