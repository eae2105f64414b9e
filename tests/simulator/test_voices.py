"""The simulator's voices: two people who take turns, the same to everybody who listens at the same moment."""

from __future__ import annotations

from array import array

import pytest

from asterisk.simulator import voices
from asterisk.simulator.voices import AGENT, CALLER, CELL, SILENCE, Voice, both, conversation, loudness, reply, turns


def heard(frames: tuple[bytes, ...]) -> float:
    """Share of the frames in which somebody is heard."""
    return sum(loudness(frame) > 500 for frame in frames) / len(frames)


@pytest.mark.parametrize("voice", [AGENT, CALLER])
@pytest.mark.parametrize("kind", range(12))
def test_syllable_is_speech_like(voice: Voice, kind: int) -> None:
    """Loud enough to be heard, never clipped, swelling and dying away, a sixth of a second long."""
    frames = voices.syllable(voice, kind)
    assert all(len(frame) == len(SILENCE) for frame in frames)
    assert 0.1 <= len(frames) / 50 <= 0.25
    assert 3000 < max(map(loudness, frames)) < 32000
    assert loudness(frames[-1]) < max(map(loudness, frames))


def test_the_two_are_told_apart() -> None:
    """They differ in pitch and in what they say."""
    assert voices.syllable(AGENT, 1) != voices.syllable(CALLER, 1)


@pytest.mark.parametrize("cell", range(5))
def test_they_take_turns(cell: int) -> None:
    """Both are heard within six seconds, with pauses, and hardly ever at once."""
    agent, caller = turns("1.1", cell)
    assert len(agent) == len(caller) == CELL
    assert 0.15 < heard(agent) < 0.75
    assert 0.15 < heard(caller) < 0.75
    at_once = sum(loudness(a) > 500 and loudness(b) > 500 for a, b in zip(agent, caller, strict=True))
    assert at_once < 20


def test_everybody_hears_the_same() -> None:
    """Of one call at one moment; another call sounds otherwise."""
    moments = [900.0 + n / 50 for n in range(CELL)]
    one = [conversation("1.1", at) for at in moments]
    voices.turns.cache_clear()
    assert [conversation("1.1", at) for at in moments] == one
    assert [conversation("2.2", at) for at in moments] != one


def test_reply_begins_and_ends() -> None:
    """Nothing before, something during, nothing after."""
    assert loudness(reply(AGENT, 0.08)) > 500
    assert {loudness(reply(AGENT, at)) for at in (-0.1, 2.0)} == {0}


def test_both_sides_in_one_frame() -> None:
    """Interleaved they come apart again; mixed they add up and never wrap round."""
    left, right = array("h", [1, 2, -30000, 30000]).tobytes(), array("h", [5, -6, -30000, 30000]).tobytes()
    assert array("h", both(left, right, apart=True)).tolist() == [1, 5, 2, -6, -30000, -30000, 30000, 30000]
    assert array("h", both(left, right, apart=False)).tolist() == [6, -4, -32768, 32767]


def test_loudness_of_anything() -> None:
    """Also of half a sample and of the lowest there is."""
    assert loudness(b"") == loudness(b"\x01") == 0
    assert loudness(array("h", [3, -32768]).tobytes() + b"\x01") == 32768
