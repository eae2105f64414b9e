"""A private Redis server from the machine's own binary: on a free port of loopback, stopped and started at will."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
from collections.abc import Collection
from pathlib import Path

BINARY = shutil.which("redis-server")


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class RedisServer:
    """``start`` and ``stop`` may be repeated, always on the same port; ``keeps``: what it held it holds again."""

    def __init__(self, folder: Path, *, keeps: bool = False, hosts: Collection[str] = ("127.0.0.1",)) -> None:
        self.folder = folder
        self.keeps = keeps
        self.port = free_port()
        self._hosts = hosts
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Returns when it answers."""
        assert BINARY is not None
        keeps = ["--appendonly", "yes", "--appendfsync", "always"] if self.keeps else ["--appendonly", "no"]
        with (self.folder / "redis.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *("setpriv", "--pdeathsig=KILL", BINARY),  # none is left behind
                *("--port", str(self.port), "--bind", *self._hosts, "--save", "", "--dir", str(self.folder)),
                *("--protected-mode", "no"),
                *keeps,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(20):
            # A port that opens announces itself to nobody.
            while not await self._answers():  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.write(b"PING\r\n")
        said = await reader.readline()
        writer.close()
        return said.startswith(b"+PONG")

    async def stop(self) -> None:
        """At once, as if the machine had failed."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    def pause(self) -> None:
        """It answers nobody, and every connection stays open."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
