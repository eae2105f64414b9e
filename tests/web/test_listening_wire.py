"""The words of listening on the wire: what is known is parsed, and everything else is unwelcome."""

from __future__ import annotations

import json
import random
import struct

import pytest

from floor.listening.model import AudioFormat, Mode
from floor.listening.refusals import refused
from floor.people.model import Role
from tests.support.people import person
from tests.web.listening_double import PCM, ListeningsDouble
from web import listening_wire as wire
from web.protocol import Unwelcome

LENGTHS = wire.spoken_lengths([AudioFormat()])


def test_what_a_page_may_say() -> None:
    """Another mode, a ping, and 20 ms of its microphone."""
    assert wire.parse('{"t":"mode","mode":"whisper"}', LENGTHS) == wire.AskMode(Mode.WHISPER)
    assert wire.parse('{"t":"ping","at":12.5}', LENGTHS) == wire.Ping(12.5)
    assert wire.parse(bytes(320), LENGTHS) == bytes(320)
    assert wire.parse(bytes(640), wire.spoken_lengths([AudioFormat(16000)])) == bytes(640)


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{}",
        '{"t":"mode"}',
        '{"t":"mode","mode":"shout"}',
        '{"t":"mode","mode":"barge","id":"other"}',
        '{"t":"ping","at":"x"}',
        '{"t":"resync"}',
        '{"t":"ping","at":1}' + " " * 300,
        "[" * 200,
        "\ud800",
        b"",
        bytes(319),
        bytes(321),
        bytes(4096),
    ],
)
def test_anything_else_is_unwelcome(frame: str | bytes) -> None:
    """Unknown words, more fields than there are, too much text, sound of another length."""
    with pytest.raises(Unwelcome):
        wire.parse(frame, LENGTHS)


def test_hostile_frames_never_raise_anything_else() -> None:
    """Ten thousand frames made by damaging good ones, or of nothing but noise."""
    dice = random.Random(20_261_122)
    good = ['{"t":"mode","mode":"whisper"}', '{"t":"ping","at":1}']
    for _ in range(10_000):
        text = list(dice.choice(good))
        for _ in range(dice.randint(1, 4)):
            text[dice.randrange(len(text))] = chr(
                dice.choice([0, 34, 92, 123, 125, 0x202E, 0xD800, dice.randint(0, 0x2FFF)])
            )
        for frame in ("".join(text), dice.randbytes(dice.randint(0, 700))):
            try:
                parsed = wire.parse(frame, LENGTHS)
            except Unwelcome:
                continue
            assert isinstance(parsed, wire.AskMode | wire.Ping) or len(parsed) == 320


def test_sound_bears_number_and_moment() -> None:
    """Big endian, and both wrap instead of failing after weeks."""
    frame = wire.sound(7, 140, PCM)
    assert struct.unpack(">II", frame[:8]) == (7, 140)
    assert frame[8:] == PCM
    assert struct.unpack(">II", wire.sound(2**32 + 1, 2**32 + 2, b"")[:8]) == (1, 2)


def test_how_it_stands() -> None:
    """With the format of its sound once there is one, and nothing of the exchange's channels."""
    now = ListeningsDouble().put(2, spy="floor-spy-1", channel="1.2")
    frame = json.loads(wire.told(now, person(Role.LEADER), AudioFormat()))
    assert frame["t"] == "listening"
    assert frame["format"] == {"rate": 8000, "channels": 2}
    assert frame["listening"]["mine"] is True
    assert not {"spy", "channel", "by"} & set(frame["listening"])
    assert json.loads(wire.told(now, person(Role.CHIEF), None))["listening"]["mine"] is False


def test_refusal_is_said_in_both_languages() -> None:
    """As in the answers of the API."""
    frame = json.loads(wire.refused(refused("not_on")))
    assert frame["t"] == "refused"
    assert set(frame["words"]) == {"en", "zh"}


def test_pace_of_sound() -> None:
    """50 a second for ever, a burst of a second after a pause, and no more."""
    pace = wire.SoundPace()
    for n in range(500):
        pace.note(n * 0.02)
    for _ in range(51):
        pace.note(10.0)
    with pytest.raises(Unwelcome):
        pace.note(10.001)
