"""How fast and how cheap the demo floor is: ``python -m tests.bench.demo_floor [SECONDS] [AGENTS] [CLIENTS]``.

A simulated exchange, ``floor run`` and this client are three processes. An agent's *since* is the stamp of the event
that changed him, and all clocks are this machine's: arrival minus *since* is the way from the exchange to the screen's
socket. Prints one JSON object; decides nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.request import urlopen

from websockets.asyncio.client import connect

FLOOR = Path(sys.executable).with_name("floor")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Processor seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mb(pid: int) -> float:
    """Resident memory."""
    line = next(row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def spawn(*arguments: str) -> asyncio.subprocess.Process:
    """A ``floor`` process, quiet."""
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(str(FLOOR), *arguments, stdout=quiet, stderr=quiet)


async def serving(url: str, within_s: float = 60) -> None:
    """Wait until the floor is ready."""
    async with asyncio.timeout(within_s):
        while True:
            try:
                await asyncio.to_thread(lambda: urlopen(f"{url}/readyz", timeout=2).close())
            except OSError:
                await asyncio.sleep(0.2)
            else:
                return


async def listen(url: str, seconds: float, found: list[float], counts: dict[str, int]) -> None:
    """One screen: note how old every agent's new state is when it arrives."""
    begun, offset = time.time(), 0.0
    async with connect(f"{url.replace('http', 'ws')}/ws?board=default", max_size=None) as stream:
        while (left := begun + seconds - time.time()) > 0:
            try:
                text = await asyncio.wait_for(stream.recv(), left)
            except TimeoutError:
                return
            message: dict[str, Any] = json.loads(text)
            now = time.time()
            counts[message["t"]] = counts.get(message["t"], 0) + 1
            told = message.get("floor", message.get("set", {}))
            for pbx in told.get("pbxs", {}).values():
                offset = pbx.get("clock_offset_s") or 0.0
            if message["t"] == "patch" and now > begun + 2:
                ages = (now + offset - one["since"] for one in told.get("agents", {}).values())
                found.extend(age for age in ages if age < 1)


async def measure(seconds: float, agents: int, clients: int) -> dict[str, Any]:
    """Run all three for a while."""
    ami, web = 15038, 18000
    url = f"http://127.0.0.1:{web}"
    with tempfile.TemporaryDirectory() as folder:
        simulator = await spawn("simulate", "--ami-port", str(ami), "--agents", str(agents), "--seed", "1")
        floor = await spawn(
            *("run", "--ami-host", "127.0.0.1", "--ami-port", str(ami), "--ami-user", "floor"),
            *("--ami-secret", "floor", "--port", str(web), "--data-dir", folder),
        )
        try:
            await serving(url)
            found: list[float] = []
            counts: dict[str, int] = {}
            before, begun = cpu_s(floor.pid), time.monotonic()
            await asyncio.gather(*(listen(url, seconds, found, counts) for _ in range(clients)))
            cpu = (cpu_s(floor.pid) - before) / (time.monotonic() - begun)
            percent = quantiles(found, n=100) if len(found) > 1 else [0.0] * 99
            return {
                "agents": agents,
                "clients": clients,
                "seconds": seconds,
                "samples": len(found),
                "event_to_socket_ms": {"p50": round(percent[49] * 1000, 1), "p99": round(percent[98] * 1000, 1)},
                "cpu_percent_of_core": round(cpu * 100, 1),
                "rss_mb": round(rss_mb(floor.pid), 1),
                "messages": counts,
            }
        finally:
            for process in (floor, simulator):
                process.terminate()
                await process.wait()


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:]] + [60.0, 42.0, 1.0][len(sys.argv) - 1 :]
    print(json.dumps(asyncio.run(measure(given[0], int(given[1]), int(given[2])))))
