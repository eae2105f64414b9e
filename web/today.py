"""``/api/v1/today``: the day's figures of everything, with what is needed to judge them."""

from __future__ import annotations

from floor.settings import Settings
from floor.state.figures import TOTAL, Subject
from floor.state.model import Key
from web import views
from web.ports import FloorView, Measures


def view_today(floor: FloorView, measures: Measures, settings: Settings, now: float) -> dict[str, object]:
    """Total, queues and agents; who is known but had no call has zeros. Sums in contacts and seconds (figures.py)."""
    return {
        "now": now,
        "day_began_at": measures.day_begin,
        "formula": settings.formula,
        "answer_s": settings.answer_s,
        "gaps": {pbx: measures.gaps(pbx) for pbx in sorted(floor.pbxs)},
        "total": views.view_figures(measures.figures(TOTAL, "today")),
        "queues": _rows("queue", {*floor.queues}, measures),
        "agents": _rows("agent", {*floor.agents}, measures),
    }


def _rows(kind: str, known: set[Key], measures: Measures) -> list[dict[str, object]]:
    keys = known | {views.subject_key(subject) for subject in measures.subjects() if subject[0] == kind}
    return [_row((kind, *key), measures) for key in sorted(keys)]


def _row(subject: Subject, measures: Measures) -> dict[str, object]:
    _, pbx, name = subject
    return {"pbx": pbx, "name": name} | views.view_figures(measures.figures(subject, "today"))
