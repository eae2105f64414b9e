"""What changes too often, and when it has come to rest."""

from __future__ import annotations

import pytest

from alerts.flapping import KEPT, flaps, remembered, rests_at, share
from floor.sections.alerts import FlapSettings

FLAP = FlapSettings()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), 0.0),
        ((1000.0,), 0.06),
        ((1000.0, 995.0, 990.0), 0.06),
        (tuple(1000.0 - 30 * n for n in range(20)), 1.0),
        ((410.0,), 0.04),
        ((400.0,), 0.0),
    ],
)
def test_share(changes: tuple[float, ...], expected: float) -> None:
    """Slices count, not changes; the newest for half as much again as the oldest; what is older than the window not."""
    assert share(changes, 1000.0, 600.0) == pytest.approx(expected)


def test_two_marks() -> None:
    """It begins above the high mark and goes on until it is below the low one."""
    three, four = (940.0, 970.0, 1000.0), (910.0, 940.0, 970.0, 1000.0)
    assert not flaps(False, three, 1000.0, FLAP)
    assert flaps(False, four, 1000.0, FLAP)
    assert flaps(True, three, 1000.0, FLAP)
    assert not flaps(True, (), 1000.0, FLAP)


def test_rest_is_known_in_advance() -> None:
    """One look at the right moment is enough: before it still flaps, then no more."""
    changes = (910.0, 940.0, 970.0, 1000.0)
    at = rests_at(changes, 1000.0, FLAP)
    assert flaps(True, changes, at - 31, FLAP)
    assert not flaps(True, changes, at, FLAP)
    assert 1000.0 < at <= 1600.1


def test_bounded() -> None:
    """However often it changes, no more moments are kept than can matter."""
    changes: tuple[float, ...] = ()
    for n in range(1000):
        changes = remembered(changes, n * 0.1, 600.0)
    assert len(changes) == KEPT
    assert remembered((1.0,), 700.0, 600.0) == (700.0,)
