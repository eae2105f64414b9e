"""Delays between attempts."""

from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from floor.backoff import Backoff


def test_delays_grow_to_the_cap_and_go_on_for_ever() -> None:
    """Doubling from the first to the cap, then the cap for ever."""
    delays = Backoff(first_s=1, factor=2, cap_s=8).delays(lambda: 1.0)
    assert list(islice(delays, 6)) == [1, 2, 4, 8, 8, 8]


@given(st.floats(0, 1, exclude_max=True))
def test_jitter_takes_at_most_half(draw: float) -> None:
    """No two links need return in the same instant, and none returns at once."""
    for delay, ceiling in zip(
        Backoff(first_s=1, factor=2, cap_s=8).delays(lambda: draw), (1, 2, 4, 8, 8), strict=False
    ):
        assert ceiling / 2 <= delay <= ceiling


def test_every_sequence_begins_anew() -> None:
    """After success the first delay is the short one again."""
    backoff = Backoff(first_s=1)
    assert next(backoff.delays(lambda: 0.0)) == next(backoff.delays(lambda: 0.0)) == 0.5
