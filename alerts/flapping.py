"""What changes too often: the share of changes in a sliding window, with one mark to begin and a lower one to end.

The window is cut into 20 slices, as 21 looks have 20 chances to differ; a slice in which anything changed counts from
0.8 (oldest) to 1.2 (newest). So the share is 0 for what rests and 1 for what changes in every slice.
"""

from __future__ import annotations

from collections.abc import Sequence

from floor.sections.alerts import FlapSettings

SLICES = 20
OLDEST, NEWEST = 0.8, 1.2
KEPT = 60
"""Moments of change remembered per alert; more than three in one slice tell nothing new."""


def share(changes: Sequence[float], now: float, window_s: float) -> float:
    """Weighted share of slices with a change among ``changes`` (moments), 0…1."""
    width = window_s / SLICES
    hit = {int((now - at) / width) for at in changes if 0 <= now - at < window_s}
    step = (NEWEST - OLDEST) / (SLICES - 1)
    return sum(NEWEST - step * age for age in hit) / SLICES


def flaps(before: bool, changes: Sequence[float], now: float, settings: FlapSettings) -> bool:
    """Whether it flaps now, given whether it did: above ``high`` it begins, below ``low`` it ends."""
    found = share(changes, now, settings.window_s)
    return found >= settings.low if before else found > settings.high


def rests_at(changes: Sequence[float], now: float, settings: FlapSettings) -> float:
    """The moment at which it has come to rest if nothing more happens."""
    width = settings.window_s / SLICES
    moment = now
    for _ in range(SLICES + 1):
        if share(changes, moment, settings.window_s) < settings.low:
            return moment
        age = min(moment - at for at in changes if 0 <= moment - at < settings.window_s)
        moment += width - age % width + 1e-3
    return now + settings.window_s


def remembered(changes: Sequence[float], at: float, window_s: float) -> tuple[float, ...]:
    """The moments with one more, without those that no longer count."""
    return (*(one for one in changes if at - one < window_s), at)[-KEPT:]
