"""What runs beside the floor."""

from __future__ import annotations

from dataclasses import fields

import pytest

from tests.web.alarm_doubles import AlarmsDouble
from web.alarms import Sources
from web.parts import Parts


def test_what_is_not_here_is_none() -> None:
    """Nothing is here by itself."""
    parts = Parts()
    assert {field.name for field in fields(Parts) if getattr(parts, field.name) is not None} == set()


def test_streams_draw_from_the_same_parts() -> None:
    """Whatever streams can draw from is one of the parts, and is handed on as it is."""
    alarms = AlarmsDouble()
    assert Parts(alarms=alarms).sources() == Sources(alarms=alarms)
    assert {field.name for field in fields(Sources)} <= {field.name for field in fields(Parts)}


def test_a_part_nobody_knows_is_refused() -> None:
    """A misspelt part does not silently leave its pages away."""
    with pytest.raises(TypeError):
        Parts(alarm=AlarmsDouble())  # type: ignore[call-arg]
