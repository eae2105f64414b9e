"""What people say to alerts goes through one step, and only while this Floorwatch acts."""

from __future__ import annotations

import inspect

import pytest

from alerts.commands import Commands
from alerts.engine import Engine
from alerts.ports import Alarms


def test_engine_is_the_alarms_of_the_pages() -> None:
    """Everything pages ask of alarms, the engine answers, with the same parameters."""
    for name, asked in inspect.getmembers(Alarms, inspect.isfunction):
        if not name.startswith("_"):
            answer = getattr(Engine, name)
            assert list(inspect.signature(answer).parameters) == list(inspect.signature(asked).parameters), name


def test_it_needs_an_engine() -> None:
    """By itself it can do nothing."""
    with pytest.raises(TypeError, match="abstract"):
        Commands(None, None)  # type: ignore[abstract, arg-type]
