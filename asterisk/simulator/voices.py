"""Two people talking, to be heard: speech-like sound made of vowels, consonants and pauses, no recording.

An agent and a caller take turns; both are made anew from the call's name and the moment, so whoever listens to the same
call at the same time hears the same. Frames are 20 ms of signed linear, 8 kHz, mono.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from functools import lru_cache
from random import Random

RATE, FRAME = 8000, 160
SILENCE = bytes(2 * FRAME)
CELL = 300
"""Frames of one exchange of turns: six seconds."""

_VOWELS = (
    (700, 1200, 2600),
    (400, 2000, 2600),
    (300, 2300, 3000),
    (450, 900, 2500),
    (350, 800, 2300),
    (550, 1700, 2500),
)
"""Formants of a, e, i, o, u and the schwa; Hz."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How somebody sounds."""

    name: str
    pitch_hz: float
    tract: float
    """Of his formants: above 1 is a shorter vocal tract."""


AGENT, CALLER = Voice("agent", 195.0, 1.12), Voice("caller", 112.0, 0.96)


@lru_cache(maxsize=64)
def syllable(voice: Voice, kind: int) -> tuple[bytes, ...]:
    """One of twelve, as frames: a breath of a consonant, then a vowel whose pitch falls."""
    dice = Random(f"{voice.name} {kind}")  # noqa: S311 - the same voice every day
    formants = [one * voice.tract for one in _VOWELS[kind % len(_VOWELS)]]
    length = FRAME * dice.randint(6, 12)
    pitch, fall = voice.pitch_hz * dice.uniform(0.9, 1.2), dice.uniform(0.05, 0.25)
    samples, phase = array("h"), 0.0
    strengths = {n: _strength(pitch * n, formants) for n in range(1, int(3400 / pitch))}
    audible = [(n, strength) for n, strength in strengths.items() if strength > 0.04]
    for at in range(length):
        share = at / length
        phase += 2 * math.pi * pitch * (1 - fall * share) / RATE
        loud = math.sin(math.pi * share) ** 0.5 * 5200
        vowel = sum(strength * math.sin(phase * n) for n, strength in audible)
        breath = dice.gauss(0, 0.25) * max(0.0, 1 - share * 6)
        samples.append(max(-32000, min(32000, int(loud * (vowel + breath)))))
    return tuple(samples[at : at + FRAME].tobytes() for at in range(0, length, FRAME))


def _strength(hertz: float, formants: list[float]) -> float:
    """Of one harmonic: how near it is to a formant, and less the higher it is."""
    near = sum(math.exp(-(((hertz - one) / (90 + 0.06 * one)) ** 2)) for one in formants)
    return near * math.sqrt(300 / (300 + hertz))


@lru_cache(maxsize=128)
def turns(call: str, cell: int) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Six seconds of a call: the agent's frames and the caller's; while one talks, the other mostly listens."""
    dice = Random(f"{call} {cell}")  # noqa: S311 - the same call sounds the same to all
    first = dice.randint(90, 160)
    agent, caller = [SILENCE] * CELL, [SILENCE] * CELL
    _talk(agent, AGENT, dice, dice.randint(0, 12), first)
    _talk(caller, CALLER, dice, first + dice.randint(8, 25), CELL - dice.randint(5, 20))
    if dice.random() < 0.5:
        _talk(agent, AGENT, dice, CELL - 60, CELL - 48)  # "mm-hm"
    return tuple(agent), tuple(caller)


def _talk(side: list[bytes], voice: Voice, dice: Random, begin: int, end: int) -> None:
    at = begin
    while True:
        word = syllable(voice, dice.randrange(12))
        if at + len(word) > end:
            return
        side[at : at + len(word)] = word
        at += len(word) + (dice.randint(8, 18) if dice.random() < 0.18 else dice.randint(0, 2))


def conversation(call: str, at: float) -> tuple[bytes, bytes]:
    """What agent and caller say in the 20 ms at this moment; seconds of any clock that is the same for all."""
    cell, place = divmod(int(at * 50), CELL)
    agent, caller = turns(call, cell)
    return agent[place], caller[place]


def reply(voice: Voice, at: float) -> bytes:
    """A frame of two syllables that answer somebody, ``at`` seconds after they began; then silence."""
    frames = syllable(voice, 3) + (SILENCE,) * 2 + syllable(voice, 5)
    place = int(at * 50)
    return frames[place] if 0 <= place < len(frames) else SILENCE


def both(left: bytes, right: bytes, *, apart: bool) -> bytes:
    """Two sides in one frame: interleaved, or mixed."""
    if not apart:
        pairs = zip(array("h", left), array("h", right), strict=True)
        return array("h", (max(-32768, min(32767, a + b)) for a, b in pairs)).tobytes()
    frame = bytearray(len(left) * 2)
    frame[0::4], frame[1::4], frame[2::4], frame[3::4] = left[0::2], left[1::2], right[0::2], right[1::2]
    return bytes(frame)


def loudness(frame: bytes) -> int:
    """Of the loudest sample; 0 to 32768. What is no whole number of samples is cut."""
    return max(map(abs, array("h", frame[: len(frame) // 2 * 2])), default=0)
