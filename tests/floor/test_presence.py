"""Settings of presence: reasons, minimum numbers, shifts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from floor.sections.presence import PresenceSettings, ShiftSettings


def test_reasons() -> None:
    """Whoever is not said to work is away, in whatever case it is written, and without any reason too."""
    presence = PresenceSettings()
    away = {
        reason: presence.is_away(reason) for reason in ("meal", "Meal", "unheard of", "", None, "training", "TICKET")
    }
    assert [reason for reason, is_away in away.items() if not is_away] == ["training", "TICKET"]


def test_no_reason_is_both() -> None:
    """A reason cannot be away and work."""
    with pytest.raises(ValidationError, match="both name meal"):
        PresenceSettings(work_reasons=("Meal",))


def test_minimum_by_queue() -> None:
    """With its exchange, else by its name, else for all."""
    presence = PresenceSettings(minimum_ready=3, minimum_by_queue={"sales": 5, "north/sales": 7})
    found = [presence.minimum_of(*key) for key in (("north", "sales"), ("south", "sales"), ("north", "support"))]
    assert found == [7, 5, 3]


def test_shifts_of_a_group() -> None:
    """A group with hours of its own has no others."""
    every, early = ShiftSettings(), ShiftSettings(group="early", begin="06:00")
    presence = PresenceSettings(shift=(every, early))
    assert presence.shifts_of("early") == (early,)
    assert presence.shifts_of("late") == presence.shifts_of(None) == (every,)
    assert PresenceSettings().shifts_of("early") == ()


@pytest.mark.parametrize("number", ["", "1", "one", "119 ", "1" * 16])
def test_what_is_no_emergency_number(number: str) -> None:
    """Digits as they are dialled."""
    with pytest.raises(ValidationError):
        PresenceSettings(emergency_numbers=(number,))
