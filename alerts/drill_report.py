"""What a drill's report computes: steps against targets, times and counts, deviations (R-PLN-7, P-21). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from alerts.casefile import field_name, rule_of
from alerts.model import Alert, Text
from alerts.outages import Outage
from alerts.plan_model import Drill, Plan, StepTime

Measures = dict[str, float | int | None]


def step_times(plan: Plan, begun: float, until: float, lines: Iterable[Mapping[str, Any]]) -> tuple[StepTime, ...]:
    """The first time each step was done; a step without a word is late once its target is over."""
    done: dict[str, Mapping[str, Any]] = {}
    for line in sorted(lines, key=lambda line: line["at"]):
        if line["kind"] == "step":
            done.setdefault(str(line["data"].get("step")), line)
    return tuple(_step_time(step, begun, until, done.get(step.id)) for step in plan.steps)


def _step_time(step: Any, begun: float, until: float, line: Mapping[str, Any] | None) -> StepTime:
    if line is None:
        return StepTime(step, late=step.within_s is not None and until - begun > step.within_s)
    took = max(0.0, round(line["at"] - begun, 3))
    return StepTime(step, line["at"], line["actor"], took, step.within_s is not None and took > step.within_s)


def measures(drill: Drill, alerts: Iterable[Alert], steps: Sequence[StepTime], *, only_steps: bool = False) -> Measures:
    """Seconds from the beginning to: the first alert, the first acknowledgement, the first step, the last recovery;
    and counts of alerts, escalations and steps."""
    taken = [one.took_s for one in steps if one.took_s is not None]
    stepped: Measures = {
        "act_s": min(taken, default=None),
        "steps": len(steps),
        "steps_done": len(taken),
        "steps_late": sum(one.late for one in steps),
    }
    if only_steps:
        return stepped
    known = list(alerts)
    return {
        "detect_s": _first(drill, (alert.fired_at for alert in known)),
        "acknowledge_s": _first(drill, (alert.acknowledged_at for alert in known)),
        "recover_s": _last(drill, (alert.resolved_at for alert in known)),
        "alerts": len(known),
        "escalations": sum(alert.level for alert in known),
        "lasted_s": None if drill.ended_at is None else round(drill.ended_at - drill.began_at, 3),
        **stepped,
    }


def deviations(
    drill: Drill, outage: Outage | None, steps: Sequence[StepTime], counted: Measures, over: Mapping[str, Any]
) -> tuple[Text, ...]:
    """Where it went otherwise than planned, in sentences."""
    found: list[Text] = []
    if not drill.approved:
        found.append({"en": "The plan was not approved", "zh": "预案尚未批准"})
    for one in steps:
        found += _deviation(one, ended=drill.ended_at is not None)
    detected = counted.get("detect_s")
    if drill.kind == "simulated" and outage is not None and over:
        told = {rule_of(rule) for rule in over.get("rules", ())}
        if not told & set(outage.expects):
            rules = ", ".join(outage.expects)
            found.append({"en": f"{rules} did not notice it", "zh": f"{rules}未发现该故障"})
        elif detected is not None and detected > outage.within_s:
            found.append({"en": f"Noticed after {detected:.0f} s", "zh": f"{detected:.0f}秒后才发现"})
    if over.get("incomplete"):
        en, zh = (", ".join(field_name(one)[tongue] for one in over["incomplete"]) for tongue in ("en", "zh"))
        found.append({"en": f"The incident's record lacks: {en}", "zh": f"事件记录缺少:{zh}"})
    if drill.end == "interrupted":
        found.append({"en": "A real alarm broke it off", "zh": "因真实告警中止"})
    return tuple(found)


def _deviation(one: StepTime, *, ended: bool) -> list[Text]:
    names = {language: one.step.text.get(language, one.step.id) for language in ("en", "zh")}
    if one.done_at is None:
        if not ended:
            return []
        return [{"en": f"Not done: {names['en']}", "zh": f"未执行:{names['zh']}"}]
    if not one.late:
        return []
    took, target = one.took_s or 0.0, one.step.within_s or 0.0
    return [
        {
            "en": f"{took:.0f} s instead of {target:.0f} s: {names['en']}",
            "zh": f"用时{took:.0f}秒,目标{target:.0f}秒:{names['zh']}",
        }
    ]


def _first(drill: Drill, moments: Iterable[float | None]) -> float | None:
    known = [at for at in moments if at is not None]
    return max(0.0, round(min(known) - drill.began_at, 3)) if known else None


def _last(drill: Drill, moments: Iterable[float | None]) -> float | None:
    known = list(moments)
    if not known or any(at is None for at in known):
        return None
    return round(max(at for at in known if at is not None) - drill.began_at, 3)
