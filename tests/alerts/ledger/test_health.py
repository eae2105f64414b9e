"""Trouble with the record of alerts is a sentence in both languages."""

from __future__ import annotations

from alerts.ledger.health import sentence
from floor.history.trouble import Trouble


def test_all_is_well() -> None:
    """Nothing is said then."""
    assert sentence(Trouble()) is None


def test_database_away() -> None:
    """It says since when, why, what goes on, and what waits where; a full disk what to do."""
    trouble = Trouble(failing_s=61, reason="connection refused", waiting=3, spilled=4, disk="No space left")
    assert sentence(trouble) == (
        "The database has not taken the record of alerts for 61 s (connection refused). Alerts and messages go on; "
        "3 steps wait in memory and 4 on disk, and are written when it is back. "
        "The data folder cannot be written either (No space left): free space in data_dir."
    )
    chinese = sentence(trouble, "zh") or ""
    assert "61 秒" in chinese
    assert "data_dir" in chinese


def test_losses() -> None:
    """What is lost or refused is counted for as long as we run."""
    trouble = Trouble(lost=2, refused=1)
    assert (
        sentence(trouble)
        == "2 steps of alerts are lost. 1 steps of alerts were refused and kept aside in the data folder."
    )
    assert "2" in (sentence(trouble, "zh") or "")
