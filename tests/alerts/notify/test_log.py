"""The log as a way of telling."""

from __future__ import annotations

from structlog.testing import capture_logs

from alerts.notify.log import Log
from tests.alerts.notify.cast import message


async def test_one_line_with_the_title() -> None:
    """What, how bad, which message; in a drill the mark; no number."""
    with capture_logs() as lines:
        await Log().tell(message(title={"en": "Critical: caller 13800138000", "zh": ""}, drill="d1"))
    [line] = lines
    assert line["severity"] == "crit"
    assert line["message"] == "m1"
    assert line["title"].startswith("DRILL")
    assert "13800138000" not in str(line)
