"""Whether costs grow with the floor: ``python -m tests.bench.growth [ROUNDS]``.

The benches that have a load of their own run once more at 1, 4 and 16 times it, each in a process of its own, with as
many rounds as a third of ours; of the race of who reads AMI only our own way. The whole product, the full picture and
memory begin at a sixteenth of the big floor, so that 16 is a floor of 5,000 agents. What they tell in microseconds or
bytes apiece is taken as it is, a rate is turned into microseconds; so a cost that does not grow is a flat line.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from floor.logs import configure_logs
from tests.bench.ingest import race, written
from tests.bench.machine import ROOT
from tests.bench.memory import floor_kb
from tests.bench.picture import taken
from tests.bench.reading import Reading, printed

LOADS = (1, 4, 16)
GROWING: dict[str, tuple[str, ...]] = {
    "apply": ("apply.per_fact",),
    "patch": ("patch.events_per_s",),
    "alert_path": ("alert_path.alerts_us_per_fact", "alert_path.core_us_per_fact"),
}
"""Bench -> the readings whose growth is told; of a bench that is not here, nothing."""
LEAST = 312
"""Agents at the least load of what is measured on a floor."""
WHOLE_S = 20.0
"""Seconds in which the whole product is looked at."""
PATIENCE_S = 150


def run(name: str, rounds: int, scale: int) -> dict[str, dict[str, Any]]:
    """A bench at a load: its readings by name; none, said on standard error, when it cannot run there."""
    return asked(f"{name} at {scale}×", "tests.bench.one", name, "--rounds", str(rounds), "--scale", str(scale))


def asked(what: str, *module: str) -> dict[str, dict[str, Any]]:
    """What such a process told in its last line, by name."""
    command = [sys.executable, "-m", *module]
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE_S)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"  {what}: {error}", file=sys.stderr, flush=True)
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


def on_a_floor(rounds: int, scale: int) -> Iterator[Reading]:
    """What an event costs the whole product, an agent's share of the full picture, and his memory."""
    agents = LEAST * scale
    whole = asked(f"stages at {scale}×", "tests.bench.stages", str(agents), str(WHOLE_S)).get("stages.whole")
    if whole is not None:
        yield Reading("growth.stages.whole", "us/event", whole["rounds"], scale=scale)
    pictures = [asyncio.run(taken(agents))["right_processor_s"] for _ in range(rounds)]
    yield Reading("growth.picture.us_per_agent", "us", [one / agents * 1e6 for one in pictures], scale=scale)
    agent_kb, call_kb = floor_kb(agents, agents)
    yield Reading("growth.memory.per_agent", "KB", [agent_kb], scale=scale)
    yield Reading("growth.memory.per_call", "KB", [call_kb], scale=scale)


def _grown(rounds: int, scale: int) -> Iterator[Reading]:
    yield ingest(rounds, scale)
    for name, wanted in GROWING.items():
        found = run(name, rounds, scale)
        for what in wanted:
            if what in found:
                values, unit = cost(found[what])
                yield Reading(f"growth.{what}", unit, values, scale=scale)
    yield from on_a_floor(rounds, scale)


def measure(rounds: int, scale: int = 1) -> list[Reading]:
    """Every load times ``scale``."""
    configure_logs("error")
    return [one for load in LOADS for one in _grown(max(1, rounds // 3), load * scale)]


if __name__ == "__main__":
    print(printed(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5)))
