"""Who is heard in a recording: everybody has a tone of his own, found by Goertzel's sum in windows of 100 ms."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Sequence
from pathlib import Path

RATE = 8000
WINDOW = 800
"""Samples; tones that are multiples of 10 Hz are told apart exactly."""
HEARD = 1500.0
"""Amplitude from which a tone counts as heard; phones play theirs at 9000."""


def level(samples: Sequence[int], hertz: int) -> float:
    """Amplitude of one tone."""
    turn = 2 * math.cos(2 * math.pi * hertz / RATE)
    one = two = 0.0
    for sample in samples:
        one, two = sample + turn * one - two, one
    return math.sqrt(max(0.0, one * one + two * two - turn * one * two)) * 2 / max(1, len(samples))


def lasting(samples: Sequence[int], hertz: int) -> float:
    """For how many seconds a tone is heard."""
    windows = (samples[at : at + WINDOW] for at in range(0, len(samples) - WINDOW + 1, WINDOW))
    return sum(level(window, hertz) > HEARD for window in windows) * WINDOW / RATE


def spoken(hertz: int, frame: int) -> bytes:
    """The n-th 20 ms of a tone, as a supervisor's microphone would send it."""
    first = frame * 160
    return struct.pack("<160h", *(int(9000 * math.sin(2 * math.pi * hertz * (first + n) / RATE)) for n in range(160)))


def sides(frames: Sequence[bytes], channels: int) -> list[tuple[int, ...]]:
    """Samples of each channel."""
    data = b"".join(frames)
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    return [samples[side::channels] for side in range(channels)]


def recordings(folder: Path) -> list[tuple[int, ...]]:
    """What a phone heard, call by call."""
    found = []
    for file in sorted(folder.glob("dump-*-dec.wav")):
        with wave.open(str(file)) as read:
            data = read.readframes(read.getnframes())
        found.append(struct.unpack(f"<{len(data) // 2}h", data))
    return found
