"""What an alert says, from the evaluator's first word to its last."""

from __future__ import annotations

from dataclasses import replace

from alerts.content import MOST_EVIDENCE, alert_id, kept, new_alert, taken
from alerts.model import AlertStage, Severity, Subject, SubjectKind
from tests.alerts.lives import PBX, T0, Staff, agent, broken


def test_new() -> None:
    """The trouble's own beginning, the group of the agent or its own, the real value beside the limit."""
    one = new_alert(
        broken(agent(), Severity.WARN, T0, evidence=({"at": T0},)), T0 + 1, AlertStage.FIRING, Staff(), None
    )
    assert (one.began_at, one.raised_at, one.group) == (T0 - 15, T0 + 1, "early")
    assert (one.value, one.worst, one.limit, one.evidence) == (15.0, 15.0, 15.0, ({"at": T0},))
    group = Subject(SubjectKind.GROUP, "", "late")
    assert new_alert(broken(group, Severity.WARN, T0), T0, AlertStage.FIRING, Staff(), None).group == "late"
    queue = replace(broken(Subject(SubjectKind.QUEUE, PBX, "sales"), Severity.WARN, T0), since=None)
    assert new_alert(queue, T0, AlertStage.FIRING, Staff(), None).began_at == T0


def test_kept_up() -> None:
    """The newest value, the worst so far on the wrong side of the limit; what is not said again stays."""
    one = new_alert(broken(agent(), Severity.WARN, T0, call="c1", queue="sales"), T0, AlertStage.FIRING, Staff(), None)
    worse = taken(one, broken(agent(), Severity.CRIT, T0 + 9, value=40.0))
    better = taken(worse, broken(agent(), Severity.WARN, T0 + 20, value=20.0, limit=None))
    assert (worse.severity, worse.value, worse.worst) == (Severity.CRIT, 40.0, 40.0)
    assert (better.value, better.worst, better.limit, better.call, better.queue) == (20.0, 40.0, 15.0, "c1", "sales")
    low = new_alert(broken(agent(), Severity.WARN, T0, value=2.0, limit=3.0), T0, AlertStage.FIRING, Staff(), None)
    assert taken(low, broken(agent(), Severity.WARN, T0, value=0.0, limit=3.0)).worst == 0.0
    assert taken(replace(low, worst=None), broken(agent(), Severity.WARN, T0, value=1.0, limit=None)).worst == 1.0


def test_evidence_is_bounded() -> None:
    """The first facts, which began it, and the newest; none twice."""
    facts = tuple({"at": T0 + n} for n in range(50))
    assert kept(facts) == (*facts[: MOST_EVIDENCE // 2], *facts[-MOST_EVIDENCE // 2 :])
    one = new_alert(broken(agent(), Severity.WARN, T0, evidence=facts[:2]), T0, AlertStage.FIRING, Staff(), None)
    assert taken(one, broken(agent(), Severity.WARN, T0, evidence=facts[1:3])).evidence == facts[:3]


def test_ids() -> None:
    """The same trouble at the same moment has the same id, unless one was over in that very moment."""
    assert alert_id("k", T0) == alert_id("k", T0)
    first = new_alert(broken(agent(), Severity.WARN, T0), T0, AlertStage.FIRING, Staff(), None)
    again = new_alert(broken(agent(), Severity.WARN, T0), T0, AlertStage.FIRING, Staff(), first)
    later = new_alert(broken(agent(), Severity.WARN, T0), T0 + 1, AlertStage.FIRING, Staff(), first)
    assert len({first.id, again.id, later.id}) == 3
    assert later.id == new_alert(broken(agent(), Severity.WARN, T0), T0 + 1, AlertStage.FIRING, Staff(), None).id
