"""The product and what stands around it, each as a process of its own, watched from outside through ``/proc``."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.bench.machine import ROOT

FLOOR = (sys.executable, "-c", "from floor.cli import main; main()")
"""The command ``floor`` of this very checkout."""
TICKS = os.sysconf("SC_CLK_TCK")
LINE_BYTES = 64 * 1024 * 1024
"""The longest line a process may tell us: readings of a hundred screens."""


def cpu_s(pid: int) -> float:
    """Processor seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mb(pid: int) -> float:
    """Resident memory."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(row for row in lines if row.startswith("VmRSS")).split()[1]) / 1024


def free_port() -> int:
    """A port of the loopback nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Beside:
    """A process of ``python -m tests.bench.NAME`` that is asked by lines and answers by lines of JSON."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process, self.pid = process, process.pid

    async def ask(self, *words: object) -> Any:
        """Say a line, and read the answer's."""
        assert self._process.stdin is not None
        self._process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        return await self.told()

    async def told(self) -> Any:
        """Its next line.

        :raises EOFError: it has ended.
        """
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise EOFError("a process of the bench ended without an answer")
        return json.loads(line)


@contextlib.asynccontextmanager
async def beside(name: str, *arguments: object) -> AsyncIterator[Beside]:
    """Such a process, ended with the block."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", f"tests.bench.{name}", *map(str, arguments))
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=LINE_BYTES, cwd=ROOT)
    try:
        yield Beside(process)
    finally:
        await _ended(process)


@contextlib.asynccontextmanager
async def product(folder: Path, ami_port: int, *flags: str) -> AsyncIterator[tuple[str, int]]:
    """``floor run`` on the exchange at this port, ready; its address and process. What it logs is in ``folder``."""
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(*FLOOR, "run", "--ami-host", "127.0.0.1", "--ami-port", str(ami_port), "--ami-user", "floor"),
            *("--ami-secret", "floor", "--port", str(port), "--data-dir", str(folder), "--log-level", "warning"),
            *flags,
            stdout=log,
            stderr=log,
            cwd=ROOT,
        )
    try:
        await serving(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


async def serving(url: str, within_s: float = 120) -> None:
    """Wait until the floor is ready."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                await asyncio.to_thread(lambda: urlopen(f"{url}/readyz", timeout=2).close())
            except OSError:
                await asyncio.sleep(0.2)
            else:
                return
