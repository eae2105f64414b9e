"""Every module with code of its own has a test module that mirrors it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.checkout import Module, files, modules, within

FOLDERS: dict[str, tuple[str, ...]] = {
    "floor.history": ("history",),
    "floor.state.reduce": ("floor/state/reduce", "floor/state"),
    "floor.state": ("floor/state",),
    "floor.people": ("people",),
    "floor.audit": ("audit",),
    "floor.command": ("command",),
    "floor.listening": ("listening",),
    "floor.requests": ("requests",),
    "floor.relay": ("relay", "floor/relay"),
    "floor.verbs": ("verbs", "floor/verbs", "floor"),
    "floor": ("floor",),
    "asterisk.simulator": ("simulator",),
    "asterisk": ("asterisk_link", "asterisk_ami"),
    "web": ("web",),
    "alerts.conditions": ("alerts/conditions",),
    "alerts.notify": ("alerts/notify",),
    "alerts.ledger": ("alerts/ledger", "alerts"),
    "alerts": ("alerts",),
}
"""By room, most special first: where its tests live. ``tests/asterisk`` is the real exchange, so the room of that name
has other folders."""

ELSEWHERE: dict[str, str] = {
    "floor.state.model": "declares entities only",
    "floor.state.facts": "declares facts only",
    "floor.ports": "declares seams only",
    "floor.relay.ports": "declares seams; tests/relay/test_contract.py holds both relays to them",
    "web.ports": "declares seams only",
    "alerts.ports": "declares seams only",
    "alerts.model": "declares values only",
    "alerts.plan_model": "declares values only",
    "alerts.response_ports": "declares seams only",
    "alerts.refusals": "declares errors only",
    "floor.verbs.drill": "declares the command line; tests/floor/verbs/test_drills.py runs it",
    "alerts.ledger.tables": "declares tables; tests/history/test_database.py compares them with the migrations",
    "alerts.ledger.incident_tables": "declares tables; tests/history/test_database.py compares them",
    "alerts.conditions.contract": "declares seams only",
    "floor.people.model": "declares values only",
    "floor.people.ports": "declares seams only",
    "floor.people.tables": "declares tables; tests/history/test_database.py compares them with the migrations",
    "floor.requests.model": "declares values; tests/requests/test_posting.py asks them where they are shown",
    "floor.requests.ports": "declares seams only",
    "floor.requests.tables": "declares tables; tests/history/test_database.py compares them with the migrations",
    "floor.audit.model": "declares values only",
    "floor.audit.ports": "declares seams only",
    "floor.audit.tables": "declares tables; tests/history/test_database.py compares them with the migrations",
    "floor.command.ports": "declares seams only",
    "floor.listening.model": "declares values only",
    "floor.listening.ports": "declares seams only",
    "web.wire": "declares shapes only; tests/web/test_views.py compares them with the protocol",
    "web.traffic": "a row of counters; tests/web/test_hub.py reads them",
    "asterisk.deliveries": "declares what a link hands on",
    "asterisk.seldom": "rows of the table of facts; tests/asterisk_ami/test_translate.py asks every one of them",
    "floor.history.tables": "declares tables; tests/history/test_database.py compares them with the migrations",
    "floor.history.errors": "declares errors only",
    "web.errors": "declares errors only",
    "floor.history.migrations.env": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0001_first": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0008_days": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0009_day_texts": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0007_retention": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0006_requests": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0005_audit": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0004_incidents": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0003_alerts": "run by Alembic; tests/history/test_database.py runs it",
    "floor.history.migrations.versions.v0002_people": "run by Alembic; tests/history/test_database.py runs it",
}
"""Modules without a test module of their own, each with the reason, in the open."""


def _has_code(module: Module) -> bool:
    """Whether there is a function in it, or a class with one."""
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(module.tree))


def _mirrors(module: Module) -> list[Path]:
    room = next(room for room in FOLDERS if within(module.name, room))
    stem = module.path.stem if module.path.stem != "__init__" else module.path.parent.name
    return [Path("tests") / folder / f"test_{stem}.py" for folder in FOLDERS[room]]


CODE = [module for module in modules() if _has_code(module)]


@pytest.mark.parametrize("module", CODE, ids=lambda module: module.name)
def test_module_is_mirrored(module: Module) -> None:
    """There is a test module of its name, or a reason why not."""
    if module.name in ELSEWHERE:
        return
    wanted = _mirrors(module)
    assert any(path in files() for path in wanted), f"{module.path} has none of {', '.join(map(str, wanted))}"


@pytest.mark.parametrize("name", ELSEWHERE)
def test_exemption_is_needed(name: str) -> None:
    """An exemption goes when its module goes."""
    assert name in {module.name for module in modules()}


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_module_is_of_a_size_to_read(module: Module) -> None:
    """Nobody has to scroll through more than 400 lines."""
    assert len((module.path.read_text(encoding="utf-8")).splitlines()) <= 400


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_module_says_what_it_is(module: Module) -> None:
    """Every module with content opens with a sentence."""
    if module.tree.body:
        assert ast.get_docstring(module.tree), module.path


def _functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (f"{module.name}:{node.name}", node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_functions_are_of_a_size_to_read() -> None:
    """No function is longer than 40 lines, its docstring counted."""
    long = {name: node.end_lineno - node.lineno + 1 for name, node in _functions() if node.end_lineno}
    assert {name: lines for name, lines in long.items() if lines > 40 and name not in LONG} == {}


LONG: dict[str, str] = {
    "floor.assembly:__init__": "builds every room in order; splitting would hide who is given what",
}
"""Functions longer than that, each with the reason."""
