"""Lines that write themselves."""

from __future__ import annotations

import pytest

from alerts.lifecycle import AlertEvent
from alerts.model import AlertStage, Transition
from alerts.timeline import QUIET, WORDS, of_transition
from tests.alerts.test_casefile import alert, incident


@pytest.mark.parametrize("event", list(AlertEvent))
def test_every_event_is_known(event: AlertEvent) -> None:
    """Each step of an alert's life has words in both languages, or is one that says nothing about the incident."""
    assert (event.value in WORDS) is not (event.value in QUIET)


def test_line_of_a_step() -> None:
    """Rule, subject, what, why and by whom; the mark is the same for the same step."""
    step = Transition("a1", 5.0, None, AlertStage.RESOLVED, "resolved", "Zhao (3001)", 3.0, "cable")
    told = of_transition(incident(), alert("R-EMG-22"), step)
    assert told is not None
    line, mark = told
    assert line.text == {"en": "R-EMG-22 carrier: resolved: cable", "zh": "R-EMG-22 carrier: 告警已解决: cable"}
    assert (line.actor, line.kind, line.at) == ("Zhao (3001)", "alert", 5.0)
    again = of_transition(incident(), alert("R-EMG-22"), step)
    assert again is not None
    assert again[1] == mark
