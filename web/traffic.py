"""What went over the streams since the start: plain counts for the metrics and the log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Traffic:
    """Counts only grow; ``round_trips`` are the latest measured ones in seconds, old ones fall out."""

    outcomes: int = 0
    """Outcomes of the floor heard."""
    flushes: int = 0
    """Times they were turned into patches: ``outcomes - flushes`` were coalesced."""
    patches: int = 0
    """Patches encoded."""
    sent: int = 0
    """Messages handed to readers, snapshots apart."""
    sent_bytes: int = 0
    skipped: int = 0
    """Messages not sent to a reader that was behind; a snapshot made up for them."""
    snapshots: int = 0
    resyncs: int = 0
    cut: int = 0
    """Readers cut off because they stayed behind."""
    refused: int = 0
    """Readers turned away or sent off: wrong key, unknown board, forged origin, broken rules."""
    failures: int = 0
    """Entities that could not be shown."""
    round_trips: deque[float] = field(default_factory=lambda: deque(maxlen=1000))
