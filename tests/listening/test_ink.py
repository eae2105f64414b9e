"""Entries in order, whatever the audit does meanwhile."""

from __future__ import annotations

import pytest

from floor.audit.model import Doer, Entry, Stage
from floor.audit.ports import AuditUnwritableError
from floor.listening import ink as module
from floor.listening.ink import Ink
from floor.tasks import Tasks
from tests.listening.stage import AuditDouble


def entry(number: int) -> Entry:
    return Entry(str(number), "listen", Stage.BEGAN, float(number), Doer("Li"))


async def test_what_must_be_on_record_first() -> None:
    """Written or refused, nothing in between."""
    audit = AuditDouble()
    ink = Ink(audit, Tasks())
    await ink.write(entry(1))
    audit.broken = True
    with pytest.raises(AuditUnwritableError):
        await ink.write(entry(2))
    audit.broken = False
    await ink.settle()
    assert [one.thread for one in audit.entries] == ["1"]


async def test_what_happened_anyhow_waits_and_comes_first() -> None:
    """Nothing overtakes what waits."""
    audit = AuditDouble()
    ink = Ink(audit, Tasks())
    audit.broken = True
    await ink.owe(entry(1))
    await ink.owe(entry(2))
    with pytest.raises(AuditUnwritableError):
        await ink.write(entry(3))
    assert len(ink) == 2
    audit.broken = False
    await ink.write(entry(4))
    assert [one.thread for one in audit.entries] == ["1", "2", "4"]


async def test_waiting_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes, and the log says so."""
    monkeypatch.setattr(module, "MOST", 3)
    audit, tasks = AuditDouble(), Tasks()
    ink = Ink(audit, tasks)
    audit.broken = True
    for number in range(5):
        ink.put(entry(number))
    assert len(ink) == 3
    audit.broken = False
    await ink.settle()
    assert [one.thread for one in audit.entries] == ["2", "3", "4"]
    await tasks.stop()
