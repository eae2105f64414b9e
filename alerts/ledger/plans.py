"""Plans on record: every version, approval, read mark and review; all of them are few, so all are read at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from alerts.ledger.incident_tables import plan_approvals, plan_reads, plan_reviews, plan_versions
from alerts.ledger.shelf import Shelf
from alerts.plan_model import Plan


@dataclass(slots=True)
class Shelved:
    """All that is known of the plans."""

    versions: dict[str, list[Plan]] = field(default_factory=dict)
    """By plan, oldest first."""
    approvals: dict[tuple[str, int], tuple[str, float]] = field(default_factory=dict)
    """(plan, version) -> (by whom, when)."""
    reads: dict[tuple[str, int, int], float] = field(default_factory=dict)
    """(plan, version, person) -> when."""
    reviews: dict[str, float] = field(default_factory=dict)
    """Plan -> last reviewed."""


class PlanLedger:
    """The record of plans in one database."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    async def load(self) -> Shelved:
        return await self.shelf.ask(_load)

    async def flush(self) -> bool:
        return await self.shelf.flush()

    def add_version(self, plan: Plan) -> None:
        body = msgspec.json.encode(plan).decode()
        self.shelf.put(
            plan_versions,
            plan=plan.id, version=plan.version, at=plan.made_at, author=plan.author, note=plan.note, body=body,
        )  # fmt: skip

    def add_approval(self, plan: str, version: int, at: float, name: str) -> None:
        self.shelf.put(plan_approvals, plan=plan, version=version, at=at, name=name)

    def add_read(self, plan: str, version: int, person: int, at: float, name: str) -> None:
        self.shelf.put(plan_reads, plan=plan, version=version, person=person, at=at, name=name)

    def add_review(self, plan: str, at: float, actor: str, what: str, why: str) -> None:
        self.shelf.put(plan_reviews, plan=plan, at=at, actor=actor, what=what, why=why)


def _load(connection: Connection) -> Shelved:
    shelved = Shelved()
    for row in _rows(connection, plan_versions):
        shelved.versions.setdefault(row["plan"], []).append(msgspec.json.decode(row["body"], type=Plan))
    for versions in shelved.versions.values():
        versions.sort(key=lambda plan: plan.version)
    for row in _rows(connection, plan_approvals):
        shelved.approvals[row["plan"], row["version"]] = row["name"], row["at"]
    for row in _rows(connection, plan_reads):
        shelved.reads[row["plan"], row["version"], row["person"]] = row["at"]
    for row in _rows(connection, plan_reviews):
        shelved.reviews[row["plan"]] = max(row["at"], shelved.reviews.get(row["plan"], 0.0))
    return shelved


def _rows(connection: Connection, table: Any) -> Any:
    return connection.execute(select(table)).mappings()
