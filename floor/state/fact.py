"""What every fact says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """Something happened on one exchange."""

    pbx: str
    at: float
