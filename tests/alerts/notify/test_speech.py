"""Spoken messages: sound files that an exchange can play, and quiet fallbacks."""

from __future__ import annotations

import array
import io
import math
import os
import shutil
import wave
from pathlib import Path

import pytest

from alerts.notify import speech
from alerts.notify.speech import RATE, Speech, telephone

needs_espeak = pytest.mark.skipif(shutil.which(speech.PROGRAM) is None, reason="espeak-ng is not installed here")


def tone(hertz: int, rate: int, seconds: float = 1.0, channels: int = 1) -> bytes:
    samples = array.array(
        "h", (int(8000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(int(rate * seconds)))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((channels, 2, rate, 0, "NONE", "not compressed"))
        out.writeframes(samples.tobytes() * channels)
    return file.getvalue()


def loudness(samples: bytes, hertz: int) -> float:
    """How much of a pitch is in it (Fourier sum)."""
    values = array.array("h", samples)
    angle = 2 * math.pi * hertz / RATE
    real = sum(v * math.cos(angle * n) for n, v in enumerate(values))
    imaginary = sum(v * math.sin(angle * n) for n, v in enumerate(values))
    return math.hypot(real, imaginary) / len(values)


@pytest.mark.parametrize("rate", [22050, 16000, 8000])
def test_a_tone_keeps_its_pitch_and_length(rate: int) -> None:
    """Brought to 8 kHz, it is the same tone."""
    samples = telephone(tone(440, rate))
    assert len(samples) / 2 == pytest.approx(RATE, abs=2)
    assert loudness(samples, 440) > 20 * loudness(samples, 700)


@pytest.mark.parametrize("sound", [b"", b"RIFF", tone(440, 8000, channels=2)])
def test_what_is_no_such_file(sound: bytes) -> None:
    """It is refused, whatever it is."""
    with pytest.raises((wave.Error, EOFError)):
        telephone(sound)


@needs_espeak
@pytest.mark.parametrize(("text", "language"), [("Press 1", "en"), ("接手请按 1。", "zh")])
async def test_a_text_is_spoken_once(tmp_path: Path, text: str, language: str) -> None:
    """A file of 8 kHz, readable by the exchange's user, under the name the exchange sees; spoken anew only when new."""
    ours = Speech(tmp_path / "sounds", "/exchange/sounds/")
    name = await ours.say(text, language)
    assert name is not None
    assert name.startswith("/exchange/sounds/floor-")
    file = tmp_path / "sounds" / f"{name.rpartition('/')[2]}.wav"
    with wave.open(str(file)) as spoken:
        assert (spoken.getframerate(), spoken.getnchannels(), spoken.getsampwidth()) == (RATE, 1, 2)
        assert spoken.getnframes() > RATE / 4
    assert file.stat().st_mode & 0o044 == 0o044
    os.utime(file, (1, 1))
    assert await ours.say(text, language) == name
    assert file.stat().st_mtime == 1


@needs_espeak
async def test_old_texts_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder does not grow; files of others stay."""
    monkeypatch.setattr(speech, "KEPT", 2)
    (tmp_path / "welcome.wav").touch()
    ours = Speech(tmp_path)
    for text in ("one", "two", "three"):
        await ours.say(text, "en")
    assert sum(name.startswith("floor-") for name in os.listdir(tmp_path)) == 2
    assert (tmp_path / "welcome.wav").exists()


async def test_nothing_that_can_speak(tmp_path: Path) -> None:
    """No folder, or no program: the exchange's own sounds are played."""
    assert await Speech(None).say("x", "en") is None
    assert await Speech(tmp_path, program="no-such-program").say("x", "en") is None


async def test_a_program_that_fails(tmp_path: Path) -> None:
    """A call that plays tones is better than none."""
    assert await Speech(tmp_path, program="false").say("x", "en") is None
    assert await Speech(tmp_path / "file" / "sub", program="true").say("x", "en") is None
