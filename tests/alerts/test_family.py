"""Which alert explains which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.case import Case, Pace
from alerts.content import new_alert
from alerts.family import explains, loses_exchange, may_explain, of_rule, parent_of
from alerts.model import Alert, AlertStage, Severity, Subject, SubjectKind
from tests.alerts.lives import PBX, T0, Staff, agent, broken

NET = Subject(SubjectKind.SITE, "", "10.1.2.0/24")


def case(rule: str, subject: Subject, at: float = T0, causes: tuple[Subject, ...] = (), **more: object) -> Case:
    alert = new_alert(broken(subject, Severity.CRIT, at, rule=rule), at, AlertStage.FIRING, Staff(), None)
    return Case(replace(alert, **more), Pace(causes=causes))  # type: ignore[arg-type]


def child(rule: str, subject: Subject, at: float = T0 + 1, **more: object) -> Alert:
    return case(rule, subject, at, **more).alert  # type: ignore[arg-type]


EXCHANGE = Subject(SubjectKind.PBX, PBX, PBX)
LOST = case("R-EMG-20", EXCHANGE)
NETWORK = case("R-EMG-24", NET, causes=(agent(),))
SLOW = case("R-HLD-12", NET, causes=(agent(),))


@pytest.mark.parametrize(
    ("parent", "one", "expected"),
    [
        (LOST, child("R-ANS-1", agent()), True),
        (LOST, child("R-ANS-1", Subject(SubjectKind.AGENT, "other", "Ann")), False),
        (LOST, child("R-ANS-1", agent(), drill="d1"), False),
        (LOST, child("R-EMG-21", EXCHANGE), True),
        (LOST, child("R-EMG-21", EXCHANGE, at=T0 - 1), False),
        (NETWORK, child("R-EMG-23", agent()), True),
        (NETWORK, child("R-PRS-7", agent()), False),
        (NETWORK, child("R-EMG-23", agent("Bob")), False),
        (SLOW, child("R-HLD-3", agent()), True),
        (SLOW, child("R-ANS-1", agent()), False),
        (case("R-OTHER", NET, causes=(agent(),)), child("R-ANS-1", agent()), True),
        (case("R-EMG-20", EXCHANGE, stage=AlertStage.PENDING), child("R-ANS-1", agent()), False),
        (case("R-EMG-20", EXCHANGE, stage=AlertStage.RESOLVED), child("R-ANS-1", agent()), False),
    ],
)
def test_explains(parent: Case, one: Alert, expected: bool) -> None:
    """A lost exchange everything of it; a cause its single cases, of its kind of rules, in the same drill."""
    assert explains(parent, one) is expected


def test_nobody_explains_himself() -> None:
    """Neither itself nor in a circle."""
    assert parent_of(LOST.alert, [LOST]) is None
    second = case("R-EMG-21", EXCHANGE, T0 + 1)
    assert parent_of(second.alert, [LOST]) is LOST
    assert parent_of(LOST.alert, [second]) is None


def test_exchange_before_everything() -> None:
    """Of several that explain it the lost exchange counts, else the oldest."""
    one = child("R-EMG-23", agent())
    older = case("R-EMG-24", NET, T0 - 9, causes=(agent(),))
    assert parent_of(one, [NETWORK, older, LOST]) is LOST
    assert parent_of(one, [NETWORK, older]) is older


def test_variants_of_rules() -> None:
    """A rule's variants count as it; another rule whose id begins so does not."""
    assert of_rule("R-EMG-20", "R-EMG-20")
    assert of_rule("R-EMG-20-night", "R-EMG-20")
    assert not of_rule("R-EMG-201", "R-EMG-20")
    assert loses_exchange(child("R-EMG-21.2", EXCHANGE))
    assert (may_explain(LOST), may_explain(NETWORK), may_explain(case("R-ANS-1", agent()))) == (True, True, False)
