"""A Chromium with a microphone that plays a file, and pages that tell what they play: for tests of listening."""

from __future__ import annotations

import math
import os
import shutil
import struct
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS

VOICE_HZ = 700
HEARS = """
  // Every sound card a page plays to is heard by an analyser per side as well.
  const connect = AudioNode.prototype.connect;
  window.heard = [];
  window.played = null;
  AudioNode.prototype.connect = function (to, ...more) {
    const done = connect.call(this, to, ...more);
    if (!(to instanceof AudioDestinationNode) || !(this instanceof GainNode)) return done;
    const splitter = new ChannelSplitterNode(this.context, { numberOfOutputs: 2 });
    connect.call(this, splitter);
    window.played = this;
    window.heard = [0, 1].map((side) => {
      const analyser = new AnalyserNode(this.context, { fftSize: 16384, smoothingTimeConstant: 0 });
      connect.call(splitter, analyser, side);
      return analyser;
    });
    return done;
  };
  // Amplitude of a tone on each side, over the latest third of a second.
  window.tones = (...all) => all.map((hz) => window.heard.map((analyser) => {
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    let c = 0, s = 0;
    samples.forEach((x, i) => {
      const w = (2 * Math.PI * hz * i) / analyser.context.sampleRate;
      const hann = 1 - Math.cos((2 * Math.PI * i) / samples.length);
      c += x * hann * Math.cos(w);
      s += x * hann * Math.sin(w);
    });
    return (2 * Math.hypot(c, s)) / samples.length;
  }));
"""
"""Run ahead of a page's own scripts."""


def write_voice(file: Path, hz: float = VOICE_HZ, rate: int = 48000) -> Path:
    """Two seconds of somebody who says one tone in syllables, so that no noise suppression takes it for a hum."""
    syllable, length = 0.3 * rate, 2 * rate
    loud = [0.0 if (i % syllable) > 0.8 * syllable else 0.6 for i in range(length)]
    samples = (int(32767 * gain * math.sin(2 * math.pi * hz * i / rate)) for i, gain in enumerate(loud))
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file


@contextmanager
def chromium_with_microphone(folder: Path, *more: str) -> Iterator[Browser]:
    """The machine's Chromium; whoever asks gets the microphone, and hears the tone of :data:`VOICE_HZ`."""
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if binary is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no chromium on this machine")
    voice = write_voice(folder / "voice.wav")
    fake = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={voice}", *more]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=[*ARGUMENTS, *fake])
        yield browser
        browser.close()


def wait_until_heard(page: Page, hz: float, side: int, least: float = 0.05) -> None:
    """Until a tone is played on a side (0: left, 1: right)."""
    page.wait_for_function("([hz, side, least]) => window.tones(hz)[0][side] > least", arg=[hz, side, least])
