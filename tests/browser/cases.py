"""Answers in the shapes of docs/api.md: an incident, plans, a drill, what can be reported."""

from __future__ import annotations

import time
from typing import Any

NOW = time.time()


def text(english: str, chinese: str) -> dict[str, str]:
    return {"en": english, "zh": chinese}


STEPS = [
    {"id": "s1", "text": text("Tell the floor chief.", "报告话务班长。"), "who": "agent", "within_s": 60,
     "number": None, "tells": ["chief"]},
    {"id": "s2", "text": text("Call the fire brigade.", "拨打火警电话。"), "who": "chief", "within_s": 120,
     "number": "119", "tells": []},
]  # fmt: skip
SENTENCE = text("Fire at {place}. Burning: {material}.", "{place}起火，燃烧物为{material}。")


def taken(done: int = 0) -> list[dict[str, Any]]:
    """The steps, the first ``done`` of them done."""
    return [
        {"step": step, "done_at": NOW - 20 if i < done else None, "by": "Zhao Min" if i < done else None,
         "took_s": 40.0 if i < done else None, "late": False}
        for i, step in enumerate(STEPS)
    ]  # fmt: skip


PLAN: dict[str, Any] = {
    "id": "fire", "type": "fire", "title": text("Fire", "火灾应急预案"), "purpose": text("Safety", "保障安全"),
    "situations": text("Any fire", "任何火情"), "conditions": text("Fire seen", "发现火情"), "starters": ["agent"],
    "steps": STEPS, "target": text("Nobody hurt", "无人受伤"), "sentence": SENTENCE, "customers": None,
    "fields": ["place", "material"], "audience": ["agent"], "outage": None, "version": 1, "author": "built in",
    "made_at": NOW - 9000, "note": "",
}  # fmt: skip
STATE = {
    "plan": PLAN, "approved_version": None, "approved_by": None, "approved_at": None, "missing": [],
    "drilled_at": None, "reviewed_at": None, "read": 1, "readers": 3,
}  # fmt: skip
PLANS = {
    "now": NOW, "plans": [STATE], "coverage": {"fire": []},
    "due": [{"kind": "approval", "plan": "fire", "about": "fire", "text": text("Approve it", "待批准"), "due_at": None,
             "owner": None, "overdue": True}],
}  # fmt: skip
INCIDENT: dict[str, Any] = {
    "id": "i1", "type": "fire", "stage": "open", "opened_at": NOW - 60, "occurred_at": NOW - 60,
    "description": "Smoke in the kitchen", "recorder": "Zhao Min", "resolution": "", "recovered_at": None,
    "detected_at": NOW - 60, "acknowledged_at": NOW - 50, "scope": "unknown", "scoped_by": None, "scoped_at": None,
    "closed_at": None, "alerts": ["a1"], "details": {"place": "3rd floor"}, "plan": "fire", "drill": None,
}  # fmt: skip
ENTRIES = [
    {"id": 1, "incident": "i1", "at": NOW - 60, "kind": "report", "actor": "Zhao Min",
     "text": text("Reported", "已报告"), "data": {}},
    {"id": 2, "incident": "i1", "at": NOW - 50, "kind": "note", "actor": "Zhao Min",
     "text": text("It smels", "有焦味"), "data": {}},
    {"id": 3, "incident": "i1", "at": NOW - 40, "kind": "correction", "actor": "Zhao Min",
     "text": text("It smells", "有焦糊味"), "data": {"corrects": 2, "before": "It smels"}},
]  # fmt: skip
INCIDENT_PAGE = {
    "now": NOW, "incident": INCIDENT, "entries": ENTRIES, "missing": ["resolution", "details.material"],
    "times": {"occurred_at": NOW - 60, "acknowledged_at": NOW - 50, "acknowledge_s": 10.0}, "plan": PLAN,
    "steps": taken(1), "sentence": text("Fire at 3rd floor.", "三楼起火。"),
}  # fmt: skip
IMPACT = {
    "since": NOW - 60, "until": NOW, "open": True, "callers": 12, "lost": 4, "lost_by": {"abandoned": 4}, "cut_off": 1,
    "late": 2, "agents_on_duty": 20, "minutes_on_duty": 20.0, "agents_hit": 5, "minutes_hit": 4.0, "agents": [],
}  # fmt: skip
CALLBACKS = {
    "callbacks": [{"pbx": "pbx1", "queue": "support", "uniqueid": "1.1", "number": "138****5678", "lost_at": NOW - 30,
                   "how": "abandoned", "attempts": 0, "answered_at": None, "result": None, "result_by": None,
                   "result_at": None}],
}  # fmt: skip
EMERGENCIES = {
    "types": [{"type": "fire", "title": PLAN["title"], "numbers": ["119"], "fields": PLAN["fields"],
               "sentence": SENTENCE, "steps": STEPS}],
}  # fmt: skip
DRILL: dict[str, Any] = {
    "id": "x1", "plan": "fire", "version": 1, "type": "fire", "kind": "simulated", "leader": "Zhao Min",
    "began_at": NOW - 90, "title": PLAN["title"], "outage": "trunk_lost", "participants": ["Wang Li"],
    "approved": False, "ended_at": None, "ended_by": None, "end": None,
}  # fmt: skip
DRILLS = {"now": NOW, "running": None, "drills": [DRILL], "outages": {"trunk_lost": text("Trunk lost", "中继中断")}}
REPORT = {
    "drill": DRILL, "steps": taken(1), "log": [{"at": NOW - 80, "kind": "alert", "actor": "floor",
    "text": text("Trunk lost", "中继中断")}], "measures": {"detect_s": 3.0}, "deviations": [], "evaluation": None,
    "improvements": [], "evaluation_due_at": NOW + 604800,
}  # fmt: skip
EVACUATION = {"active": False, "since": None, "by": None, "incident": None, "order": {}, "paused": 0, "refused": []}

ANSWERS: dict[str, Any] = {
    "/api/v1/incidents": {"now": NOW, "incidents": [INCIDENT]},
    "/api/v1/incidents/i1": INCIDENT_PAGE,
    "/api/v1/incidents/i1/impact": IMPACT,
    "/api/v1/incidents/i1/callbacks": CALLBACKS,
    "/api/v1/improvements": {"improvements": []},
    "/api/v1/plans": PLANS,
    "/api/v1/plans/fire": PLAN,
    "/api/v1/plans/fire/versions": {"versions": [PLAN]},
    "/api/v1/plans/fire/readers": {"readers": []},
    "/api/v1/drills": DRILLS,
    "/api/v1/drills/x1": REPORT,
    "/api/v1/emergencies": EMERGENCIES,
    "/api/v1/evacuation": EVACUATION,
}
