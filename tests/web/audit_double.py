"""An audit in memory, with two entries of one act on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from floor.audit.model import Doer, Entry, Stage
from floor.audit.ports import AuditUnwritableError
from floor.history.errors import DatabaseUnusableError

ENTRY = Entry(
    "t1", "hang_up", Stage.ASKED, 100.0, Doer("Lin", 7, "leader", "192.0.2.7"), "pbx1", "Ann", "support", "1.1",
    "=HYPERLINK(0)", more={"channel": "8.2"},
)  # fmt: skip


@dataclass
class AuditDouble:
    """Entries in memory; ``full``: takes nothing, ``away``: answers nothing."""

    entries: list[Entry] = field(default_factory=lambda: [ENTRY, replace(ENTRY, stage=Stage.ANSWERED, at=101.0)])
    asked: list[dict[str, Any]] = field(default_factory=list)
    full: bool = False
    away: bool = False

    async def write(self, *entries: Entry) -> None:
        if self.full:
            raise AuditUnwritableError("full")
        self.entries += entries

    async def read(self, **asked: Any) -> Sequence[tuple[int, Entry]]:
        if self.away:
            raise DatabaseUnusableError("database: away")
        self.asked.append(asked)
        numbered = list(enumerate(self.entries, 1))
        if "before" in asked:
            numbered = [one for one in reversed(numbered) if one[0] < asked["before"]]
        return [one for one in numbered if one[0] > asked["after"]][: asked["limit"]]
