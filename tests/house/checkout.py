"""The checkout as its own tests read it: which files there are, and what the modules of the product import."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("floor", "asterisk", "web", "alerts")
"""The import packages of the product."""


@cache
def files() -> tuple[Path, ...]:
    """Every file that is or is about to be under version control, relative to the checkout."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        listed = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not _hidden(path)]
    return tuple(sorted(Path(name) for name in listed if name and (ROOT / name).is_file()))


def _hidden(path: Path) -> bool:
    """An unpacked archive has no version control; its caches and environment are no part of it."""
    return any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(ROOT).parts)


def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Module:
    """One module of the product."""

    name: str
    path: Path
    tree: ast.Module

    @cached_property
    def imports(self) -> frozenset[str]:
        """Everything it imports, anywhere in it, as full module names: ``from a import b`` counts as ``a.b`` where
        that is a module of ours, else as ``a``."""
        return frozenset(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.module, f"{self.path}:{node.lineno}: say the full name of the module"
                assert node.level == 0, f"{self.path}:{node.lineno}: say the full name of the module"
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if inner in names() else node.module


@cache
def names() -> frozenset[str]:
    """Full names of all modules of the product."""
    return frozenset(_name(path) for path in _sources())


def _sources() -> list[Path]:
    return [path for path in files() if path.suffix == ".py" and path.parts[0] in ROOMS]


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> tuple[Module, ...]:
    """The product, module by module."""
    return tuple(Module(_name(path), path, ast.parse(text(path), str(path))) for path in _sources())


def within(name: str, *rooms: str) -> bool:
    """Whether a module is one of these, or inside of one."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)
