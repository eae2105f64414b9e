"""The record of an incident or a drill to take away: CSV for tables, JSON for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from floor.sheets import Moment, Row, as_csv

__all__ = ["Moment", "Row", "as_csv", "as_json", "drill_rows", "fault_rows", "incident_rows", "moment"]


def as_json(content: Mapping[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()


def moment(at: float | None) -> Moment | None:
    return None if at is None else Moment(at)


def incident_rows(record: Mapping[str, Any]) -> list[Row]:
    """``record``: ``incident, entries, times, impact, callbacks, steps`` as values of the models."""
    incident, impact = record["incident"], record["impact"]
    head: list[Row] = [("field 项目", "value 内容")]
    for name in ("id", "type", "stage", "description", "resolution", "recorder", "scope", "scoped_by", "plan", "drill"):
        head.append((name, getattr(incident, name)))
    head += [(f"details.{name}", value) for name, value in incident.details.items()]
    head += [(n, moment(value) if n.endswith("_at") else value) for n, value in record["times"].items()]
    if impact is not None:
        figures = "callers lost cut_off late agents_on_duty minutes_on_duty agents_hit minutes_hit".split()
        head += [(name, getattr(impact, name)) for name in figures]
    steps: list[Row] = [(), ("step 步骤", "target_s 目标", "done_at 完成时间", "by 执行人", "took_s 用时", "late 超时")]
    steps += [
        (t.step.text.get("zh", t.step.id), t.step.within_s, moment(t.done_at), t.by, t.took_s, t.late)
        for t in record["steps"]
    ]
    lines: list[Row] = [(), ("no 序号", "at 时间", "kind 类别", "actor 人员", "text 内容", "data 附注")]
    lines += [
        (e.id, moment(e.at), e.kind, e.actor, e.text.get("zh") or e.text.get("en"), _packed(e.data))
        for e in record["entries"]
    ]
    calls: list[Row] = [
        (),
        ("callback 回访号码", "queue 队列", "lost_at 流失时间", "how 方式", "attempts 次数", "result 结果"),
    ]
    calls += [(c.number, c.queue, moment(c.lost_at), c.how, c.attempts, c.result) for c in record["callbacks"]]
    return [*head, *steps, *lines, *calls]


def fault_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[Row]:
    return [tuple(columns), *(tuple(row[name] for name in columns) for row in rows)]


def drill_rows(report: Any) -> list[Row]:
    """A :class:`alerts.plan_model.DrillReport` as rows."""
    drill = report.drill
    rows: list[Row] = [("DRILL 演练", drill.id)]
    rows += [
        (name, getattr(drill, name)) for name in ("plan", "version", "kind", "outage", "leader", "end", "ended_by")
    ]
    rows += [("title", drill.title.get("zh")), ("participants 参加人员", " ".join(drill.participants))]
    rows += [("began_at", moment(drill.began_at)), ("ended_at", moment(drill.ended_at))]
    rows += list(report.measures.items())
    rows += [(), ("step 步骤", "target_s 目标", "done_at 完成时间", "by 执行人", "took_s 用时", "late 超时")]
    rows += [
        (t.step.text.get("zh", t.step.id), t.step.within_s, moment(t.done_at), t.by, t.took_s, t.late)
        for t in report.steps
    ]
    rows += [(), ("deviation 偏差",), *((text.get("zh") or text.get("en"),) for text in report.deviations)]
    rows += [(), ("at 时间", "kind 类别", "actor 人员", "text 内容")]
    rows += [(moment(line["at"]), line["kind"], line["actor"], line["text"].get("zh")) for line in report.log]
    if report.evaluation is not None:
        rows += [(), ("evaluation 评估", report.evaluation.verdict, report.evaluation.actor)]
        rows += [(name, getattr(report.evaluation, name)) for name in ("went_well", "went_badly", "lessons")]
    rows += [(), ("improvement 改进措施", "owner 责任人", "due_at 期限", "done_at 完成时间")]
    rows += [(i.text, i.owner, moment(i.due_at), moment(i.done_at)) for i in report.improvements]
    return rows


def _packed(data: Mapping[str, Any]) -> str:
    return msgspec.json.encode(dict(data)).decode() if data else ""
