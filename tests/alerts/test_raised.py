"""Names of what is raised without a rule."""

from __future__ import annotations

from alerts.emergencies import REPORTS
from alerts.raised import RAISED, SEVERAL


def test_everything_that_is_raised_has_a_name() -> None:
    """No message says a bare rule id; a rule of several types says so."""
    assert {report.rule for report in REPORTS.values()} | {"R-EMG-CALL", "R-HLD-13"} == set(RAISED)
    assert RAISED["R-EMG-1"]["en"] == "Fire"
    assert RAISED["R-EMG-4"] is SEVERAL
    assert all(name["en"] and name["zh"] for name in RAISED.values())
