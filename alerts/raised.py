"""Names of what is raised without a rule of the rulebook: reports of people, and calls to emergency numbers."""

from __future__ import annotations

from collections.abc import Mapping

from alerts import asked, emergency_call
from alerts.emergencies import REPORTS, TITLES
from alerts.model import Text

SEVERAL: Text = {"en": "Failure reported", "zh": "故障报告"}
"""Where one rule stands for several types; the subject says which."""


def _names() -> dict[str, Text]:
    found: dict[str, Text] = {}
    for type_, report in REPORTS.items():
        found[report.rule] = SEVERAL if report.rule in found else TITLES[type_]
    return found | asked.TITLES | {emergency_call.RULE: emergency_call.TITLE}


RAISED: Mapping[str, Text] = _names()
"""By rule id."""
