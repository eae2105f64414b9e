"""Breaches that are open now."""

from __future__ import annotations

from alerts.conditions.contract import About, Lasting, Occurrence
from alerts.model import Severity, Subject, SubjectKind
from alerts.rules import AlertLevel, Clause, Direction, Rule
from alerts.violations import PROOFS, Violations
from alerts.watch import Watch
from tests.alerts.stage import Said

ANN = Subject(SubjectKind.AGENT, "p", "Ann")
LEVELS = (AlertLevel(Severity.CRIT, value=20),)
RULE = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, limit=10, severity=Severity.WARN, levels=LEVELS)
CASE = ("R", ANN)
ABOUT = About("sales", "C1", "Ann", ({"at": 100, "fact": "HoldBegan"},))


def _watch(rule: Rule = RULE) -> Watch:
    watch = Watch(rule)
    watch.take(Lasting(100, ABOUT), rule, 100)
    return watch


def _judged(violations: Violations, watch: Watch, *moments: float) -> None:
    for at in moments:
        watch.settle(at)
        violations.judge(CASE, watch, at, "team", "LimitPassed")


def test_begins_gets_worse_and_ends() -> None:
    """One id from beginning to end; told when it begins, when it is graver, and when it is over."""
    said = Said()
    violations, watch = Violations(said), _watch()
    _judged(violations, watch, 105, 110, 115, 120)
    assert [(one.severity, one.value) for one in said.words] == [(Severity.WARN, 10), (Severity.CRIT, 20)]
    violations.measure(CASE, watch, 125)
    violations.end(CASE, 125, "HoldEnded")
    (breach,) = said.newest.values()
    assert (breach.began_at, breach.ended_at, breach.limit, breach.value) == (110, 125, 10, 25)
    assert (breach.queue, breach.call, breach.agent, breach.group) == ("sales", "C1", "Ann", "team")
    assert [proof["fact"] for proof in breach.evidence] == ["HoldBegan", "HoldEnded"]
    assert CASE not in violations


def test_rule_that_records_nothing() -> None:
    """With ``breach = false`` the rule is only told of."""
    said = Said()
    fields = {name: getattr(RULE, name) for name in RULE.__slots__}
    _judged(Violations(said), _watch(Rule(**{**fields, "breach": False})), 110)
    assert said.words == []


def test_never_ends_before_it_begins() -> None:
    """A word from before its beginning ends it at its beginning."""
    said = Said()
    violations = Violations(said)
    _judged(violations, _watch(), 110)
    violations.end(CASE, 90, "HoldEnded", "why")
    (breach,) = said.newest.values()
    assert (breach.began_at, breach.ended_at, breach.excuse) == (110, 110, "why")


def test_proofs_are_bounded() -> None:
    """A hold of a day keeps its first facts and the last."""
    said = Said()
    fields = {name: getattr(RULE, name) for name in RULE.__slots__}
    rule = Rule(**{**fields, "every": 10.0, "levels": ()})
    violations, watch = Violations(said), _watch(rule)
    _judged(violations, watch, *range(110, 2110, 10))
    (breach,) = said.newest.values()
    assert len(breach.evidence) == PROOFS
    assert breach.evidence[-1]["times"] == 200


def test_point() -> None:
    """What has no duration begins and ends when it happened; it says what was measured, where something was."""
    said = Said()
    rule = Rule("R", {}, {}, (Clause("c", direction=Direction.BELOW, limit=10),), SubjectKind.AGENT, limit=1)
    violations = Violations(said)
    violations.point(CASE, rule, Occurrence(ANN, 50, 4, ABOUT), Severity.WARN, 2, None)
    plain = Rule("R", {}, {}, (Clause("c"),), SubjectKind.AGENT, limit=1)
    violations.point(CASE, plain, Occurrence(ANN, 60, 4, ABOUT), Severity.WARN, 2, None)
    assert [(one.began_at, one.ended_at, one.value, one.limit) for one in said.words] == [
        (50, 50, 4, 10),
        (60, 60, 2, 1),
    ]


def test_same_breach_has_the_same_id() -> None:
    """Wherever it is found, but not in a drill."""
    words = []
    for drill in (None, None, "d1"):
        said = Said()
        _judged(Violations(said, drill), _watch(), 110)
        words.extend(said.newest)
    assert words[0] == words[1] != words[2]
