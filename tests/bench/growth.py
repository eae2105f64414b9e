"""Whether costs grow with the floor: ``python -m tests.bench.growth [ROUNDS]``.

The benches that have a load of their own run once more at 1, 4 and 16 times it, each in a process of its own, with as
many rounds as a third of ours; of the race of who reads AMI only our own way. What they tell in microseconds or bytes
apiece is taken as it is, a rate is turned into microseconds; so a cost that does not grow is a flat line.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.ingest import race, written
from tests.bench.machine import ROOT
from tests.bench.reading import Reading, printed

LOADS = (1, 4, 16)
GROWING: dict[str, tuple[str, ...]] = {
    "apply": ("apply.per_fact",),
    "patch": ("patch.events_per_s",),
    "alert_path": ("alert_path.alerts_us_per_fact", "alert_path.core_us_per_fact"),
}
"""Bench -> the readings whose growth is told; of a bench that is not here, nothing."""
PATIENCE_S = 150


def run(name: str, rounds: int, scale: int) -> dict[str, dict[str, Any]]:
    """A bench at a load: its readings by name; none, said on standard error, when it cannot run there."""
    command = [sys.executable, "-m", "tests.bench.one", name, "--rounds", str(rounds), "--scale", str(scale)]
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE_S)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"  {name} at {scale}×: {error}", file=sys.stderr, flush=True)
        return {}
    return {one["what"]: one for one in json.loads(done.stdout.splitlines()[-1])["readings"]}


def cost(told: dict[str, Any]) -> tuple[list[float], str]:
    """What one costs, round by round, and the unit."""
    if told["unit"].endswith("/s"):
        return [1e6 / one for one in told["rounds"]], "us"
    return list(told["rounds"]), told["unit"]


def ingest(rounds: int, scale: int) -> Reading:
    """Our own way from the bytes to the applied state."""
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "stream.ami"
        events = written(stream, scale)["events"]
        values = [race(stream, "floor")["cpu_s"] / events * 1e6 for _ in range(rounds)]
    return Reading("growth.ingest.us_per_event", "us", values, scale=scale)


def _grown(rounds: int, scale: int) -> Iterator[Reading]:
    yield ingest(rounds, scale)
    for name, wanted in GROWING.items():
        found = run(name, rounds, scale)
        for what in wanted:
            if what in found:
                values, unit = cost(found[what])
                yield Reading(f"growth.{what}", unit, values, scale=scale)


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """Every load times ``scale``."""
    return [one for load in LOADS for one in _grown(max(1, rounds // 3), load * scale)]


if __name__ == "__main__":
    print(printed(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5)))
