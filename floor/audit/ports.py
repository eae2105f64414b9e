"""What other rooms ask of the audit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from floor.audit.model import Entry
from floor.errors import FloorError


class AuditUnwritableError(FloorError):
    """Neither the database nor the disk took an entry: what it would have recorded must not be done."""


class Audit(Protocol):
    """Append-only; an entry is safe (in the database, or on disk until the database is back) when ``write`` returns."""

    async def write(self, *entries: Entry) -> None:
        """Raises :class:`AuditUnwritableError`."""

    async def read(
        self,
        *,
        since: float,
        until: float,
        act: str = "",
        agent: str = "",
        person: int | None = None,
        after: int = 0,
        before: int | None = None,
        limit: int = 500,
    ) -> Sequence[tuple[int, Entry]]:
        """(number, entry), oldest first, numbers above ``after``; with ``before`` newest first, numbers below it;
        raises :class:`floor.history.errors.HistoryError`."""
