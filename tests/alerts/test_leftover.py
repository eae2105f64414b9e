"""What a restart leaves of breaches."""

from __future__ import annotations

from dataclasses import replace

from alerts.leftover import counted_again, cut_short
from alerts.model import Breach, Severity, Subject, SubjectKind

ANN = Subject(SubjectKind.AGENT, "pbx", "Ann")


def breach(id_: str, began: float, ended: float | None = None, **more: object) -> Breach:
    facts = ({"at": began, "fact": "HoldBegan"}, {"at": began + 15, "fact": "LimitPassedAgain"})
    one = Breach(id_, "R-HLD-2", ANN, Severity.INFO, began, ended, 15.0, 31.0, "sales", "C1", "Ann", evidence=facts)
    return replace(one, **more)  # type: ignore[arg-type]


def test_open_ones_end_where_their_proof_ends() -> None:
    """Nobody saw the end, so none is made up: it ends with the last fact, says why, and keeps what was measured."""
    (left,) = cut_short([breach("a", 100.0)], frozenset(), 500.0)
    assert (left.ended_at, left.value) == (115.0, 31.0)
    assert left.evidence[-1] == {"at": 500.0, "fact": "FloorwatchRestarted"}


def test_others_are_left_alone() -> None:
    """What has ended, what somebody watches, and what belongs to a drill is not touched."""
    others = [breach("a", 100.0, 120.0), breach("b", 100.0), breach("c", 100.0, drill="d")]
    assert list(cut_short(others, frozenset({"b"}), 500.0)) == []


def test_today_is_counted_again() -> None:
    """In the order of their happening, without the excused ones and those of drills."""
    recorded = [
        breach("late", 300.0),
        breach("excused", 200.0, excused_by="Lee"),
        breach("drilled", 150.0, drill="d"),
        breach("early", 100.0),
    ]
    told = list(counted_again(recorded))
    assert [(rule, one.at, one.subject, one.about.call) for rule, one in told] == [
        ("R-HLD-2", 100.0, ANN, "C1"),
        ("R-HLD-2", 300.0, ANN, "C1"),
    ]
