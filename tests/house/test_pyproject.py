"""What the project declares about itself is so."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from floor import __version__
from floor.settings import Settings
from tests.house.checkout import ROOMS, modules, text, within

PROJECT = tomllib.loads(text(Path("pyproject.toml")))
NAMED = "redis tzdata hiredis".split()
"""Needed without being imported by name here: the relay's driver, the time zones, the parser of the driver."""


def _names(requirements: list[str]) -> Iterator[str]:
    for requirement in requirements:
        found = re.match(r"[\w.-]+", requirement)
        assert found, requirement
        yield found.group().lower().replace("_", "-")


DECLARED = list(_names(PROJECT["project"]["dependencies"]))


def _imported() -> set[str]:
    """Distributions behind everything the product imports."""
    owners = packages_distributions()
    tops = {name.partition(".")[0] for module in modules() for name in module.imports}
    return {owner.lower().replace("_", "-") for top in tops for owner in owners.get(top, ())}


def test_version_is_one() -> None:
    """The package and the project agree."""
    assert PROJECT["project"]["version"] == __version__


@pytest.mark.parametrize("name", DECLARED)
def test_dependency_is_used(name: str) -> None:
    """Nothing is installed for nothing."""
    assert name in _imported() or name in NAMED


def test_import_is_declared() -> None:
    """Nothing is used that is not installed with the product."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    ours = {"floorwatch", *DECLARED, *(name for extra in extras for name in _names(extra))}
    assert _imported() - ours == set()


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_dependency_has_a_lower_bound(requirement: str) -> None:
    """Older ones were never tried; addresses and local paths are no requirement."""
    assert ">=" in requirement
    assert "@" not in requirement


def test_rooms_are_packed() -> None:
    """All rooms go into the wheel, and nothing else does."""
    assert PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(ROOMS)
    assert PROJECT["tool"]["mypy"]["packages"] == list(ROOMS)


def test_exemptions_from_style_have_a_reason() -> None:
    """Each rule that is switched off says why, on its own line."""
    block = text(Path("pyproject.toml")).partition("[tool.ruff.lint]")[2].partition("[tool.mypy]")[0]
    ignoring = [line for line in block.splitlines() if re.match(r'^\s+"[A-Z]+\d|^"', line)]
    assert ignoring
    assert [line for line in ignoring if "#" not in line] == []


def test_every_module_belongs_to_a_room() -> None:
    """The product is its four rooms."""
    assert all(within(module.name, *ROOMS) for module in modules())


def test_settings_hold_no_secret_in_plain() -> None:
    """A secret's type hides it wherever settings are printed."""
    assert "secret" not in Settings.model_fields
