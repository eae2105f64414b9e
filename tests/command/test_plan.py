"""How long something lasts, as people read it."""

from __future__ import annotations

import pytest

from floor.command.plan import lasting


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (192.7, "3:12"), (-3, "0:00"), (3661, "1:01:01"), (None, "")]
)
def test_lasting(seconds: float | None, shown: str) -> None:
    """Minutes and seconds, hours only where there are any; a clock that runs ahead is no negative time."""
    assert lasting(seconds) == shown
