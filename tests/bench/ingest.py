"""AMI ingest: ``python -m tests.bench.ingest [EVENTS] [ROUNDS]`` prints one JSON object of medians and ratios.

The same stream over loopback TCP to each contender in turn, round after round; every contender and the sender is a
process of its own. Decides nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.traffic import Traffic

PATIENCE_S = 120
NAMES = ("floor", "panoramisk", "bare")


def race(stream: Path, name: str) -> dict[str, float]:
    """One contender reads the stream once."""
    sender = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.peer", str(stream), "1"], stdout=subprocess.PIPE, text=True
    )
    assert sender.stdout is not None
    port = sender.stdout.readline().strip()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.contenders", name, port],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    sender.kill()
    sender.wait()
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure(events: int, rounds: int) -> dict[str, Any]:
    """Medians of all rounds, and what they are to each other."""
    traffic = Traffic()
    whole = [*traffic.members(), *traffic.events(events)]
    results: dict[str, list[dict[str, float]]] = {name: [] for name in NAMES}
    with tempfile.TemporaryDirectory() as folder:
        stream = Path(folder) / "stream.ami"
        stream.write_bytes(b"".join(event + b"\r\n\r\n" for event in whole))
        for _ in range(rounds):
            for name in NAMES:
                results[name].append(race(stream, name))
    rate = {name: len(whole) / median(one["wall_s"] for one in told) for name, told in results.items()}
    cost = {name: median(one["cpu_s"] for one in told) / len(whole) * 1e6 for name, told in results.items()}
    return {
        "bench": "ingest",
        "events": len(whole),
        "bytes_per_event": round(sum(map(len, whole)) / len(whole)),
        "headers_per_event": round(sum(one.count(b"\r\n") + 1 for one in whole) / len(whole), 1),
        "rounds": rounds,
        "events_per_s": {name: round(one) for name, one in rate.items()},
        "cpu_us_per_event": {name: round(one, 2) for name, one in cost.items()},
        "times_panoramisk": round(cost["panoramisk"] / cost["floor"], 2),
        "of_bare": round(cost["bare"] / cost["floor"], 2),
    }


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]] + [200_000, 5][len(sys.argv) - 1 :]
    print(json.dumps(measure(*given)))
