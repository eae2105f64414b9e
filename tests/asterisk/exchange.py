"""A real Asterisk, run from a root folder that `tests/provision.sh` has built.

Each `Exchange` owns its folders and ports, so several run side by side, of both
versions. What a test promises about it: `start` returns when every module is up,
`stop` leaves nothing behind unless asked to.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.asterisk.plan import Plan, configuration
from tests.asterisk.ports import free_port

_serial = itertools.count(1)


def cache() -> Path:
    """The folder of root folders, as `tests/provision.sh` chooses it."""
    home = Path(os.environ.get("XDG_CACHE_HOME", "") or Path.home() / ".cache")
    return Path(os.environ.get("FLOOR_TEST_CACHE", "") or home / "floorwatch")


def root_folder(version: str) -> Path:
    """The root folder of Asterisk `version` ('22' or '16')."""
    return cache() / f"asterisk-{version}"


def missing(version: str) -> str:
    """Why Asterisk `version` cannot run here, or an empty string."""
    if not (root_folder(version) / "VERSION").exists():
        return f"no Asterisk {version} root folder: run tests/provision.sh as root"
    return "" if os.geteuid() == 0 else "running Asterisk in its root folder needs root"


class Exchange:
    """One Asterisk instance with its own ports, folders and plan."""

    def __init__(self, version: str, plan: Plan) -> None:
        self.version = version
        self.plan = plan
        self.root = root_folder(version)
        self.home = Path("/srv/floorwatch") / f"{os.getpid()}-{next(_serial)}"
        self.ami_port = free_port()
        self.sip_port = free_port()
        self.chan_sip_port = free_port()
        self.started_at = 0.0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def folder(self) -> Path:
        """The instance's folder as seen from outside its root."""
        return self.root / self.home.relative_to("/")

    @property
    def queue_log(self) -> Path:
        """The judge: what Asterisk itself wrote about its queues."""
        return self.folder / "log" / "queue_log"

    @property
    def built(self) -> str:
        """The exact version of this Asterisk, as reported when it was built."""
        return (self.root / "VERSION").read_text().strip()

    def configure(self) -> None:
        """Write the configuration of the plan into the instance's own folders."""
        for part in ("etc", "run", "log", "spool", "db", "lib"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        # Asterisk creates it with the first line, which may be later than the first reader.
        self.queue_log.touch()
        # Without these a look-up of the machine's own name can cost seconds per call.
        (self.root / "etc" / "hosts").write_text(f"127.0.0.1 localhost {socket.gethostname()}\n")
        (self.root / "etc" / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        for name, text in configuration(self.plan, self._values()).items():
            (self.folder / "etc" / name).write_text(text)

    def _values(self) -> dict[str, str]:
        modules = next(self.root.glob("usr/lib/**/asterisk/modules/app_queue.so")).parent
        chan_sip = (modules / "chan_sip.so").exists() and bool(self.plan.sip_peers)
        return {
            "HOME": str(self.home),
            "MODULES": str(Path("/") / modules.relative_to(self.root)),
            "AMI_PORT": str(self.ami_port),
            "SIP_PORT": str(self.sip_port),
            "CHAN_SIP_PORT": str(self.chan_sip_port),
            "CHAN_SIP": "" if chan_sip else "noload = chan_sip.so",
        }

    async def start(self) -> None:
        """Run Asterisk and return when it is fully booted."""
        self.configure()
        self.started_at = time.time()
        await self.boot()

    async def boot(self) -> None:
        """Run Asterisk with the configuration that lies there already."""
        with (self.folder / "log" / "console").open("ab") as console:
            self._process = await asyncio.create_subprocess_exec(
                *self._command("-f"), stdin=asyncio.subprocess.DEVNULL, stdout=console, stderr=console
            )
        await self.booted()

    async def booted(self, within: float = 60) -> None:
        """Wait until the running Asterisk says that it is fully booted."""
        async with asyncio.timeout(within):
            while "fully booted" not in await self.cli("core waitfullybooted"):
                if self._process is None or self._process.returncode is not None:
                    raise RuntimeError(f"Asterisk did not start: {self._console_tail()}")
                # Its control socket does not exist yet; nothing announces it.
                await asyncio.sleep(0.05)

    def _console_tail(self) -> str:
        return (self.folder / "log" / "console").read_text(errors="replace")[-500:]

    def _command(self, *arguments: str) -> tuple[str, ...]:
        return ("chroot", str(self.root), "asterisk", "-C", f"{self.home}/etc/asterisk.conf", *arguments)

    async def cli(self, command: str) -> str:
        """Run one console command and return what it printed."""
        process = await asyncio.create_subprocess_exec(
            *self._command("-rx", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return output.decode(errors="replace")

    async def restart_now(self) -> None:
        """`core restart now`: every call is cut; returns when booted again."""
        pid = self.folder / "run" / "asterisk.pid"
        before = pid.stat().st_mtime_ns
        await self.cli("core restart now")
        async with asyncio.timeout(30):
            # Asterisk announces its rebirth by nothing but a new pid file.
            while not pid.exists() or pid.stat().st_mtime_ns == before:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await self.booted()

    async def kill(self) -> None:
        """`kill -9`: Asterisk dies without a word."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def stop(self, *, keep: bool = False) -> None:
        """End Asterisk and, unless kept, remove its folder."""
        if self._process is not None and self._process.returncode is None:
            await self.cli("core stop now")
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except TimeoutError:
                await self.kill()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.kill()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
