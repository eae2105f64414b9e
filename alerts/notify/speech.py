"""Spoken messages: espeak-ng, where it is installed, writes what an exchange can play; its own sounds serve elsewhere.

Asterisk plays ``.wav`` of 8 kHz, one channel, 16 bits only; espeak-ng speaks at 22.05 kHz, so it is averaged down here.
A text is spoken once: the file is named after it.
"""

from __future__ import annotations

import array
import asyncio
import hashlib
import io
import os
import shutil
import sys
import wave
from itertools import pairwise
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

PROGRAM = "espeak-ng"
VOICES = {"en": "en", "zh": "cmn"}
RATE = 8000
WITHIN_S = 15.0
KEPT = 200
"""Spoken texts kept; the oldest go."""
LONGEST = 400
"""Characters; a message on the phone is one sentence."""


class Speech:
    """Texts to sound files in ``folder``, named to the exchange as lying in ``path``."""

    def __init__(self, folder: Path | None, path: str | None = None, program: str = PROGRAM) -> None:
        self._folder = folder
        self._path = path or (str(folder) if folder is not None else "")
        self._program = program

    async def say(self, text: str, language: str) -> str | None:
        """The sound's name for the exchange, without its ending; ``None``: nothing here can speak."""
        if self._folder is None or shutil.which(self._program) is None:
            return None
        name = "floor-" + hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()[:24]
        file = self._folder / f"{name}.wav"
        try:
            if not await asyncio.to_thread(file.exists):
                spoken = await self._spoken(text[:LONGEST], VOICES.get(language, "en"))
                await asyncio.to_thread(self._keep, file, spoken)
        except (OSError, EOFError, wave.Error, TimeoutError) as error:
            # A call that plays tones is better than none.
            log.error("the message could not be spoken", error=type(error).__name__)
            return None
        return f"{self._path.rstrip('/')}/{name}"

    async def _spoken(self, text: str, voice: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *(self._program, "-v", voice, "-s", "150", "--stdin", "--stdout"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(WITHIN_S):
                output, _ = await process.communicate(text.encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return output

    def _keep(self, file: Path, spoken: bytes) -> None:
        samples = telephone(spoken)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        with wave.open(str(fresh), "wb") as out:
            out.setparams((1, 2, RATE, 0, "NONE", "not compressed"))
            out.writeframes(samples)
        fresh.chmod(0o644)
        os.replace(fresh, file)
        known = sorted(file.parent.glob("floor-*.wav"), key=lambda one: one.stat().st_mtime)
        for old in known[:-KEPT]:
            old.unlink(missing_ok=True)


def telephone(spoken: bytes) -> bytes:
    """A wav file of one channel and 16 bits, as samples of 8 kHz; each the mean of those it stands for.

    :raises wave.Error | EOFError: it is none.
    """
    with wave.open(io.BytesIO(spoken)) as source:
        if source.getnchannels() != 1 or source.getsampwidth() != 2:
            raise wave.Error("not one channel of 16 bits")
        rate, samples = source.getframerate(), array.array("h")
        # A program that writes to a pipe does not know the length it announces.
        frames = source.readframes(min(source.getnframes(), rate * 60))
    samples.frombytes(frames[: len(frames) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    step = max(1.0, rate / RATE)
    edges = [int(n * step) for n in range(int(len(samples) / step) + 1)]
    mean = array.array("h", (sum(samples[a:b]) // (b - a) for a, b in pairwise(edges)))
    if sys.byteorder == "big":
        mean.byteswap()
    return mean.tobytes()
