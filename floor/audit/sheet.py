"""Entries of the audit as others read them: as JSON values, and as rows of a table. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from floor.audit.model import Entry
from floor.sheets import Moment, Row

COLUMNS = (
    "number 序号", "at 时间", "act 操作", "stage 阶段", "by 操作人", "role 角色", "address 来源", "exchange 交换机",
    "agent 座席", "queue 队列", "call 通话", "reason 理由", "said 答复", "more 其他", "thread 关联号",
)  # fmt: skip


def told(number: int, entry: Entry) -> Mapping[str, Any]:
    """AUDIT of docs/api.md."""
    return {"number": number, **asdict(entry), "stage": entry.stage.value, "more": dict(entry.more)}


def rows(entries: Iterable[tuple[int, Entry]]) -> list[Row]:
    """The columns, then one row per entry."""
    return [COLUMNS, *(_row(number, entry) for number, entry in entries)]


def _row(number: int, entry: Entry) -> Row:
    by, more = entry.by, json.dumps(dict(entry.more), ensure_ascii=False, sort_keys=True) if entry.more else ""
    return (
        number, Moment(entry.at), entry.act, entry.stage.value, by.name, by.role, by.address, entry.pbx, entry.agent,
        entry.queue, entry.call, entry.reason, entry.said, more, entry.thread,
    )  # fmt: skip
