"""The tone for the agent: short, two pips, no click."""

from __future__ import annotations

import struct
from itertools import pairwise

from asterisk.tone import LASTS_S, LOUDNESS, pips


def test_tone() -> None:
    """Twenty frames of 20 ms: a pip, a pause, a pip; it begins and ends in silence."""
    frames = list(pips())
    assert len(frames) == round(LASTS_S * 50)
    assert {len(frame) for frame in frames} == {320}
    loud = [max(map(abs, struct.unpack("<160h", frame))) for frame in frames]
    assert max(loud) <= LOUDNESS
    assert loud[1] > LOUDNESS / 2
    assert loud[9] == 0
    assert loud[13] > LOUDNESS / 2
    assert loud[-1] == 0


def test_no_click() -> None:
    """From one sample to the next it never jumps further than the tone itself swings."""
    samples = struct.unpack(f"<{160 * 20}h", b"".join(pips()))
    steps = [abs(b - a) for a, b in pairwise(samples)]
    assert samples[0] == 0
    assert max(steps) < LOUDNESS * 1.2
