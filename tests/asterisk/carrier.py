"""A carrier on the other side of a trunk: one sipp process that answers OPTIONS, and on command nothing at all."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.asterisk.ports import free_port

_ANSWERS = """\
<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="carrier">
  <recv request="OPTIONS"/>
  <send>
    <![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:];tag=carrier[call_number]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

    ]]>
  </send>
</scenario>
"""


class Carrier:
    """Listens at ``port`` from :meth:`__aenter__` on."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: asyncio.subprocess.Process

    async def __aenter__(self) -> Self:
        script = self._folder / "carrier.xml"
        script.write_text(_ANSWERS)
        self._process = await asyncio.create_subprocess_exec(
            *("sipp", "-sf", script.name, "-i", "127.0.0.1", "-p", str(self.port), "-nostdin"),
            cwd=self._folder,
            env={**os.environ, "TERM": "dumb"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return self

    def fall_silent(self) -> None:
        """Its port stays open, and nobody answers there."""
        self._process.send_signal(signal.SIGSTOP)

    def answer_again(self) -> None:
        """It goes on where it stopped."""
        self._process.send_signal(signal.SIGCONT)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
