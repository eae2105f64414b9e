"""Rules as values."""

from __future__ import annotations

import pytest

from alerts.model import Severity, SubjectKind
from alerts.rules import AlertLevel, Clause, Direction, Override, Rule


def _rule(direction: Direction, limit: float, worse: float) -> Rule:
    levels = (AlertLevel(Severity.CRIT, value=worse),)
    clauses = (Clause("c", direction=direction),)
    return Rule("R", {}, {}, clauses, SubjectKind.QUEUE, limit=limit, severity=Severity.WARN, levels=levels)


@pytest.mark.parametrize(
    ("direction", "below", "at", "above"),
    [
        (Direction.AT_LEAST, False, True, True),
        (Direction.ABOVE, False, False, True),
        (Direction.AT_MOST, True, True, False),
        (Direction.BELOW, True, False, False),
    ],
)
def test_direction(direction: Direction, below: bool, at: bool, above: bool) -> None:
    """Which side of the limit is the wrong one, and whether the limit itself is."""
    assert [direction.beyond(value, 10) for value in (9, 10, 11)] == [below, at, above]


def test_worse() -> None:
    """The worse of two values depends on the direction; what is not known is not worse."""
    assert (Direction.ABOVE.worse(3, 5), Direction.BELOW.worse(3, 5), Direction.ABOVE.worse(None, 5)) == (5, 3, 5)


@pytest.mark.parametrize(("value", "severity"), [(9, None), (10, "warn"), (19, "warn"), (20, "crit")])
def test_severity_rises(value: float, severity: str | None) -> None:
    """The gravest level reached counts."""
    assert _rule(Direction.AT_LEAST, 10, 20).severity_at(value) == severity


@pytest.mark.parametrize(("value", "severity"), [(0.8, None), (0.7, "warn"), (0.4, "crit")])
def test_severity_falls(value: float, severity: str | None) -> None:
    """Where less is worse, it is the same the other way round."""
    assert _rule(Direction.BELOW, 0.8, 0.5).severity_at(value) == severity


def test_overrides() -> None:
    """All names that an override gives must fit; later ones win, key by key."""
    rule = _rule(Direction.AT_LEAST, 10, 20)
    both = Override({"limit": 5.0}, queues=frozenset({"vip"}), sites=frozenset({"sz"}))
    later = Override({"severity": Severity.INFO}, groups=frozenset({"a"}))
    placed = Rule(**{**_fields(rule), "overrides": (both, later)})
    assert placed.at("vip", None, "bj") is placed
    assert placed.at("vip", None, "sz").limit == 5
    there = placed.at("vip", "a", "sz")
    assert (there.limit, there.severity) == (5, Severity.INFO)


def _fields(rule: Rule) -> dict[str, object]:
    return {name: getattr(rule, name) for name in rule.__slots__}


def test_excusers() -> None:
    """Rules among the exemptions are those that excuse."""
    rule = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, exempt=frozenset({"emergency", "drill", "R-HLD-12"}))
    assert rule.excusers == {"R-HLD-12"}
