"""The tone that tells an agent that somebody begins to listen: two short pips, made when needed."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

RATE = 8000
FRAME = RATE // 50
PITCH_HZ = 1400.0
LOUDNESS = 6000
"""Of 32767: heard over speech, and no shock in a headset."""
PIPS = ((0.00, 0.12), (0.22, 0.34))
"""Begin and end of each pip; seconds."""
LASTS_S = 0.4
EDGE_S = 0.01
"""Each pip swells and dies away, or it would click."""


def pips() -> Iterator[bytes]:
    """Frames of 20 ms, mono, 8 kHz."""
    samples = [_sample(n / RATE) for n in range(int(RATE * LASTS_S))]
    for at in range(0, len(samples), FRAME):
        yield struct.pack(f"<{FRAME}h", *samples[at : at + FRAME])


def _sample(at: float) -> int:
    edge = max((min(at - begin, end - at) for begin, end in PIPS), default=0.0)
    return round(LOUDNESS * min(1.0, max(0.0, edge / EDGE_S)) * math.sin(2 * math.pi * PITCH_HZ * at))
