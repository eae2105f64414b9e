"""The life of an alert as one table: stage and event give the next stage.

A step that is not in the table is no step: :func:`next_stage` raises and nothing has changed. Where an event may lead
to more than one stage, the condition in words stands beside each, and :mod:`alerts.book` decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from alerts.errors import WrongStageError
from alerts.model import AlertStage


class AlertEvent(StrEnum):
    """What happens to an alert; stored with every transition."""

    SUSPECTED = "suspected"
    FIRED = "fired"
    WORSE = "worse"
    EASED = "eased"
    ACKNOWLEDGED = "acknowledged"
    LAPSED = "lapsed"
    CLEARED = "cleared"
    RETURNED = "returned"
    RECOVERED = "recovered"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    """By a person, with the cause."""
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"
    SEEN = "seen"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    SILENCED = "silenced"
    UNSILENCED = "unsilenced"
    EXPLAINED = "explained"
    ALONE = "alone"
    FLAPPING = "flapping"
    STEADY = "steady"


_S = AlertStage
_E = AlertEvent
Steps = Mapping[AlertStage, str]
"""Next stage -> when, in words."""

STEPS: dict[tuple[AlertStage | None, AlertEvent], Steps] = {
    (None, _E.SUSPECTED): {_S.PENDING: "the rule is broken, and must be for a while before anybody is told"},
    (None, _E.FIRED): {_S.FIRING: "the rule is broken, and tells at once"},
    (_S.PENDING, _E.FIRED): {_S.FIRING: "it held for the rule's `for`"},
    (_S.PENDING, _E.WORSE): {_S.PENDING: "a higher level is reached; its time runs on"},
    (_S.PENDING, _E.EASED): {_S.PENDING: "it is less bad; its time runs on"},
    (_S.PENDING, _E.CLEARED): {_S.RESOLVED: "it passed before anybody had to be told"},
    (_S.PENDING, _E.RESOLVED): {_S.RESOLVED: "a person closes it and says why"},
    (_S.FIRING, _E.WORSE): {_S.FIRING: "a higher level is reached: told anew"},
    (_S.FIRING, _E.EASED): {_S.FIRING: "it is less bad, and still broken"},
    (_S.FIRING, _E.ACKNOWLEDGED): {_S.ACKNOWLEDGED: "a person takes it over: no more escalation"},
    (_S.FIRING, _E.CLEARED): {_S.RECOVERING: "the rule holds again, and must for its `keep`"},
    (_S.FIRING, _E.RECOVERED): {_S.RESOLVED: "the rule holds again, and has no `keep`"},
    (_S.FIRING, _E.RESOLVED): {_S.RESOLVED: "a person closes it and says why"},
    (_S.ACKNOWLEDGED, _E.WORSE): {_S.FIRING: "a higher level is reached than was taken over"},
    (_S.ACKNOWLEDGED, _E.EASED): {_S.ACKNOWLEDGED: "it is less bad, and still broken"},
    (_S.ACKNOWLEDGED, _E.ACKNOWLEDGED): {_S.ACKNOWLEDGED: "another takes it over, or the same for longer"},
    (_S.ACKNOWLEDGED, _E.LAPSED): {_S.FIRING: "taken over too long ago and still broken: told anew"},
    (_S.ACKNOWLEDGED, _E.CLEARED): {_S.RECOVERING: "the rule holds again, and must for its `keep`"},
    (_S.ACKNOWLEDGED, _E.RECOVERED): {_S.RESOLVED: "the rule holds again, and has no `keep`"},
    (_S.ACKNOWLEDGED, _E.RESOLVED): {_S.RESOLVED: "a person closes it and says why"},
    (_S.RECOVERING, _E.RETURNED): {
        _S.FIRING: "broken again, and nobody had taken it over, or it is worse than he knew",
        _S.ACKNOWLEDGED: "broken again, and it is still his",
    },
    (_S.RECOVERING, _E.ACKNOWLEDGED): {_S.RECOVERING: "a person takes it over while it recovers"},
    (_S.RECOVERING, _E.RECOVERED): {_S.RESOLVED: "the rule held for its `keep`"},
    (_S.RECOVERING, _E.RESOLVED): {_S.RESOLVED: "a person closes it and says why"},
    (_S.RESOLVED, _E.REOPENED): {_S.FIRING: "broken again within the re-open window: the same alert, one time more"},
}
"""The life. What is not here and not in ``MARKS`` cannot happen."""

LIVING = (_S.PENDING, _S.FIRING, _S.ACKNOWLEDGED, _S.RECOVERING)
TOLD = (_S.FIRING, _S.ACKNOWLEDGED, _S.RECOVERING)

MARKS: dict[AlertEvent, tuple[tuple[AlertStage, ...], str]] = {
    _E.UNKNOWN: (LIVING, "it cannot be seen any more whether it holds: neither fine nor broken, and its clocks stop"),
    _E.SEEN: (LIVING, "it can be seen again"),
    _E.ESCALATED: ((_S.FIRING,), "nobody took it over in time: the next level of the chain is told"),
    _E.REMINDED: ((_S.FIRING,), "still nobody took it over: the same people are told again"),
    _E.SILENCED: (LIVING, "a person holds its messages back until a moment, with a reason; it stays on the board"),
    _E.UNSILENCED: (LIVING, "its messages are let through again"),
    _E.EXPLAINED: (LIVING, "another alert is the cause: it becomes its child, and nobody is told of it any more"),
    _E.ALONE: (LIVING, "the cause is resolved and it still stands: it is told on its own, unless it was before"),
    _E.FLAPPING: ((*TOLD, _S.RESOLVED), "it changes too often: its messages are held back, not the board"),
    _E.STEADY: ((*TOLD, _S.RESOLVED), "it has come to rest"),
}
"""Events that change no stage: where they may happen, and what they mean."""


def next_stage(stage: AlertStage | None, event: AlertEvent, choice: AlertStage | None = None) -> AlertStage:
    """The stage after the event; ``choice`` where the table offers several.

    Raises :class:`WrongStageError` when the table has no such step; nothing has changed then.
    """
    if stage is not None and event in MARKS and stage in MARKS[event][0]:
        return stage
    steps = STEPS.get((stage, event), {})
    if choice is not None and choice in steps:
        return choice
    if choice is None and len(steps) == 1:
        return next(iter(steps))
    raise WrongStageError(f"an alert that is {stage or 'new'} cannot be {event}")
