"""A process of a bench that does as it is told: a line in, a line of JSON out."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from typing import Any

READ_UP_TO = 256 * 1024 * 1024
"""Bytes of one answer: the latencies of thousands of clients."""


async def answering(ready: str, answer: Callable[[str], Awaitable[str]]) -> None:
    """Say ``ready``, then answer every line of standard input until it ends."""
    print(ready, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(await answer(line.strip()), flush=True)


class Process:
    """Such a process, from outside; ``ready`` is what it said first."""

    def __init__(self, module: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        self.ready = self._heard()

    def ask(self, command: str) -> Any:
        """Its answer to a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"it ended with code {self._process.wait()}")
        return json.loads(line)

    def end(self) -> None:
        """Stop it, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
