"""Which silence covers which alert, and until when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.content import new_alert
from alerts.errors import MomentInvalidError, NoSuchAlertError, ReasonMissingError
from alerts.model import AlertStage, Severity, Silence
from alerts.silences import Silences, covers
from tests.alerts.lives import RULE, T0, Staff, agent, broken

ALERT = new_alert(broken(agent(), Severity.WARN, T0), T0, AlertStage.FIRING, Staff(), None)


def silence(id_: str = "s", rule: str | None = None, subject: str | None = None, lasts: float = 60) -> Silence:
    return Silence(id_, rule, subject, "Lee", "works", T0, T0 + lasts)


@pytest.mark.parametrize(
    ("rule", "subject", "expected"),
    [
        (None, None, True),
        (RULE, None, True),
        (None, agent().id, True),
        (RULE, agent().id, True),
        ("R-X", None, False),
        (RULE, agent("Bob").id, False),
    ],
)
def test_covers(rule: str | None, subject: str | None, expected: bool) -> None:
    """What is not named matches anything."""
    assert covers(silence(rule=rule, subject=subject), ALERT) is expected


def test_the_longest_counts() -> None:
    """Of several the one that ends last; none over an emergency of people; none once it has ended."""
    known = Silences([silence("a", lasts=60), silence("b", lasts=90)])
    assert known.until(ALERT, T0) == T0 + 90
    assert known.until(replace(ALERT, severity=Severity.EMERGENCY), T0) is None
    assert known.next_end() == T0 + 60
    assert [one.id for one in known.over(T0 + 60)] == ["a"]
    assert known.until(ALERT, T0 + 90) is None
    assert set(known.known) == {"b"}


def test_refused() -> None:
    """No reason, no end ahead, too long, or not in force: refused, and nothing is changed."""
    known = Silences()
    with pytest.raises(ReasonMissingError):
        known.add(replace(silence(), reason="  "), 3600)
    for lasts in (0.0, -1.0, 3601.0):
        with pytest.raises(MomentInvalidError):
            known.add(silence(lasts=lasts), 3600)
    with pytest.raises(NoSuchAlertError):
        known.remove("s")
    assert known.known == {}
    assert known.next_end() is None
