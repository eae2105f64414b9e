"""The record of incidents can only grow: proven by reading the code, and by trying."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from sqlalchemy import select

import alerts.ledger.incidents as module
from alerts.ledger import incident_tables
from alerts.ledger.incidents import IncidentLedger
from alerts.ledger.shelf import Shelf
from alerts.model import Entry, Incident, IncidentStage
from floor.history.database import Database

ROOM = Path(module.__file__).parent
OURS = ("shelf.py", "incidents.py", "plans.py", "drills.py", "incident_tables.py")
NAMES = {table.name for table in incident_tables.metadata.sorted_tables}


@pytest.fixture
def ledger(tmp_path: Path) -> IncidentLedger:
    database = Database(f"sqlite:///{tmp_path / 'floor.sqlite3'}")
    database.upgrade()
    return IncidentLedger(Shelf(database))


def incident(**values: object) -> Incident:
    return Incident("I-1", "fire", IncidentStage.OPEN, 10.0, 9.0, "smoke", "Li", **values)  # type: ignore[arg-type]


def line(number: int, text: str) -> Entry:
    return Entry("I-1", 10.0 + number, "note", "Li", {"en": text, "zh": text}, {"n": number}, number)


@pytest.mark.parametrize("name", OURS)
def test_nothing_updates_or_deletes(name: str) -> None:
    """Neither SQLAlchemy's update or delete nor the words in SQL occur in what keeps incidents, plans and drills."""
    text = (ROOM / name).read_text(encoding="utf-8")
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
    }
    assert not called & {"update", "delete", "merge", "on_conflict_do_update", "drop", "truncate"}
    assert not re.search(r"\b(UPDATE|DELETE|REPLACE|TRUNCATE)\b", text)


def test_nobody_else_writes_these_tables() -> None:
    """No other module of the product names one of these tables in a statement, or imports them to change them."""
    for path in ROOM.parents[1].rglob("*.py"):
        if (path.parent == ROOM and path.name in OURS) or not {"alerts", "floor", "web", "asterisk"} & set(path.parts):
            continue
        if "tests" in path.parts or ".venv" in path.parts or "versions" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert "incident_tables" not in text, path
        for name in NAMES - {"incidents", "drills", "evaluations", "improvements"}:
            assert name not in text or path.name in ("retention.py",), f"{path}: {name}"


async def test_a_line_stays_as_it_was(ledger: IncidentLedger) -> None:
    """Writing another line under the same number or mark changes nothing."""
    ledger.keep(incident(), 1, 10.0, "Li")
    ledger.add(line(1, "first"), "m1")
    assert await ledger.flush()
    ledger.add(line(1, "forged"))
    ledger.add(line(2, "forged"), "m1")
    ledger.keep(incident(resolution="forged"), 1, 11.0, "Mallory")
    assert await ledger.flush()
    assert [entry.text["en"] for entry, _ in await ledger.entries("I-1")] == ["first"]
    assert (await ledger.one("I-1")) == (incident(), 1)


async def test_versions_are_kept(ledger: IncidentLedger) -> None:
    """The incident is what its last version says; all earlier ones are there with author and time."""
    for number, resolution in enumerate(("", "waited", "restarted"), 1):
        ledger.keep(incident(resolution=resolution), number, 10.0 + number, f"person {number}")
    found = await ledger.newest()
    assert [(one.resolution, version) for one, version in found] == [("restarted", 3)]
    versions = await ledger.versions("I-1")
    assert [(v["version"], v["actor"], v["incident"].resolution) for v in versions] == [
        (1, "person 1", ""), (2, "person 2", "waited"), (3, "person 3", "restarted"),
    ]  # fmt: skip
    assert await ledger.newest(since=11.0) == []
    assert await ledger.one("I-2") is None


async def test_callbacks_hold_no_number(ledger: IncidentLedger) -> None:
    """Results of calling back are kept by visit, the last word counts, and no customer's number is stored."""
    for result in ("not_reached", "reached"):
        ledger.add_callback("I-1", ("pbx1", "support", "1.1"), 20.0, "Li", result)
    assert await ledger.callbacks("I-1") == {("pbx1", "support", "1.1"): ("reached", "Li", 20.0)}
    rows = await ledger.shelf.ask(lambda c: c.execute(select(incident_tables.incident_callbacks)).mappings().all())
    assert len(rows) == 2
    assert "number" not in rows[0]
