"""Word that something on record changed."""

from __future__ import annotations

import pytest

from alerts.ledger import incident_tables
from alerts.news import DRILLS, INCIDENTS, KINDS, PLANS, News, kind_of


def test_everybody_hears_until_he_leaves() -> None:
    """A listener that fails stops nobody; who has left hears nothing."""
    news, heard = News(), list[str]()

    def broken(_: str) -> None:
        raise RuntimeError("no")

    news.subscribe(broken)
    leave = news.subscribe(heard.append)
    news.tell(DRILLS)
    leave()
    news.tell(PLANS)
    assert heard == [DRILLS]


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (incident_tables.incidents, INCIDENTS),
        (incident_tables.drill_log, DRILLS),
        (incident_tables.drills, DRILLS),
        (incident_tables.evaluations, DRILLS),
        (incident_tables.improvements, DRILLS),
        (incident_tables.improvement_results, DRILLS),
    ],
)
def test_every_table_has_its_kind(table: object, kind: str) -> None:
    """By the first word of its name."""
    assert kind_of(getattr(table, "name", "")) == kind in KINDS


def test_lines_and_versions_belong_to_theirs() -> None:
    """What hangs on an incident or a plan is of its kind."""
    assert [kind_of(name) for name in ("incident_entries", "incident_callbacks")] == [INCIDENTS] * 2
    assert [kind_of(name) for name in ("plan_versions", "plan_reads", "plan_approvals", "plan_reviews")] == [PLANS] * 4
