"""Who may import whom, and through which door the heavy libraries come in."""

from __future__ import annotations

import ast
import sys

import pytest

from tests.house.checkout import Module, modules, within

COMPOSITION = (
    "floor.cli",
    "floor.assembly",
    "floor.assembly_exchanges",
    "floor.assembly_relay",
    "floor.assembly_collect",
    "floor.assembly_serve",
    "floor.assembly_orders",
    "floor.verbs",
    "floor.past",
    "floor.readiness",
)
"""May know everything; nobody else knows them."""
GROUND = (
    "floor.state",
    "floor.ports",
    "floor.errors",
    "floor.settings",
    "floor.sections",
    "floor.lines",
    "floor.sheets",
    "floor.backoff",
    "floor.tasks",
    "floor.clock",
    "floor.day",
)
"""What every room stands on."""
WEB_SEES_OF_ALERTS: tuple[str, ...] = (
    "alerts.model",
    "alerts.ports",
    "alerts.plan_model",
    "alerts.response_ports",
    "alerts.refusals",
)
"""Modules of ``alerts`` that hold types only, which pages may show."""
PEOPLE = ("floor.people.model", "floor.people.ports", "floor.people.rights")
"""Who works here and what each may do: types and the table of rights, for every room that asks."""

DESKWORK = (
    "floor.audit.model", "floor.audit.ports", "floor.audit.sheet", "floor.command.model", "floor.command.ports",
    "floor.listening.model", "floor.listening.ports", "floor.requests.model", "floor.requests.ports",
)  # fmt: skip
"""What supervisors do and agents ask: types only, for the pages and for the exchange's side."""

STORE = ("floor.history.database", "floor.history.columns", "floor.history.errors", "floor.history.trouble")
"""The one database, for every room that keeps a record of its own in it."""

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "floor.state": ("floor.state",),
    "floor.history": ("floor.history", *GROUND),
    "floor.relay": ("floor.relay", "floor.store", "floor.history.trouble", *GROUND),
    "floor.store": ("floor.listeners", *GROUND),
    "floor.people": (
        "floor.people",
        *STORE,
        *GROUND,
    ),
    "floor.audit": (
        "floor.audit",
        *STORE,
        *PEOPLE,
        *GROUND,
    ),
    "floor.command": ("floor.command", *DESKWORK, *PEOPLE, *GROUND),
    "floor.listening": ("floor.listening", *DESKWORK, *PEOPLE, *GROUND),
    "floor.requests": (
        "floor.requests",
        *DESKWORK,
        *STORE,
        *PEOPLE,
        *GROUND,
    ),
    "asterisk": ("asterisk", "floor.listening.model", "floor.listening.ports", "floor.people.model", *GROUND),
    "web": ("web", *WEB_SEES_OF_ALERTS, *DESKWORK, *PEOPLE, *GROUND),
    "alerts": (
        "alerts",
        *STORE,
        "floor.requests.model",
        "floor.requests.ports",
        *PEOPLE,
        *GROUND,
    ),
    "floor": ("floor",),
}
"""By room, most special first: what of our own it may import. Composition is not in it."""

DOORS: dict[str, tuple[str, ...]] = {
    "panoramisk": ("asterisk",),
    "redis": ("floor.relay",),
    "sqlalchemy": ("floor.history", "floor.people", "floor.audit", "floor.requests", "alerts.ledger"),
    "argon2": ("floor.people",),
    "authlib": ("web",),
    "alembic": ("floor.history",),
    "psycopg": (),
    "starlette": ("web",),
    "uvicorn": ("web",),
    "websockets": ("web",),
    "jinja2": ("web",),
    "prometheus_client": ("web",),
    "apprise": ("alerts.notify",),
    "click": COMPOSITION,
}
"""By library: the only rooms that may import it."""

IMPURE = frozenset(
    "asyncio concurrent datetime time zoneinfo random secrets os io socket ssl select selectors signal subprocess "
    "threading multiprocessing logging sys urllib http sqlite3".split()
)
"""Of the standard library: what pure state must not touch, for it would await, look at a clock, draw or do I/O."""
DRAWS_ITSELF = "floor.state.picture"
"""Run by hand to draw the tables into the docs: it writes a file, and no other module imports it."""


def _room(module: Module) -> str:
    return next(room for room in MAY_IMPORT if within(module.name, room))


def _ours(module: Module) -> list[str]:
    return sorted(name for name in module.imports if within(name, "floor", "asterisk", "web", "alerts"))


INNER = [module for module in modules() if not within(module.name, *COMPOSITION)]


@pytest.mark.parametrize("module", INNER, ids=lambda module: module.name)
def test_rooms(module: Module) -> None:
    """A module imports only what its room may know."""
    allowed = MAY_IMPORT[_room(module)]
    strangers = [name for name in _ours(module) if name != "floor" and not within(name, *allowed)]
    assert not strangers, f"{module.name} ({_room(module)}) may not know {', '.join(strangers)}"


@pytest.mark.parametrize("module", INNER, ids=lambda module: module.name)
def test_composition_is_known_to_nobody(module: Module) -> None:
    """What builds everything is imported by nothing that is built."""
    known = [name for name in _ours(module) if within(name, *COMPOSITION)]
    assert not known, f"{module.name} imports {', '.join(known)}"


def test_command_line_is_the_top() -> None:
    """Nobody imports the command line."""
    assert not [module.name for module in modules() if any(within(name, "floor.cli") for name in module.imports)]


@pytest.mark.parametrize("library", DOORS)
def test_one_door_per_library(library: str) -> None:
    """A heavy library is imported by its own room only, so that it can be replaced there."""
    through = {m.name for m in modules() if any(within(name, library) for name in m.imports)}
    elsewhere = sorted(name for name in through if not DOORS[library] or not within(name, *DOORS[library]))
    assert not elsewhere, f"{library} is imported by {', '.join(elsewhere)}"


@pytest.mark.parametrize("module", [m for m in modules() if within(m.name, "floor.state")], ids=lambda m: m.name)
def test_state_is_pure(module: Module) -> None:
    """The floor's state knows the standard library and itself: no event loop, no clock, no chance, no I/O."""
    tops = {name.partition(".")[0] for name in module.imports} - {"floor"}
    foreign = sorted(tops - sys.stdlib_module_names)
    impure = sorted(tops & IMPURE) if module.name != DRAWS_ITSELF else []
    assert not foreign + impure, f"{module.name} imports {', '.join(foreign + impure)}"


def test_who_draws_is_not_used() -> None:
    """The module that draws the tables is run, never imported."""
    assert not [m.name for m in modules() if DRAWS_ITSELF in m.imports]


def test_simulator_needs_no_library() -> None:
    """The simulated exchange is written against the protocol, not against the library our own link uses."""
    for module in modules():
        if within(module.name, "asterisk.simulator"):
            tops = {name.partition(".")[0] for name in module.imports}
            foreign = sorted(tops - sys.stdlib_module_names - {"asterisk"})
            assert not foreign, f"{module.name} imports {', '.join(foreign)}"


TASK_MAKERS = ("floor.tasks", "floor.assembly", "asterisk.simulator.server")
"""``floor.tasks`` owns every task; the assembly waits for the first of two events; the simulator stands for a foreign
machine, knows nothing of ``floor``, and holds its one task until it has ended."""


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_no_orphan_task(module: Module) -> None:
    """A task is started through its owner, so that none is forgotten and none dies unheard."""
    if module.name in TASK_MAKERS:
        return
    calls = _calls(module, {"create_task", "ensure_future"})
    assert not calls, f"{module.path}: start it through floor.tasks.Tasks: line {', '.join(map(str, calls))}"


CLOCKS = ("floor.clock",)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_time_is_an_argument(module: Module) -> None:
    """Nobody looks at the machine's clock but the clock."""
    if module.name in CLOCKS:
        return
    lines = [node.lineno for node in ast.walk(module.tree) if _reads_clock(node)]
    assert not lines, f"{module.path}: take a floor.ports.Clock: line {', '.join(map(str, lines))}"


def _reads_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and any(alias.name in ("time", "monotonic") for alias in node.names)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    owner = ast.unparse(node.func.value)
    name = node.func.attr
    return (owner == "time" and name in ("time", "time_ns", "monotonic", "monotonic_ns")) or (
        owner.endswith("datetime") and (name == "utcnow" or name == "now" or name == "today")
    )


def _calls(module: Module, wanted: set[str]) -> list[int]:
    calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return [c.lineno for c in calls if (ast.unparse(c.func).rpartition(".")[2]) in wanted]
