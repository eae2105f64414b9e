"""One incident's file, as pure functions: what may be done to it, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alerts import casefile
from alerts.model import Alert, AlertStage, Incident, IncidentStage, Severity, Subject, SubjectKind
from alerts.refusals import IncompleteError, InvalidError, WrongMomentError
from tests.alerts.response_doubles import CHIEF, LEADER, NOW

WHOLE: dict[str, Any] = {
    "occurred_at": NOW - 600,
    "description": "no calls",
    "resolution": "restarted",
    "recovered_at": NOW - 60,
    "recorder": "Li (2001)",
}


def incident(**values: Any) -> Incident:
    known: dict[str, Any] = {
        "id": "I-1",
        "type": "system",
        "stage": IncidentStage.OPEN,
        "opened_at": NOW - 590,
        "occurred_at": NOW - 600,
        "description": "no calls",
        "recorder": "Li (2001)",
    }
    return Incident(**(known | values))


def alert(rule: str, severity: Severity = Severity.CRIT, **values: Any) -> Alert:
    subject = Subject(SubjectKind.TRUNK, "pbx1", "carrier")
    known: dict[str, Any] = {"began_at": NOW - 30, "raised_at": NOW - 5, "fired_at": NOW}
    return Alert("a1", rule, subject, AlertStage.FIRING, severity, **(known | values))


@pytest.mark.parametrize(
    ("rule", "type_"),
    [
        ("R-EMG-20", "system"), ("R-EMG-21", "system"), ("R-EMG-22", "comms"), ("R-EMG-23", "terminal"),
        ("R-EMG-24", "network"), ("R-EMG-25", "comms"), ("R-EMG-26", "comms"), ("R-EMG-27", "system"),
        ("R-EMG-28", "disaster"), ("R-EMG-22-warn", "comms"),
    ],
)  # fmt: skip
def test_detection_suggests_a_type(rule: str, type_: str) -> None:
    """Every detection of R-EMG-20…28 at crit suggests the type the domain names."""
    found = casefile.suggestion(alert(rule))
    assert found is not None
    assert found[0] == type_


@pytest.mark.parametrize(
    "other",
    [
        alert("R-EMG-22", Severity.WARN),
        alert("R-EMG-23", parent="a0"),
        alert("R-ANS-8"),
        alert("R-HLD-2", Severity.WARN),
        alert("R-EMG-2"),
    ],
)
def test_nothing_else_makes_an_incident_suspect(other: Alert) -> None:
    """A warning, a child of another alert and a rule about agents open nothing."""
    assert casefile.suggestion(other) is None


@pytest.mark.parametrize(
    ("number", "type_"), [("119", "fire"), ("120", "illness"), ("110", "abnormal"), ("", "abnormal")]
)
def test_call_to_an_emergency_number(number: str, type_: str) -> None:
    """Whom somebody called tells what happened."""
    called = alert("R-EMG-CALL", Severity.EMERGENCY, evidence=({"number": number},))
    assert casefile.suggestion(called) == (type_, "unknown")


@pytest.mark.parametrize("name", casefile.MANDATORY)
def test_each_mandatory_field_keeps_it_open(name: str) -> None:
    """R-EMG-8: closing is refused with the list of what is missing, whichever of the five it is."""
    lacking = incident(**(WHOLE | {name: None if name.endswith("_at") else ""}))
    with pytest.raises(IncompleteError) as refused:
        casefile.closed(lacking, "Li", NOW)
    assert refused.value.details == (name,)


def test_closing_a_fire_needs_its_fields() -> None:
    """R-EMG-9: what the fire brigade is told belongs to the record."""
    fire = incident(**WHOLE, type="fire", details={"place": "row 3"})
    with pytest.raises(IncompleteError) as refused:
        casefile.closed(fire, "Li", NOW, ("place", "material", "severity"))
    assert refused.value.details == ("details.material", "details.severity")


def test_closing_a_whole_record() -> None:
    """With all five it closes, once."""
    closed, lines = casefile.closed(incident(**WHOLE), "Li", NOW)
    assert closed.stage is IncidentStage.CLOSED
    assert closed.closed_at == NOW
    assert [line.kind for line in lines] == ["stage"]
    with pytest.raises(WrongMomentError):
        casefile.closed(closed, "Li", NOW)


@pytest.mark.parametrize(
    ("stage", "confirm", "dismiss", "close"),
    [
        (IncidentStage.SUSPECTED, True, True, False),
        (IncidentStage.OPEN, False, False, True),
        (IncidentStage.RECOVERED, False, False, True),
        (IncidentStage.CLOSED, False, False, False),
        (IncidentStage.DISMISSED, False, False, False),
    ],
)
def test_stages(stage: IncidentStage, confirm: bool, dismiss: bool, close: bool) -> None:
    """What may be done at which stage."""
    one = incident(**WHOLE, stage=stage)
    for allowed, act in (
        (confirm, lambda: casefile.confirmed(one, LEADER, NOW)),
        (dismiss, lambda: casefile.dismissed(one, "Li", "a test call", NOW)),
        (close, lambda: casefile.closed(one, "Li", NOW)),
    ):
        if allowed:
            act()
        else:
            with pytest.raises(WrongMomentError):
                act()


def test_dismissing_needs_a_reason() -> None:
    """Nobody makes an incident go away without a word."""
    with pytest.raises(IncompleteError):
        casefile.dismissed(incident(stage=IncidentStage.SUSPECTED), "Li", "  ", NOW)


def test_amending_keeps_the_old_value() -> None:
    """Every amended field has a line with what stood there before (R-SEC-12)."""
    after, lines = casefile.amended(incident(), "Li", {"description": "no calls at all", "resolution": "waited"}, NOW)
    assert after.description == "no calls at all"
    assert [(line.data["field"], line.data["before"], line.data["after"]) for line in lines] == [
        ("description", "no calls", "no calls at all"),
        ("resolution", "", "waited"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x"},
        {"stage": "closed"},
        {"scope": "site"},
        {"description": "x" * 5000},
        {"description": 7},
        {"occurred_at": NOW + 3600},
        {"occurred_at": "yesterday"},
        {"recovered_at": NOW - 700},
        {"type": "flood"},
        {"details": {"Place": "x"}},
        {"details": "x"},
    ],
)
def test_what_cannot_be_meant(changes: dict[str, Any]) -> None:
    """Other fields, wrong types, times in the future and recoveries before the beginning are refused."""
    with pytest.raises(InvalidError):
        casefile.amended(incident(), "Li", changes, NOW)


def test_closed_record_stays_complete() -> None:
    """A closed record may be amended, but not emptied."""
    closed = incident(**WHOLE, stage=IncidentStage.CLOSED, closed_at=NOW)
    assert casefile.amended(closed, "Li", {"resolution": "a new cable"}, NOW)[0].stage is IncidentStage.CLOSED
    with pytest.raises(IncompleteError):
        casefile.amended(closed, "Li", {"resolution": ""}, NOW)


def test_recovery_moves_the_stage() -> None:
    """A recovery time makes it recovered, taking it back opens it again."""
    after, _ = casefile.amended(incident(), "Li", {"recovered_at": NOW - 5}, NOW)
    assert after.stage is IncidentStage.RECOVERED
    back, lines = casefile.returned(after, NOW)
    assert back.stage is IncidentStage.OPEN
    assert lines[0].data["before"] == NOW - 5


def test_scope_names_who_decided_and_when() -> None:
    """R-EMG-10."""
    after, lines = casefile.scoped(incident(), CHIEF, "carrier", NOW)
    assert (after.scope, after.scoped_by, after.scoped_at) == ("carrier", "Zhao (3001)", NOW)
    assert lines[0].data == {"before": "unknown", "after": "carrier"}
    with pytest.raises(InvalidError):
        casefile.scoped(incident(), CHIEF, "universe", NOW)


def test_times_and_differences() -> None:
    """R-EMG-15: raise, acknowledge, scope, recover, close; what has not happened has no difference."""
    one = incident(detected_at=NOW - 590, acknowledged_at=NOW - 550, recovered_at=NOW - 60)
    found = casefile.times(one)
    assert found["detect_s"] == 10
    assert found["acknowledge_s"] == 40
    assert found["recover_s"] == 540
    assert found["scope_s"] is None
    assert found["close_s"] is None


def test_suspected_from_an_alert() -> None:
    """Time of occurrence is when the trouble began, not when it was noticed."""
    one = casefile.suspected(alert("R-EMG-22", drill="D-1"), "I-9", NOW)
    assert (one.stage, one.type, one.drill) == (IncidentStage.SUSPECTED, "comms", "D-1")
    assert (one.occurred_at, one.detected_at) == (NOW - 30, NOW)
    assert casefile.confirmed(replace(one), LEADER, NOW)[0].recorder == "Li (2001)"


def test_words_are_made_harmless() -> None:
    """Control characters are no part of a record."""
    assert casefile.words("text", " a\x00b\x1b[31m\n ") == "a b [31m"
