"""Drills, evaluations and improvements on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import RowMapping, select

from alerts.ledger.incident_tables import drill_log, drills, evaluations, improvement_results, improvements
from alerts.ledger.shelf import Shelf
from alerts.model import Text
from alerts.plan_model import Drill, Evaluation, Improvement

ENDED = "ended"
"""The line of the log that ends a drill: its data hold ``end``."""


class DrillLedger:
    """The record of drills in one database."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def flush(self) -> bool:
        return await self.shelf.flush()

    def begin(self, drill: Drill) -> None:
        self.shelf.put(drills, id=drill.id, began_at=drill.began_at, body=_json(drill))

    def add(self, drill: str, at: float, kind: str, actor: str, text: Text, data: Mapping[str, Any]) -> None:
        """One line of the drill's log."""
        self.shelf.put(drill_log, drill=drill, at=at, kind=kind, actor=actor, text=_json(text), data=_json(dict(data)))

    def add_evaluation(self, evaluation: Evaluation) -> None:
        self.shelf.put(evaluations, about=evaluation.about, at=evaluation.at, body=_json(evaluation))

    def add_improvement(self, improvement: Improvement) -> None:
        body = _json(improvement)
        self.shelf.put(improvements, id=improvement.id, made_at=improvement.made_at, body=body)

    def add_result(self, improvement: str, at: float, actor: str, how: str) -> None:
        self.shelf.put(improvement_results, improvement=improvement, at=at, actor=actor, how=how)

    async def all(self, since: float = 0.0) -> list[Drill]:
        """Newest first, as they began; how each ended stands in its log."""
        query = select(drills.c.body).where(drills.c.began_at >= since).order_by(drills.c.began_at.desc())
        return await self.shelf.ask(
            lambda c: [msgspec.json.decode(body, type=Drill) for body in c.execute(query).scalars()]
        )

    async def log(self, drill: str | None = None, kind: str | None = None) -> list[dict[str, Any]]:
        """``drill, at, kind, actor, text, data`` in the order they were written."""
        query = select(drill_log).order_by(drill_log.c.id)
        if drill is not None:
            query = query.where(drill_log.c.drill == drill)
        if kind is not None:
            query = query.where(drill_log.c.kind == kind)
        return await self.shelf.ask(lambda c: [_line(row) for row in c.execute(query).mappings()])

    async def evaluations(self) -> dict[str, Evaluation]:
        """By what they are about; the last one for each."""
        query = select(evaluations.c.body).order_by(evaluations.c.id)
        bodies = await self.shelf.ask(lambda c: c.execute(query).scalars().all())
        found = [msgspec.json.decode(body, type=Evaluation) for body in bodies]
        return {evaluation.about: evaluation for evaluation in found}

    async def improvements(self) -> list[Improvement]:
        """All, oldest first, each with its result where there is one."""
        results = await self.shelf.ask(lambda c: c.execute(select(improvement_results)).mappings().all())
        by_id = {row["improvement"]: row for row in results}
        bodies = await self.shelf.ask(
            lambda c: c.execute(select(improvements.c.body).order_by(improvements.c.made_at)).scalars().all()
        )
        return [_with_result(msgspec.json.decode(body, type=Improvement), by_id) for body in bodies]


def _with_result(improvement: Improvement, results: Mapping[str, RowMapping]) -> Improvement:
    row = results.get(improvement.id)
    if row is None:
        return improvement
    return replace(improvement, done_at=row["at"], done_by=row["actor"], done_how=row["how"])


def _line(row: RowMapping) -> dict[str, Any]:
    return {
        "drill": row["drill"],
        "at": row["at"],
        "kind": row["kind"],
        "actor": row["actor"],
        "text": msgspec.json.decode(row["text"]),
        "data": msgspec.json.decode(row["data"]),
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
