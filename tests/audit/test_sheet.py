"""Entries as others read them."""

from __future__ import annotations

from dataclasses import replace

from floor.audit.sheet import COLUMNS, rows, told
from floor.sheets import as_csv
from tests.audit.test_record import ASKED
from tests.history.entities import NOW


def test_told() -> None:
    """All of it, by the names of docs/api.md."""
    assert told(3, ASKED) == {
        "number": 3, "thread": "t1", "act": "hang_up", "stage": "asked", "at": NOW, "pbx": "pbx", "agent": "Ann",
        "by": {"name": "Lin", "person": 7, "role": "leader", "address": "192.0.2.7"}, "queue": "support", "call": "1.1",
        "reason": "abusive", "said": "", "more": {"wait_s": 3.5},
    }  # fmt: skip


def test_rows_run_nothing() -> None:
    """A row per entry under the columns; a reason that is a formula is text."""
    table = rows([(1, replace(ASKED, reason="=cmd|' /C calc'!A0"))])
    assert table[0] == COLUMNS
    assert len(table[1]) == len(COLUMNS)
    assert "'=cmd" in as_csv(table, None)
