"""Entries go when they are old enough, and no sooner (C-19)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DatabaseError

from floor.audit.record import AuditRecord
from floor.audit.retention import DAY_S
from floor.audit.tables import audit
from floor.history.database import Database
from tests.audit.test_record import ASKED
from tests.history.entities import NOW, ManualClock


async def test_old_entries_go(record: AuditRecord, database: Database) -> None:
    """Three years by default; afterwards the door is shut again."""
    await record.open()
    old, young = replace(ASKED, at=NOW - 1101 * DAY_S), replace(ASKED, at=NOW - 1099 * DAY_S)
    await record.write(*[old] * 3, young)
    assert await record.prune() == 3
    assert [entry for _, entry in await record.read(since=0, until=NOW)] == [young]
    with pytest.raises(DatabaseError, match="only added"), database.writing() as connection:
        connection.execute(delete(audit))


async def test_never_the_last_six_months(database: Database, clock: ManualClock, tmp_path: Path) -> None:
    """R-QA-15: not even a wrong setting, nor a clock that runs ahead, takes away what is recent."""
    record = AuditRecord(database, tmp_path, clock, keep_days=10)
    await record.open()
    await record.write(replace(ASKED, at=NOW - 20 * DAY_S))
    assert await record.prune() == 0
    assert len(await record.read(since=0, until=NOW)) == 1
