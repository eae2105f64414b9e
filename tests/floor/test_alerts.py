"""The settings of alerts: each clock alone, quiet hours that let emergencies through, routes by their names."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from floor.sections.alerts import AlertsSettings, FlapSettings, QuietSettings, RouteSettings


def test_one_clock_alone() -> None:
    """Whoever changes one clock of a severity keeps the others."""
    settings = AlertsSettings.model_validate({"crit": {"escalate_s": 60}})
    assert (settings.crit.escalate_s, settings.crit.remind_s, settings.crit.ack_lapse_s) == (60, 300, 1800)
    assert settings.warn == AlertsSettings().warn


@pytest.mark.parametrize(
    ("model", "values", "says"),
    [
        (QuietSettings, {"through": ("crit",)}, "through must name emergency"),
        (QuietSettings, {"begin": "22:00", "end": "22:00"}, "the same"),
        (QuietSettings, {"begin": "25:00"}, "begin"),
        (FlapSettings, {"low": 0.3}, "low must be less than high"),
        (AlertsSettings, {"route": ({"name": "a"}, {"name": "a"})}, "a is given twice"),
        (AlertsSettings, {"reopen": 3}, "reopen"),
        (RouteSettings, {"to": ("king",)}, "to"),
    ],
)
def test_mistakes(model: type[AlertsSettings], values: dict[str, object], says: str) -> None:
    """What makes no sense is refused, and says where."""
    with pytest.raises(ValidationError, match=says):
        model.model_validate(values)
