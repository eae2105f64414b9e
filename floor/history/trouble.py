"""What is wrong with a record on its way into the database: of calls, or of alerts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the record; ``quiet`` when nothing is."""

    failing_s: float | None = None
    """Seconds since the database last took something; ``None``: it does."""
    reason: str = ""
    waiting: int = 0
    """Entries kept in memory."""
    spilled: int = 0
    """Entries kept in the spill file."""
    disk: str | None = None
    """Why the spill file cannot be written."""
    lost: int = 0
    refused: int = 0
    """Entries no database would take, kept in the file of refused ones."""

    @property
    def quiet(self) -> bool:
        return self.failing_s is None and not self.lost and not self.refused
