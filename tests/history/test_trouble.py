"""When a record is in trouble."""

from __future__ import annotations

import pytest

from floor.history.trouble import Trouble


@pytest.mark.parametrize(
    ("trouble", "quiet"),
    [
        (Trouble(), True),
        (Trouble(waiting=3, spilled=2), True),
        (Trouble(failing_s=0.0), False),
        (Trouble(lost=1), False),
        (Trouble(refused=1), False),
    ],
)
def test_quiet(trouble: Trouble, quiet: bool) -> None:
    """What waits for its turn is no trouble; what is refused or lost is."""
    assert trouble.quiet == quiet
