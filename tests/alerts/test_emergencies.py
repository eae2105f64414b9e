"""Emergencies by type: what is raised, what is read out, and what a telephone may say (R-EMG-1…7, R-EMG-9)."""

from __future__ import annotations

import pytest

from alerts.emergencies import REPORTS, TITLES, heard, place_of, read_out, subject_of
from alerts.model import INCIDENT_TYPES, Severity
from alerts.refusals import InvalidError


def test_every_type_has_a_report() -> None:
    """Each of domain.md §6 with a rule, a severity and a title; danger to people is an emergency."""
    assert set(REPORTS) == set(TITLES) == set(INCIDENT_TYPES)
    loud = {type_ for type_, report in REPORTS.items() if report.severity is Severity.EMERGENCY}
    assert loud == {"fire", "illness", "power", "disaster"}


def test_sentence_is_filled_in() -> None:
    """What is known is in it, what is not is a gap one sees; a value is never a template itself."""
    said = read_out({"en": "Fire at {place}, {material}. {name}", "zh": "{place}"}, {"place": "{name}", "name": ""})
    assert said == {"en": "Fire at {name}, ______. ______", "zh": "{name}"}
    assert read_out(None, {}) is None


@pytest.mark.parametrize(
    ("kind", "type_", "report"),
    [("fire", "fire", "smoke"), ("Feuer!", "abnormal", "Feuer! smoke"), ("", "abnormal", "smoke")],
)
def test_telephone_is_never_turned_away(kind: str, type_: str, report: str) -> None:
    """An unknown word is an abnormal situation, and kept."""
    assert heard(kind, "PJSIP/1001", "Ann", "smoke")[0] == type_
    assert heard(kind, "PJSIP/1001", "Ann", "smoke")[2]["report"] == report


def test_telephone_may_say_anything() -> None:
    """What is too long is cut, control characters go, empty fields are left out."""
    _, place, details = heard("fire", "row\x00 3" * 50, "", "x" * 5000)
    assert len(place) <= 80
    assert "\x00" not in place
    assert len(details["report"]) <= 500
    assert "name" not in details


def test_place() -> None:
    """A place is short."""
    assert subject_of("fire", place_of("row 3")).name == "fire row 3"
    with pytest.raises(InvalidError):
        place_of("x" * 81)
