"""Amounts as people write them."""

from __future__ import annotations

import pytest

from alerts.amounts import amount


@pytest.mark.parametrize(
    ("written", "meant"),
    [(15, 15), (0.5, 0.5), ("15", None), ("15 s", 15), ("5min", 300), ("1 h", 3600), ("1 day", 86400), ("30 %", 0.3)],
)
def test_amount(written: object, meant: float | None) -> None:
    """Numbers as they are, times in seconds, percent as a share; a text must name its unit."""
    if meant is None:
        with pytest.raises(ValueError, match="is no amount"):
            amount(written)
    else:
        assert amount(written) == pytest.approx(meant)


@pytest.mark.parametrize(("ring", "seconds"), [(None, 15), (6, 18), (3, 9)])
def test_rings(ring: float | None, seconds: float) -> None:
    """Three rings are as long as the country rings (F15)."""
    assert amount("3 rings", {} if ring is None else {"ring": ring}) == seconds


@pytest.mark.parametrize(
    "written", [True, None, [], "3 bells", "-3 s", -1, float("nan"), float("inf"), "", "s", "1 2 s"]
)
def test_no_amount(written: object) -> None:
    """Anything else is a sentence that says how to write it."""
    with pytest.raises(ValueError, match="write a number"):
        amount(written)
